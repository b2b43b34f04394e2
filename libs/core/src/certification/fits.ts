import { invariant } from '../base/invariant.js';
import { isRefusal } from '../base/refusal.js';
import type { CloudFacts } from './certification.js';
import type { Guideline, GuidelineKind, Program } from './guideline.js';
import { judge } from './judge.js';
import { mendingRole } from './mending-role.js';
import type { TestOutcome } from './outcome.js';
import { isMustPass } from './resolve-program.js';
import type { Suite } from './suite.js';
import type { CapabilityState, TestVerdict, Verdict } from './verdict.js';
import { isFake } from './wording.js';

/** How far a cloud comes by one program of one guideline. */
export interface Fit {
  readonly guideline: string;
  readonly kind: GuidelineKind;
  readonly program: string;
  readonly title: string;
  /** `simulated`: the figures are complete, but the compute service only pretended. */
  readonly standing: 'fits' | 'simulated' | 'partly' | 'not-attempted';
  readonly mustPass: Verdict['mustPass'];
  /** Of the must-pass tests, 0 to 100, not rounded. */
  readonly percent: number;
  /** Must-pass tests that were tried at all. */
  readonly attempted: number;
  /** Required capabilities that are not met, those that lack least first. */
  readonly lacking: readonly Lack[];
  readonly says: string;
  readonly qualifiers: readonly string[];
}

/** A required capability that is not met, and who would mend it. */
export interface Lack {
  readonly capability: string;
  readonly state: CapabilityState;
  readonly tests: readonly LackingTest[];
  /** The roles of its tests, without repeats. */
  readonly roles: readonly string[];
}

export interface LackingTest {
  readonly name: string;
  readonly outcome: TestVerdict['outcome'];
  readonly reason: string | null;
  readonly role: string | null;
}

/**
 * What a cloud fits, whatever it is: every program of every guideline is judged by the same runs. What fits comes first,
 * then by the share of must-pass tests; among equals the newer guideline, then the program that asks for more.
 */
export const fits = (cloud: {
  readonly guidelines: readonly Guideline[];
  readonly runs: readonly (readonly TestOutcome[])[];
  readonly suite?: Suite | null;
  readonly facts?: CloudFacts | null;
}): readonly Fit[] =>
  cloud.guidelines
    .flatMap((guideline) => guideline.programs.map((program) => fitOf(guideline, program, cloud)))
    .sort(byFit);

const fitOf = (
  guideline: Guideline,
  program: Program,
  { runs, suite, facts }: Omit<Parameters<typeof fits>[0], 'guidelines'>,
): Fit => {
  const verdict = judge({ guideline, program: program.name, runs, suite, facts });
  invariant(!isRefusal(verdict), `guideline ${guideline.id} does not know its own program ${program.name}`);
  const attempted = verdict.tests.filter(
    ({ status, test, attempts }) => isMustPass(status, test) && attempts.length > 0,
  ).length;
  const standing = standingOf(verdict, attempted, facts ?? null);
  const { mustPass } = verdict;
  return {
    guideline: guideline.id,
    kind: guideline.kind,
    program: program.name,
    title: program.title,
    standing,
    mustPass,
    percent: mustPass.total === 0 ? 0 : (mustPass.passed * 100) / mustPass.total,
    attempted,
    lacking: lackingOf(guideline, verdict),
    says: sentence(`${program.title} ${guideline.id}`, standing, mustPass),
    qualifiers: verdict.qualifiers,
  };
};

const standingOf = (verdict: Verdict, attempted: number, facts: CloudFacts | null): Fit['standing'] => {
  if (verdict.met) return isFake(facts) ? 'simulated' : 'fits';
  return attempted === 0 ? 'not-attempted' : 'partly';
};

const sentence = (what: string, standing: Fit['standing'], { passed, total }: Verdict['mustPass']): string => {
  switch (standing) {
    case 'fits':
      return `fits ${what} fully, ${total} of ${total}`;
    case 'simulated':
      return `${what} at ${passed} of ${total}, in simulation`;
    case 'partly':
      return `${what} at ${passed} of ${total}`;
    case 'not-attempted':
      return `${what} not attempted`;
  }
};

const lackingOf = (guideline: Guideline, verdict: Verdict): readonly Lack[] => {
  const verdicts = new Map(verdict.tests.map((one) => [one.test.key, one]));
  return verdict.capabilities
    .filter(({ status, state }) => status === 'required' && LACKING.has(state))
    .map(({ name, state }) => {
      const capability = guideline.capabilities.get(name);
      const tests = (capability?.tests ?? []).flatMap(({ key, flag }): LackingTest[] => {
        const one = verdicts.get(key);
        if (!capability || !one || flag !== null || one.outcome === 'passed') return [];
        return [{ name: key, outcome: one.outcome, reason: one.reason, role: mendingRole(capability, key) }];
      });
      const roles = [...new Set(tests.map(({ role }) => role).filter((role) => role !== null))];
      return { capability: name, state, tests, roles };
    })
    .sort((one, other) => one.tests.length - other.tests.length || (one.capability < other.capability ? -1 : 1));
};

const LACKING: ReadonlySet<CapabilityState> = new Set(['partial', 'not-met', 'not-run']);

const STANDINGS: readonly Fit['standing'][] = ['fits', 'simulated', 'partly', 'not-attempted'];

const byFit = (one: Fit, other: Fit): number =>
  STANDINGS.indexOf(one.standing) - STANDINGS.indexOf(other.standing) ||
  other.percent - one.percent ||
  compareText(other.guideline, one.guideline) ||
  other.mustPass.total - one.mustPass.total ||
  compareText(one.program, other.program);

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
