import type { CapabilityStatus, GuidelineTest } from './guideline.js';
import type { SuiteTest } from './suite.js';

/** How a test of a guideline was found in a suite. */
export type FoundBy = 'name' | 'alias' | 'id';

export interface ResolvedTest {
  readonly test: GuidelineTest;
  /** The capabilities of the program that list it; a test is counted once, however many do. */
  readonly capabilities: readonly string[];
  /** The strongest status among them. */
  readonly status: CapabilityStatus;
  readonly found: { readonly by: FoundBy; readonly test: SuiteTest } | null;
}

/** Which tests of an installed suite a program of a guideline asks for. */
export interface Resolution {
  readonly guideline: string;
  readonly program: string;
  readonly tests: readonly ResolvedTest[];
}

/**
 * What to run: `must-pass` is what counts, `required` has the flagged tests too, `all-statuses` the advisory and deprecated
 * ones as well, `everything` the whole suite.
 */
export type Scope =
  | { readonly kind: 'must-pass' | 'required' | 'all-statuses' | 'everything' }
  | { readonly kind: 'capability'; readonly name: string }
  | { readonly kind: 'tests'; readonly names: readonly string[] };
