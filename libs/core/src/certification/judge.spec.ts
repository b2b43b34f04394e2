import { describe, expect, it } from 'vitest';
import {
  GUIDELINE_TEST_IDS,
  GUIDELINE_TEST_NAMES,
  guidelineOfSchema12,
  guidelineOfSchema20,
  RENAMED_FROM,
  suiteOfGuidelines,
  testOutcome,
} from '#testkit';
import { isRefusal } from '../base/refusal.js';
import type { CloudFacts } from './certification.js';
import type { Guideline } from './guideline.js';
import { judge, type Hearing } from './judge.js';
import type { TestOutcome } from './outcome.js';
import { readGuideline } from './reading/read-guideline.js';
import type { Verdict } from './verdict.js';
import { percentText, UNOFFICIAL_RESULTS } from './wording.js';

const N = GUIDELINE_TEST_NAMES;
const CLOUD: CloudFacts = { release: 'cedar', hypervisor: 'kvm', simulated: [] };

describe('what counts as passed', () => {
  it('a pass does, under the name or an alias; by the id as well, and that is told', () => {
    const verdict = verdictOf([
      [
        testOutcome(N.start),
        testOutcome(RENAMED_FROM),
        testOutcome('suite.moved.TokensTest.test_issue', 'passed', { id: GUIDELINE_TEST_IDS.issue }),
      ],
    ]);
    expect(matchedOf(verdict)).toMatchObject({
      [N.start]: 'name',
      [N.rename]: 'alias',
      [N.issue]: 'id',
      [N.stop]: null,
    });
  });

  it.each(['failed', 'skipped', 'setup-failed', 'not-run'] as const)('%s does not, and is kept apart', (status) => {
    const verdict = verdictOf([[testOutcome(N.start, status), testOutcome(N.stop), testOutcome(N.issue)]]);
    expect(verdict).toMatchObject({ met: false, mustPass: { total: 3, passed: 2 } });
    expect(outcomeOf(verdict, N.start)).toBe(status);
  });

  it('what the suite lacks is missing, what merely did not run is not', () => {
    const verdict = verdictOf([[testOutcome(N.start)]], { suite: suiteOfGuidelines([N.stop]) });
    expect(outcomeOf(verdict, N.stop)).toBe('missing');
    expect(outcomeOf(verdict, N.issue)).toBe('not-run');
    expect(outcomeOf(verdictOf([[]]), N.stop), 'of an import it is not known').toBe('not-run');
  });

  it('a pass of a sister test that shares the id does not', () => {
    const id = GUIDELINE_TEST_IDS.start;
    const document = guidelineOfSchema20({
      capabilities: { one: { tests: { 'a.First.t': { idempotent_id: id }, 'a.Second.t': { idempotent_id: id } } } },
      components: { core: { capabilities: { required: ['one'] } } },
      platforms: { Mine: { components: ['core'] } },
    });
    const verdict = verdictOf([[testOutcome('a.First.t', 'passed', { id })]], { document, program: 'mine' });
    expect(verdict.mustPass).toEqual({ total: 2, passed: 1 });
  });

  it('of a test told twice in one run the worse end counts', () => {
    for (const told of [
      [testOutcome(N.start), testOutcome(N.start, 'failed')],
      [testOutcome(N.start, 'failed'), testOutcome(N.start)],
    ])
      expect(outcomeOf(verdictOf([told]), N.start)).toBe('failed');
  });
});

describe('several runs', () => {
  it('a test that failed and passes in a child run counts, is marked, and keeps both durations', () => {
    const verdict = verdictOf([
      [testOutcome(N.start, 'failed', { seconds: 9 }), testOutcome(N.stop), testOutcome(N.issue)],
      [testOutcome(N.start, 'passed', { seconds: 4 }), testOutcome(N.stop, 'not-run')],
    ]);
    expect(verdict.met).toBe(true);
    expect(testOf(verdict, N.start)).toMatchObject({
      outcome: 'passed',
      retried: true,
      seconds: 4,
      attempts: [
        { run: 0, status: 'failed', seconds: 9 },
        { run: 1, status: 'passed', seconds: 4 },
      ],
    });
    expect(testOf(verdict, N.stop)).toMatchObject({ retried: false, attempts: [{ run: 0 }] });
    expect(verdict.qualifiers).toContain('1 of the tests passed only when tried again.');
  });

  it('the last run that tried it decides, also when it makes things worse', () => {
    const verdict = verdictOf([[testOutcome(N.start)], [testOutcome(N.start, 'failed', { reason: 'broke' })]]);
    expect(testOf(verdict, N.start)).toMatchObject({ outcome: 'failed', reason: 'broke', retried: false });
  });

  it('a skip that passes later was never a failure', () => {
    const verdict = verdictOf([[testOutcome(N.start, 'skipped')], [testOutcome(N.start)]]);
    expect(testOf(verdict, N.start)).toMatchObject({ outcome: 'passed', retried: false });
  });

  it('more failures than are allowed before a pass leave the test failed and the capability partial', () => {
    const runs = [
      [testOutcome(N.start, 'failed'), testOutcome(N.stop)],
      [testOutcome(N.start, 'setup-failed')],
      [testOutcome(N.start)],
    ];
    expect(testOf(verdictOf(runs, { retriesMax: 2 }), N.start)).toMatchObject({ outcome: 'passed', retried: true });
    const strict = verdictOf(runs, { retriesMax: 1 });
    expect(testOf(strict, N.start)).toMatchObject({
      outcome: 'failed',
      reason: 'it passed only after it had failed 2 times; 1 are allowed',
    });
    expect(stateOf(strict, 'boot')).toBe('partial');
  });
});

