/** Flags that cannot both be meant. */
import type { RoleFlag } from '../document.js';
import type { ProblemList } from '../problem.js';
import type { Word } from '../yaml/map-reader.js';

interface Contradiction {
  readonly flags: readonly [RoleFlag, RoleFlag];
  readonly why: string;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  { flags: ['abstract', 'implicit'], why: 'an abstract role is never bound, an implicit one is bound by itself' },
  {
    flags: ['abstract', 'bootstrap'],
    why: 'an abstract role is never bound, a bootstrap one is bound to the first admin node',
  },
  {
    flags: ['abstract', 'discovery'],
    why: 'an abstract role is never bound, a discovery one is bound to each new node',
  },
  { flags: ['implicit', 'cluster'], why: 'an implicit parent is on the same node, a cluster is on several' },
  { flags: ['implicit', 'service'], why: 'an implicit role is on the node that needs it, a service is outside' },
  { flags: ['service', 'discovery'], why: 'a service is outside, a discovery role is on each new node' },
  { flags: ['destructive', 'discovery'], why: 'every new node would be wiped without anybody asking for it' },
  { flags: ['destructive', 'bootstrap'], why: 'the admin node would be wiped by its own installation' },
];

/** Reports each pair of flags that contradict one another, at the later one. */
export function checkFlags(role: string, words: readonly Word[], problems: ProblemList): void {
  const at = new Map(words.map((word) => [word.text, word.at]));
  for (const { flags, why } of CONTRADICTIONS) {
    const places = flags.map((flag) => at.get(flag));
    if (!places[0] || !places[1]) continue;
    const place = words.findLast((word) => word.text === flags[0] || word.text === flags[1])!.at;
    const message = `role "${role}" is both ${flags[0]} and ${flags[1]}: ${why}`;
    problems.error(place, 'flags-contradict', message, 'remove one of the two');
  }
}
