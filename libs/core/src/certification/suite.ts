/** A suite of tests as it is installed on a tester node: what `stestr list` printed there. */
export interface Suite {
  /** `tempest`. */
  readonly name: string;
  /** Of the package: `33.0.0-2`. */
  readonly version: string;
  readonly tests: readonly SuiteTest[];
}

export interface SuiteTest {
  /** Exactly as listed, with attributes in brackets: what a load list wants. */
  readonly fullId: string;
  /** Without the brackets, the scenario in parentheses kept: what a guideline calls it. */
  readonly name: string;
  /** `id-…` among the attributes; null when it has none. */
  readonly id: string | null;
}
