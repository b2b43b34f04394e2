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
  readonly seconds: number | null;
  readonly reason: string | null;
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

/** Distinct tests of one status: a test that two capabilities list is one. */
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
  readonly met: boolean;
  /** Required and not flagged: how many there are, how many passed. */
  readonly mustPass: { readonly total: number; readonly passed: number };
  readonly counts: Readonly<Record<CapabilityStatus, StatusCount>>;
  /** Passed of all required tests, and of those without a flag; 0 to 100, not rounded. */
  readonly requiredPercent: number;
  readonly unflaggedPercent: number;
  readonly capabilities: readonly CapabilityVerdict[];
  readonly tests: readonly TestVerdict[];
  /** The sentence for the screen and every export; it never says `certified`. */
  readonly claim: string;
  /** What a reader has to know beside it: the release is not named, the guideline is superseded, parts were simulated. */
  readonly qualifiers: readonly string[];
}
