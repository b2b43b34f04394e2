/** A line of a run's log, as the stream has it. */
export interface LogLine {
  /** Its number, from 1. */
  readonly line: number;
  readonly at: string;
  readonly stream: 'out' | 'err' | 'anneal';
  readonly text: string;
}

/** What a program on a node prints must not steer the terminal of whoever reads it; a tab is as wide as four spaces. */
export const harmless = (text: string): string =>
  text
    .replaceAll('\t', '    ')
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
    .replaceAll(/\u001b\[[0-9;]*m|[\u0000-\u001f\u007f-\u009f]/g, '');

/** Numbers of the lines that have a text in them, whatever its case. */
export const linesWith = (lines: readonly LogLine[], wanted: string): number[] => {
  const small = wanted.toLowerCase();
  return lines.flatMap(({ line, text }) => (harmless(text).toLowerCase().includes(small) ? [line] : []));
};

/** The log as a file: each line with its moment. */
export const asFile = (lines: readonly LogLine[]): string => lines.map(({ at, text }) => `${at} ${text}\n`).join('');

/** The address of a line, which whoever opens it is brought to. */
export const addressOf = (runId: string, line: number): string => `/runs/${runId}?line=${line}`;
