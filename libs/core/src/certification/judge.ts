import type { Refusal } from '../base/refusal.js';
import type { CloudFacts } from './certification.js';
import { CAPABILITY_STATUSES, type CapabilityStatus, type Guideline, type Program } from './guideline.js';
import { mergeRuns, RunOutcomes, type MergedOutcome } from './match-outcomes.js';
import type { TestOutcome } from './outcome.js';
import {
  findProgram,
  isMustPass,
  resolveProgram,
  testNamesOf,
  testsOfProgram,
  type ProgramTest,
} from './resolve-program.js';
import type { Suite } from './suite.js';
import { claimOf, qualifiersOf } from './wording.js';
import {
  VERDICT_RULES,
  type CapabilityState,
  type CapabilityVerdict,
  type StatusCount,
  type TestVerdict,
  type Verdict,
} from './verdict.js';

/** What a verdict is made from. */
export interface Hearing {
  readonly guideline: Guideline;
  /** Name of the program. */
  readonly program: string;
  /** Outcomes of a run and of its child runs, in the order in which they were carried out. */
  readonly runs: readonly (readonly TestOutcome[])[];
  /** What was installed, to tell what could not run from what did not; null where it is not known, as with an import. */
  readonly suite?: Suite | null;
  readonly facts?: CloudFacts | null;
  /** A pass counts only after at most so many failures; without it, however many there were. */
  readonly retriesMax?: number;
}

/**
 * Judges what was run by a program of a guideline. The arithmetic is RefStack's: a test counts when it passed under its
 * name or an alias (with us also by its id, which is told), everything else is not passed, and the program is met exactly
 * when every required test without a flag has passed. Qualifiers never change a figure.
 */
export const judge = (hearing: Hearing): Verdict | Refusal => {
  const { guideline, suite = null, facts = null } = hearing;
  const program = findProgram(guideline, hearing.program);
  if ('refused' in program) return program;
  const tests = judgeTests(hearing, program);
  const capabilities = judgeCapabilities(guideline, program, tests);
  const mustPass = tests.filter(({ status, test }) => isMustPass(status, test));
  const numbers = { total: mustPass.length, passed: mustPass.filter(hasPassed).length };
  const entries = countEntries(capabilities);
  return {
    rules: VERDICT_RULES,
    guideline: guideline.id,
    program: program.name,
    met: numbers.total > 0 && numbers.passed === numbers.total,
    mustPass: numbers,
    counts: countDistinct(tests),
    entries,
    requiredPercent: percent(entries.required.passed, entries.required.tests),
    unflaggedPercent: percent(
      entries.required.passed - entries.required.passedFlagged,
      entries.required.tests - entries.required.flagged,
    ),
    capabilities,
    tests,
    claim: claimOf({ title: program.title, guideline: guideline.id, mustPass: numbers }, facts),
    qualifiers: qualifiersOf(guideline, facts, suite, { retried: tests.filter(({ retried }) => retried).length }),
  };
};

const hasPassed = ({ outcome }: TestVerdict): boolean => outcome === 'passed';

const judgeTests = (
  { guideline, suite = null, runs, retriesMax = Number.POSITIVE_INFINITY }: Hearing,
  program: Program,
): readonly TestVerdict[] => {
  const outcomes = runs.map((run) => new RunOutcomes(run));
  const names = new Set(testNamesOf(guideline));
  const lacking = suite ? missingFrom(guideline, program, suite) : new Set<string>();
  return testsOfProgram(guideline, program).map((one) =>
    judgeTest(one, mergeRuns(outcomes, one.test, names), { lacking: lacking.has(one.test.key), retriesMax }),
  );
};

const missingFrom = (guideline: Guideline, program: Program, suite: Suite): ReadonlySet<string> => {
  const resolution = resolveProgram(guideline, program.name, suite);
  if ('refused' in resolution) return new Set();
  return new Set(resolution.tests.filter(({ found }) => !found).map(({ test }) => test.key));
};