describe('a capability is', () => {
  const all = [N.start, N.stop, N.rename, N.issue].map((name) => testOutcome(name));
  const with_ = (name: string, status: TestOutcome['status']) => [
    [...all.filter((one) => one.name !== name), testOutcome(name, status)],
  ];

  it.each([
    ['met when all its tests pass', [all], 'met'],
    ['met with flags when only flagged ones do not', with_(N.rename, 'failed'), 'met-with-flags'],
    ['partial when some pass', with_(N.start, 'failed'), 'partial'],
    ['partial when only a flagged one passes', [[testOutcome(N.rename), testOutcome(N.start, 'failed')]], 'partial'],
    ['not met when none passes', [[testOutcome(N.start, 'skipped')]], 'not-met'],
    ['not run when none was tried', [[testOutcome(N.issue)]], 'not-run'],
    ['not run when its tests only waited', [[testOutcome(N.start, 'not-run')]], 'not-run'],
  ] as const)('%s', (_, runs, state) => {
    expect(stateOf(verdictOf(runs), 'boot')).toBe(state);
  });

  it('empty when it has no tests, and stands in nobody’s way', () => {
    const verdict = verdictOf([all]);
    expect(stateOf(verdict, 'gone')).toBe('empty');
    expect(verdict.met).toBe(true);
  });
});

describe('the figures', () => {
  it('are those of RefStack by entry, and ours by distinct test', () => {
    const tests = { 'a.B.x': {}, 'a.B.y': {}, 'a.B.f': { flagged: { reason: 'D401' } } };
    const document = guidelineOfSchema20({
      capabilities: { one: { tests }, two: { tests: { 'a.B.x': {} } }, three: { tests: { 'a.B.z': {} } } },
      components: { core: { capabilities: { required: ['one', 'two'], advisory: ['three'] } } },
      platforms: { Mine: { components: ['core'] } },
    });
    const verdict = verdictOf([[testOutcome('a.B.x'), testOutcome('a.B.f'), testOutcome('a.B.z')]], {
      document,
      program: 'mine',
    });
    expect(verdict.counts.required).toEqual({ tests: 3, flagged: 1, passed: 2, passedFlagged: 1 });
    expect(verdict.entries.required).toEqual({ tests: 4, flagged: 1, passed: 3, passedFlagged: 1 });
    expect(verdict.counts.advisory).toEqual({ tests: 1, flagged: 0, passed: 1, passedFlagged: 0 });
    expect(verdict.mustPass).toEqual({ total: 2, passed: 1 });
    expect(verdict.requiredPercent).toBe(75);
    expect(verdict.unflaggedPercent).toBeCloseTo(66.667, 2);
    expect(verdict.met, 'advisory passes help nobody').toBe(false);
  });

  it('are the same for a guideline without ids', () => {
    const runs = [[N.start, N.stop, N.issue].map((name) => testOutcome(name))];
    expect(verdictOf(runs, { document: guidelineOfSchema12() })).toMatchObject({
      met: true,
      mustPass: { total: 3, passed: 3 },
      entries: { required: { tests: 4, flagged: 1, passed: 3, passedFlagged: 0 } },
    });
  });

  it('of a program that asks for nothing are nothing, and it is not met', () => {
    const document = guidelineOfSchema20({
      components: { core: { capabilities: { advisory: ['boot'] } } },
      platforms: { Mine: { components: ['core'] } },
    });
    expect(verdictOf([[testOutcome(N.start)]], { document, program: 'mine' })).toMatchObject({
      met: false,
      requiredPercent: 0,
      unflaggedPercent: 0,
      claim: 'Nothing to meet: Mine, guideline 2003.03, has no must-pass test',
    });
  });

  it('a program that is not there is refused', () => {
    expect(judge({ guideline: read(guidelineOfSchema20()), program: 'dns', runs: [] })).toMatchObject({
      refused: true,
    });
  });
});

