import type { GuidelineTest } from './guideline.js';
import type { TestOutcome, TestStatus } from './outcome.js';
import type { FoundBy } from './resolution.js';
import type { TestAttempt } from './verdict.js';

/** The outcomes of one run, ready to be asked for a test. Told twice in one run, the worse end counts: nothing repairs it. */
export class RunOutcomes {
  private readonly byName = new Map<string, TestOutcome>();
  private readonly byId = new Map<string, TestOutcome[]>();

  constructor(outcomes: Iterable<TestOutcome>) {
    for (const outcome of outcomes) {
      const earlier = this.byName.get(outcome.name);
      if (!earlier || WORSE.indexOf(outcome.status) > WORSE.indexOf(earlier.status))
        this.byName.set(outcome.name, outcome);
    }
    for (const outcome of this.byName.values()) {
      if (outcome.id === null) continue;
      const others = this.byId.get(outcome.id);
      if (others) others.push(outcome);
      else this.byId.set(outcome.id, [outcome]);
    }
  }

  /**
   * What became of a test in this run, and how it was recognised. A pass under any of its names is a pass, as with
   * RefStack; by id only where the other name is no test of the guideline in its own right (`names`), so that one pass
   * does not count for a sister test that shares the id.
   */
  find(test: GuidelineTest, names: ReadonlySet<string>): MatchedOutcome | null {
    const matches = [...this.matches(test, names)];
    return (
      matches.find(({ outcome }) => outcome.status === 'passed') ??
      matches.find(({ outcome }) => outcome.status !== 'not-run') ??
      matches[0] ??
      null
    );
  }

  private *matches(test: GuidelineTest, names: ReadonlySet<string>): Generator<MatchedOutcome> {
    const named = this.byName.get(test.key);
    if (named) yield { by: 'name', outcome: named };
    for (const alias of test.aliases) {
      const outcome = this.byName.get(alias);
      if (outcome) yield { by: 'alias', outcome };
    }
    for (const id of test.ids)
      for (const outcome of this.byId.get(id) ?? []) if (!names.has(outcome.name)) yield { by: 'id', outcome };
  }
}

/** Each worse than the one before; not to have run says nothing. */
const WORSE: readonly TestStatus[] = ['not-run', 'passed', 'skipped', 'setup-failed', 'failed'];

export interface MatchedOutcome {
  readonly by: FoundBy;
  readonly outcome: TestOutcome;
}

/** What several runs, in order, say of one test. */
export interface MergedOutcome {
  /** Of the last run that tried it; null when none did. */
  readonly last: MatchedOutcome | null;
  readonly attempts: readonly TestAttempt[];
  /** Attempts that failed before the last one. */
  readonly failedBefore: number;
}

/** A run that left a test out, or never came to it, says nothing of it: the last run that tried it decides. */
export const mergeRuns = (
  runs: readonly RunOutcomes[],
  test: GuidelineTest,
  names: ReadonlySet<string>,
): MergedOutcome => {
  const attempts: TestAttempt[] = [];
  let last: MatchedOutcome | null = null;
  for (const [run, outcomes] of runs.entries()) {
    const found = outcomes.find(test, names);
    if (!found || found.outcome.status === 'not-run') continue;
    attempts.push({ run, status: found.outcome.status, seconds: found.outcome.seconds });
    last = found;
  }
  const failedBefore = attempts.slice(0, -1).filter(({ status }) => status === 'failed' || status === 'setup-failed');
  return { last, attempts, failedBefore: failedBefore.length };
};
