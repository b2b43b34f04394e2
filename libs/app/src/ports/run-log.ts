import type { RunId } from '#core';

export type LogStream = 'out' | 'err' | 'anneal';

/** One line of a run's log. `line` counts from 1 over all attempts. */
export interface LogLine {
  readonly runId: RunId;
  readonly attempt: number;
  readonly line: number;
  readonly stream: LogStream;
  readonly text: string;
}

/** Keeps the lines that runs write. */
export abstract class RunLog {
  /** Stores lines of any number of runs. A line that is stored already is left as it is. */
  abstract append(lines: readonly LogLine[]): Promise<void>;
  /** The number of the last stored line of a run; 0 when it has none. */
  abstract lastLine(runId: RunId): Promise<number>;
}
