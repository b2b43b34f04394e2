import type { Invocation } from '../command/invocation.js';
import { harmless } from '../output/cell.js';

interface BootExplanation {
  readonly node: string;
  readonly bootenv: string;
  readonly problems: readonly string[];
  readonly decisions: readonly {
    readonly firmware: string;
    readonly family: number;
    readonly what: string | null;
    readonly reasons: readonly string[];
  }[];
  readonly servers: readonly { readonly host: string; readonly state: string; readonly lag: number }[];
}

/**
 * `anneal explain boot NODE`: what a machine would boot, for each kind of firmware, and why. Kinds that get the same for
 * the same reasons stand together.
 */
export const explainBoot = async ({ client, printer }: Invocation, node: string): Promise<void> => {
  const answer = await client.get<BootExplanation>('netboot.boot', { params: { key: node } });
  if (printer.format === 'json' || printer.format === 'yaml') return await printer.document(answer);
  if (printer.format === 'name') return printer.lines(answer.decisions.map(({ what }) => what ?? 'nothing'));
  printer.say(textOf(answer).join('\n'));
};

const textOf = ({ node, bootenv, problems, decisions, servers }: BootExplanation): string[] => {
  const alike = new Map<string, { kinds: string[]; what: string | null; reasons: readonly string[] }>();
  for (const { firmware, family, what, reasons } of decisions) {
    const key = JSON.stringify([family, what, reasons]);
    const group = alike.get(key) ?? { kinds: [], what, reasons };
    group.kinds.push(family === 4 ? firmware : `${firmware} over IPv6`);
    alike.set(key, group);
  }
  const shared = sharedBeginning(decisions.map(({ reasons }) => reasons));
  return [
    `${harmless(node)} has the boot environment ${harmless(bootenv)}.`,
    ...shared.map((reason) => `  - ${harmless(reason)}`),
    ...problems.map((problem) => `  ! ${harmless(problem)}`),
    ...[...alike.values()].flatMap(({ kinds, what, reasons }) => [
      '',
      `${kinds.map(harmless).join(', ')}: ${what === null ? 'nothing' : harmless(what)}`,
      ...reasons.slice(shared.length).map((reason) => `  - ${harmless(reason)}`),
    ]),
    '',
    ...servers.map(
      ({ host, state, lag }) =>
        `netboot on ${harmless(host)}: ${state}${lag === 0 ? ', it knows all of this' : `, ${lag} events behind`}`,
    ),
  ];
};

/** What all lists begin with: it is said once. */
const sharedBeginning = (lists: readonly (readonly string[])[]): readonly string[] => {
  const [first = []] = lists;
  const differs = first.findIndex((reason, at) => lists.some((list) => list[at] !== reason));
  return differs < 0 ? first : first.slice(0, differs);
};