const judgeTest = (
  { test, capabilities, status }: ProgramTest,
  { last, attempts, failedBefore }: MergedOutcome,
  { lacking, retriesMax }: { readonly lacking: boolean; readonly retriesMax: number },
): TestVerdict => {
  const base = { test, capabilities, status, attempts };
  if (!last) {
    const outcome = lacking ? 'missing' : 'not-run';
    return { ...base, outcome, matched: null, retried: false, seconds: null, reason: null };
  }
  const { outcome, by } = last;
  const { seconds } = outcome;
  if (outcome.status !== 'passed')
    return { ...base, outcome: outcome.status, matched: null, retried: false, seconds, reason: outcome.reason };
  if (failedBefore > retriesMax) {
    const reason = `it passed only after it had failed ${failedBefore} times; ${retriesMax} are allowed`;
    return { ...base, outcome: 'failed', matched: null, retried: false, seconds, reason };
  }
  return { ...base, outcome: 'passed', matched: by, retried: failedBefore > 0, seconds, reason: outcome.reason };
};

const judgeCapabilities = (
  guideline: Guideline,
  program: Program,
  tests: readonly TestVerdict[],
): readonly CapabilityVerdict[] => {
  const verdicts = new Map(tests.map((verdict) => [verdict.test.key, verdict]));
  return [...program.capabilities].map(([name, status]) => {
    const listed = (guideline.capabilities.get(name)?.tests ?? []).map(({ key, flag }) => ({
      flagged: flag !== null,
      outcome: verdicts.get(key)?.outcome ?? 'not-run',
    }));
    const count = (flagged: boolean, passed: boolean): number =>
      listed.filter((one) => one.flagged === flagged && (one.outcome === 'passed') === passed).length;
    const tried = listed.some(({ outcome }) => outcome !== 'not-run' && outcome !== 'missing');
    const numbers = {
      passed: count(false, true),
      notPassed: count(false, false),
      passedFlagged: count(true, true),
      notPassedFlagged: count(true, false),
    };
    return { name, status, state: stateOf(numbers, { tried }), ...numbers };
  });
};

const stateOf = (
  { passed, notPassed, passedFlagged, notPassedFlagged }: Omit<CapabilityVerdict, 'name' | 'status' | 'state'>,
  { tried }: { readonly tried: boolean },
): CapabilityState => {
  if (passed + notPassed + passedFlagged + notPassedFlagged === 0) return 'empty';
  if (notPassed === 0) return notPassedFlagged === 0 ? 'met' : 'met-with-flags';
  if (!tried) return 'not-run';
  return passed + passedFlagged > 0 ? 'partial' : 'not-met';
};

const countDistinct = (tests: readonly TestVerdict[]): Verdict['counts'] =>
  byStatus((status) => {
    const those = tests.filter((verdict) => verdict.status === status);
    const flagged = those.filter(({ test }) => test.flag !== null);
    return {
      tests: those.length,
      flagged: flagged.length,
      passed: those.filter(hasPassed).length,
      passedFlagged: flagged.filter(hasPassed).length,
    };
  });

const countEntries = (capabilities: readonly CapabilityVerdict[]): Verdict['entries'] =>
  byStatus((status) => {
    const sum = { tests: 0, flagged: 0, passed: 0, passedFlagged: 0 };
    for (const one of capabilities.filter((capability) => capability.status === status)) {
      const flagged = one.passedFlagged + one.notPassedFlagged;
      sum.tests += one.passed + one.notPassed + flagged;
      sum.flagged += flagged;
      sum.passed += one.passed + one.passedFlagged;
      sum.passedFlagged += one.passedFlagged;
    }
    return sum;
  });

const byStatus = (
  count: (status: CapabilityStatus) => StatusCount,
): Readonly<Record<CapabilityStatus, StatusCount>> => {
  const [required, advisory, deprecated, removed] = CAPABILITY_STATUSES;
  return {
    [required]: count(required),
    [advisory]: count(advisory),
    [deprecated]: count(deprecated),
    [removed]: count(removed),
  };
};

/** 0 of nothing. */
const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part * 100) / whole);
