import { describe, expect, it } from 'vitest';
import {
  GUIDELINE_TEST_IDS,
  GUIDELINE_TEST_NAMES,
  guidelineOfSchema12,
  guidelineOfSchema20,
  mappedCapabilities,
  testOutcome,
} from '#testkit';
import { isRefusal } from '../base/refusal.js';
import { compareVerdicts } from './compare-verdicts.js';
import { judge } from './judge.js';
import type { TestOutcome } from './outcome.js';
import { readGuideline } from './reading/read-guideline.js';
import type { Verdict } from './verdict.js';

const N = GUIDELINE_TEST_NAMES;

describe('two verdicts side by side', () => {
  it('tell what changed, each test in one place', () => {
    const before = verdictOf([
      testOutcome(N.start, 'failed'),
      testOutcome(N.stop),
      testOutcome(N.rename, 'failed'),
      testOutcome(N.issue, 'skipped'),
      testOutcome(N.resize),
      testOutcome(N.put),
    ]);
    const after = verdictOf([
      testOutcome(N.start),
      testOutcome(N.stop, 'setup-failed', { reason: 'no host' }),
      testOutcome(N.rename, 'skipped'),
      testOutcome(N.issue, 'failed'),
      testOutcome(N.resize, 'skipped'),
      testOutcome(N.put),
    ]);
    const { newlyPassing, newlyFailing, failedToSkipped, skippedToFailed, otherwiseChanged } = compareVerdicts(
      { verdict: before },
      { verdict: after },
    );
    expect(newlyPassing).toEqual([{ name: N.start, before: 'failed', after: 'passed', reason: null }]);
    expect(newlyFailing).toEqual([{ name: N.stop, before: 'passed', after: 'setup-failed', reason: 'no host' }]);
    expect(failedToSkipped.map(({ name }) => name)).toEqual([N.rename]);
    expect(skippedToFailed.map(({ name }) => name)).toEqual([N.issue]);
    expect(otherwiseChanged).toEqual([{ name: N.resize, before: 'passed', after: 'skipped', reason: null }]);
  });

  it('count every change exactly once', () => {
    const statuses = ['passed', 'failed', 'skipped', 'setup-failed', 'not-run'] as const;
    for (const one of statuses)
      for (const other of statuses) {
        const diff = compareVerdicts(
          { verdict: verdictOf([testOutcome(N.start, one)]) },
          { verdict: verdictOf([testOutcome(N.start, other)]) },
        );
        const lists = [
          diff.newlyPassing,
          diff.newlyFailing,
          diff.failedToSkipped,
          diff.skippedToFailed,
          diff.otherwiseChanged,
        ];
        expect(lists.flat(), `${one} to ${other}`).toHaveLength(one === other ? 0 : 1);
      }
  });

  it('of one run with itself say nothing', () => {
    const verdict = verdictOf([testOutcome(N.start), testOutcome(N.stop, 'failed')]);
    const { before, after, ...changes } = compareVerdicts({ verdict }, { verdict });
    expect(before).toEqual(after);
    expect(Object.values(changes).every((list) => list.length === 0)).toBe(true);
  });

  it('call a test slower when it takes more than twice as long, and long enough to matter', () => {
    const timed = (seconds: readonly number[]) =>
      verdictOf([N.start, N.stop, N.issue].map((name, at) => testOutcome(name, 'passed', { seconds: seconds[at] })));
    expect(compareVerdicts({ verdict: timed([1, 10, 0.1]) }, { verdict: timed([2.5, 20, 0.9]) }).slower).toEqual([
      { name: N.start, before: 1, after: 2.5 },
    ]);
  });

  it('of two guidelines tell what the one asks for and the other does not; a renamed test is the same test', () => {
    const capabilities: Record<string, unknown> = mappedCapabilities('required_since');
    capabilities['tokens'] = {
      tests: { 'suite.api.v9.TokensTest.test_get': { idempotent_id: GUIDELINE_TEST_IDS.issue } },
    };
    capabilities['resize'] = { tests: { 'suite.api.new.T.test': {} } };
    const before = verdictOf([testOutcome(N.issue, 'failed')]);
    const after = verdictOf([testOutcome('suite.api.v9.TokensTest.test_get')], guidelineOfSchema20({ capabilities }));
    const diff = compareVerdicts({ verdict: before }, { verdict: after });
    expect(diff.newlyPassing.map(({ name }) => name)).toEqual(['suite.api.v9.TokensTest.test_get']);
    expect(diff.added).toEqual(['suite.api.new.T.test']);
    expect(diff.removed).toEqual([N.resize]);
    const older = compareVerdicts({ verdict: verdictOf([], guidelineOfSchema12()) }, { verdict: verdictOf([]) });
    expect([older.added, older.removed], 'without ids by name').toEqual([[], []]);
  });

  it('tell which capabilities changed their state, and what changed in the cloud', () => {
    const all = [N.start, N.stop, N.rename].map((name) => testOutcome(name));
    const diff = compareVerdicts(
      { verdict: verdictOf([]), attributes: { workers: 2, store: { kind: 'file' }, same: [1, { a: 2 }] } },
      { verdict: verdictOf(all), attributes: { workers: 4, same: [1, { a: 2 }], extra: null } },
    );
    expect(diff.capabilities).toEqual([{ name: 'boot', before: 'not-run', after: 'met' }]);
    expect(diff.attributes).toEqual([
      { name: 'extra', before: undefined, after: null },
      { name: 'store', before: { kind: 'file' }, after: undefined },
      { name: 'workers', before: 2, after: 4 },
    ]);
  });
});

const verdictOf = (outcomes: readonly TestOutcome[], document: unknown = guidelineOfSchema20()): Verdict => {
  const reading = readGuideline(document);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  const verdict = judge({ guideline: reading.guideline, program: 'compute', runs: [outcomes] });
  if (isRefusal(verdict)) throw new Error(verdict.detail);
  return verdict;
};
