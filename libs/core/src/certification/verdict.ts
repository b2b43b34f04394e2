import type { CapabilityStatus, GuidelineTest } from './guideline.js';
import type { FoundBy } from './resolution.js';
import type { TestStatus } from './outcome.js';

/** Grows when the arithmetic changes, and is kept with each verdict. */
export const VERDICT_RULES = 1;

export type CapabilityState = 'met' | 'met-with-flags' | 'partial' | 'not-met' | 'not-run' | 'empty';

export interface TestVerdict {
  readonly test: GuidelineTest;
  readonly capabilities: readonly string[];
  readonly status: CapabilityStatus;
  /** `missing`: the suite has no such test, so nothing could run. */
  readonly outcome: TestStatus | 'missing';
  /** By what a pass was recognised. */
  readonly matched: FoundBy | null;
  /** Passed in a later run after it had failed in an earlier one. */
  readonly retried: boolean;
  /** Of the run that decides. */
  readonly seconds: number | null;
  readonly reason: string | null;
  /** Every run that tried it, in order; the last decides. Empty when none did. */
  readonly attempts: readonly TestAttempt[];
}

export interface TestAttempt {
  /** Which of the runs, from 0. */
  readonly run: number;
  readonly status: TestStatus;
  readonly seconds: number | null;
}

export interface CapabilityVerdict {
  readonly name: string;
  readonly status: CapabilityStatus;
  readonly state: CapabilityState;
  readonly passed: number;
  readonly notPassed: number;
  readonly passedFlagged: number;
  readonly notPassedFlagged: number;
}

/** Tests of one status. */
export interface StatusCount {
  readonly tests: number;
  readonly flagged: number;
  readonly passed: number;
  readonly passedFlagged: number;
}

export interface Verdict {
  readonly rules: number;
  readonly guideline: string;
  readonly program: string;
  /** Every must-pass test passed, and there is at least one. */
  readonly met: boolean;
  /** Distinct tests that are required and not flagged: how many there are, how many passed. */
  readonly mustPass: { readonly total: number; readonly passed: number };
  /** Distinct tests: one that two capabilities list is one, of the stronger status. */
  readonly counts: Readonly<Record<CapabilityStatus, StatusCount>>;
  /** As RefStack counts: a test once for each capability that lists it. */
  readonly entries: Readonly<Record<CapabilityStatus, StatusCount>>;
  /** Of the entries, as RefStack prints them: passed of all required, and of those without a flag; 0 to 100, not rounded. */
  readonly requiredPercent: number;
  readonly unflaggedPercent: number;
  readonly capabilities: readonly CapabilityVerdict[];
  readonly tests: readonly TestVerdict[];
  /** The sentence for the screen and every export; it never says `certified`. */
  readonly claim: string;
  /** What a reader has to know beside it; the first always says that the results are unofficial. */
  readonly qualifiers: readonly string[];
}
