/** How one test ended. Only `passed` counts as passed; the others are kept apart because they call for different work. */
export type TestStatus = 'passed' | 'failed' | 'skipped' | 'setup-failed' | 'not-run';

export interface TestOutcome {
  /** Without brackets, as a guideline names it. */
  readonly name: string;
  /** `id-…`; null when the suite gives none. */
  readonly id: string | null;
  readonly status: TestStatus;
  /** From its start to its end; null when it never ran by itself. */
  readonly seconds: number | null;
  readonly worker: string | null;
  /** Why it was skipped, or the last line of what failed. */
  readonly reason: string | null;
  /** The end of the traceback, cut to `TRACEBACK_CHARS_MAX`. */
  readonly traceback: string | null;
}

export const TRACEBACK_CHARS_MAX = 8000;
