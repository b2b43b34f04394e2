import { harmless, span } from '../output/cell.js';
import type { Palette } from '../output/colour.js';

/** A noderole as a preview names it. */
export interface Previewed {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Attributes that differ. */
  readonly because?: readonly string[];
}

/** What a commit would do, as the server says it. */
export interface Preview {
  readonly deployment: string;
  readonly added: readonly Previewed[];
  /** With a wish: names of what is unbound. */
  readonly unbound?: readonly string[];
  readonly rerun: readonly Previewed[];
  readonly not_rerun: readonly Previewed[];
  readonly blocked: readonly Previewed[];
  readonly resumed: readonly Previewed[];
  readonly destructive: readonly Previewed[];
  /** What runs, cohort after cohort. */
  readonly order: readonly (readonly Previewed[])[];
  readonly waves: readonly (readonly Previewed[])[];
  readonly waiting: readonly Previewed[];
  /** Secrets that nobody has given. */
  readonly made?: readonly { readonly role: string; readonly attrib: string }[];
  /** Clusters that stand too close together. */
  readonly warnings?: readonly { readonly says: string }[];
  readonly estimate: { readonly ms: number | null; readonly runs: number; readonly without_past: number };
}

export const changesNothing = (preview: Preview): boolean =>
  [preview.added, preview.unbound ?? [], preview.rerun, preview.not_rerun, preview.blocked, preview.resumed].every(
    (list) => list.length === 0,
  );

/** Names of a line before the rest are only counted. */
const NAMED_MAX = 8;

/** The preview in words: what changes with its mark, then in which order it runs and how long that takes. */
export const previewText = (preview: Preview, palette: Palette): string[] => [
  ...preview.added.map(({ name }) => palette.green(`+ ${harmless(name)}`)),
  ...(preview.unbound ?? []).map((name) => palette.red(`- ${harmless(name)}`)),
  ...preview.rerun.map((each) => palette.yellow(`~ ${harmless(each.name)} runs again${because(each)}`)),
  ...preview.not_rerun.map(
    (each) =>
      `! ${harmless(each.name)} is destructive and is left as it is, although its input differs${because(each)}; retry it to have it done`,
  ),
  ...preview.blocked.map(({ name }) => `. ${harmless(name)} becomes BLOCKED, and runs again after its parents`),
  ...preview.resumed.map(({ name }) => `. ${harmless(name)} goes on`),
  ...(preview.made ?? []).map(
    ({ role, attrib }) => `. ${harmless(attrib)} of ${harmless(role)} is made: nobody has given a value for it`,
  ),
  ...destructiveText(preview.destructive, palette),
  ...orderText(preview),
  ...waitingText(preview.waiting, palette),
  ...warningsText(preview, palette),
  ...estimateText(preview),
];

const because = ({ because: attribs = [] }: Previewed): string =>
  attribs.length === 0 ? '' : `: ${attribs.map(harmless).join(', ')} changed`;

const destructiveText = (destructive: readonly Previewed[], palette: Palette): string[] =>
  destructive.length === 0 ? [] : ['', palette.red(`DESTRUCTIVE: ${named(destructive)} destroys what is there.`)];

const orderText = ({ order, waves }: Preview): string[] => {
  if (order.length === 0) return [];
  const cohorts = order.map((cohort, index) => `  ${String(index + 1).padStart(3)}. ${named(cohort)}`);
  const inWaves =
    waves.length > 1 ? ['', `In ${waves.length} waves: ${waves.map((wave) => wave.length).join(', ')} noderoles.`] : [];
  return ['', 'Order:', ...cohorts, ...inWaves];
};

const waitingText = (waiting: readonly Previewed[], palette: Palette): string[] =>
  waiting.length === 0
    ? []
    : ['', palette.yellow(`Cannot run as things stand: ${named(waiting)}; \`anneal explain\` says why.`)];

const warningsText = ({ warnings = [] }: Preview, palette: Palette): string[] =>
  warnings.length === 0 ? [] : ['', ...warnings.map(({ says }) => palette.yellow(`Warning: ${harmless(says)}`))];

const estimateText = ({ estimate: { ms, runs, without_past } }: Preview): string[] => {
  if (runs === 0) return [];
  const unknown = without_past > 0 ? `, ${without_past} of them of roles that have not run yet` : '';
  return [
    '',
    `${runs} run${runs === 1 ? '' : 's'}${unknown}; ${ms === null ? 'how long that takes is not known' : `about ${span(ms)}`}.`,
  ];
};

/** `a, b, c and 12 more` */
const named = (list: readonly Previewed[]): string => {
  const names = list.slice(0, NAMED_MAX).map(({ name }) => harmless(name));
  return `${names.join(', ')}${list.length > NAMED_MAX ? ` and ${list.length - NAMED_MAX} more` : ''}`;
};
