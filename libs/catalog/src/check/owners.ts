/** Every name once: roles and attributes are known by name everywhere, so a second owner would be a guess. */
import type { AttribDraft, BarclampDraft } from '../draft.js';
import type { Known } from '../known.js';
import type { ProblemList } from '../problem.js';
import type { Word } from '../yaml/map-reader.js';
import { checkBarclampName, checkMapPath, checkName } from './names.js';

export function checkOwners(draft: BarclampDraft, known: Known, problems: ProblemList): void {
  if (draft.name) checkBarclampName(draft.name, problems);
  const jigs = new Once('jig', undefined, draft.name?.text, problems);
  for (const jig of draft.jigs) if (jig.name && checkName('jig', jig.name, problems)) jigs.claim(jig.name);

  const roles = new Once('role', known.roles, draft.name?.text, problems);
  for (const role of draft.roles) if (role.name && checkName('role', role.name, problems)) roles.claim(role.name);

  const attribs = new Once('attribute', known.attribs, draft.name?.text, problems);
  for (const attrib of attribsOf(draft)) {
    if (attrib.name && checkName('attribute', attrib.name, problems)) attribs.claim(attrib.name);
    if (attrib.map) checkMapPath(attrib.map, problems);
  }
}

/** Every attribute of the barclamp: the node's, and each role's inputs and outputs. */
export const attribsOf = (draft: BarclampDraft): AttribDraft[] => [
  ...draft.attribs,
  ...draft.roles.flatMap((role) => [...role.attribs, ...role.outputs]),
];

class Once {
  private readonly seen = new Map<string, Word>();

  constructor(
    private readonly kind: string,
    private readonly owners: Readonly<Record<string, string>> | undefined,
    private readonly barclamp: string | undefined,
    private readonly problems: ProblemList,
  ) {}

  claim(name: Word): void {
    const first = this.seen.get(name.text.toLowerCase());
    this.seen.set(name.text.toLowerCase(), first ?? name);
    if (first) {
      const message = `the ${this.kind} "${name.text}" is there twice, first in line ${first.at.line}`;
      this.problems.error(name.at, 'duplicate', message, 'rename one of them; case makes no difference');
      return;
    }
    const owner = this.owners && Object.hasOwn(this.owners, name.text) ? this.owners[name.text] : undefined;
    if (owner === undefined || owner === this.barclamp) return;
    const message = `the ${this.kind} "${name.text}" belongs to the barclamp "${owner}"`;
    this.problems.error(name.at, 'taken', message, 'rename it');
  }
}