describe('the claim', () => {
  const full = [[N.start, N.stop, N.issue].map((name) => testOutcome(name))];

  it('says how many there were, or how many of how many', () => {
    expect(verdictOf(full).claim).toBe('Meets all 3 must-pass tests of OpenStack Powered Compute, guideline 2003.03');
    expect(verdictOf([full[0]?.slice(1) ?? []]).claim).toBe(
      'Passes 2 of 3 must-pass tests (66.6 %) of OpenStack Powered Compute, guideline 2003.03',
    );
  });

  it('never rounds up to all', () => {
    expect(percentText(216, 217)).toBe('99.5 %');
    expect(percentText(99_999, 100_000)).toBe('99.9 %');
    expect(percentText(217, 217)).toBe('100 %');
    expect(percentText(0, 5)).toBe('0 %');
  });

  it('of a simulation never says that anything is met', () => {
    const verdict = verdictOf(full, { facts: { ...CLOUD, hypervisor: 'fake' } });
    expect(verdict.claim).toBe(
      'In simulation passes 3 of 3 must-pass tests (100 %) of OpenStack Powered Compute, guideline 2003.03',
    );
    expect(verdict.mustPass, 'figures stay').toEqual({ total: 3, passed: 3 });
    expect(verdict.qualifiers.join(' ')).toMatch(/fake driver: no guest was started/);
  });

  it('is unofficial, whatever the figures, and certifies nothing', () => {
    for (const runs of [full, [[]]]) {
      const verdict = verdictOf(runs);
      expect(verdict.qualifiers[0]).toBe(UNOFFICIAL_RESULTS);
      expect([verdict.claim, ...verdict.qualifiers].join(' ')).not.toMatch(/certif/i);
    }
  });
});

describe('the qualifiers', () => {
  const says = (changes: Partial<Options>) => verdictOf([[]], { facts: CLOUD, ...changes }).qualifiers.slice(1);
  const metadata = (changes: Record<string, unknown>) =>
    guidelineOfSchema20({
      metadata: {
        id: '2003.03',
        schema: '2.0',
        os_trademark_approval: { releases: ['cedar'], status: 'approved', replaces: '2002.02', ...changes },
      },
    });

  it('are none but that the results are unofficial, where everything is as the guideline says', () => {
    expect(says({ suite: suiteOfGuidelines() })).toEqual([]);
  });

  it('tell of a release that the guideline does not name, or that is not known', () => {
    expect(says({ facts: { ...CLOUD, release: 'Zed' } })).toEqual([
      'Guideline 2003.03 does not name Zed; the result is informative.',
    ]);
    expect(says({ facts: null })).toEqual(['The release of this cloud is not known; guideline 2003.03 names cedar.']);
    expect(says({ facts: { ...CLOUD, release: 'Cedar' } })).toEqual([]);
  });

  it('tell of a guideline that is superseded or not approved yet', () => {
    expect(says({ document: metadata({ status: 'superseded' }) })).toEqual([
      'Guideline 2003.03 is superseded by a later one.',
    ]);
    expect(says({ document: metadata({ status: 'draft' }) })).toEqual([
      'Guideline 2003.03 is not approved (draft); the one before is 2002.02.',
    ]);
  });

  it('tell of a profile that a site wrote', () => {
    const document = guidelineOfSchema20({ platforms: { Mine: { components: ['core'] } } });
    expect(says({ document, program: 'mine' })).toEqual([
      '2003.03 is a profile written by a site, not a published guideline.',
    ]);
  });

  it.each([
    ['33.0.0-2', []],
    ['1:33.0.1+ds-1', []],
    ['34.1.0-1', ['Run with suite 34.1.0-1, which is newer: guideline 2003.03 was made for suite 33.0.']],
    ['32', ['Run with suite 32, which is older: guideline 2003.03 was made for suite 33.0.']],
    ['unreleased', ['Run with suite unreleased; guideline 2003.03 was made for suite 33.0.']],
  ] as const)('tell of suite %s against the reference', (version, qualifiers) => {
    expect(says({ suite: { ...suiteOfGuidelines(), version } })).toEqual(qualifiers);
  });

  it('tell of parts that were simulated', () => {
    expect(says({ facts: { ...CLOUD, simulated: ['one replica of objects'] } })).toEqual([
      'Simulated: one replica of objects.',
    ]);
  });
});

interface Options extends Partial<Omit<Hearing, 'runs' | 'guideline'>> {
  readonly document?: unknown;
}

const read = (document: unknown): Guideline => {
  const reading = readGuideline(document);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.guideline;
};

const verdictOf = (runs: Hearing['runs'], { document = guidelineOfSchema20(), ...rest }: Options = {}): Verdict => {
  const verdict = judge({ guideline: read(document), program: 'compute', runs, facts: CLOUD, ...rest });
  if (isRefusal(verdict)) throw new Error(verdict.detail);
  return verdict;
};

const testOf = (verdict: Verdict, name: string) => verdict.tests.find(({ test }) => test.key === name);
const outcomeOf = (verdict: Verdict, name: string) => testOf(verdict, name)?.outcome;
const stateOf = (verdict: Verdict, name: string) => verdict.capabilities.find((one) => one.name === name)?.state;
const matchedOf = (verdict: Verdict) =>
  Object.fromEntries(verdict.tests.map(({ test, matched }) => [test.key, matched]));
