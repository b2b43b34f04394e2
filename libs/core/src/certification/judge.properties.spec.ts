import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guidelineOfSchema20, testOutcome } from '#testkit';
import { isRefusal } from '../base/refusal.js';
import { fits } from './fits.js';
import { CAPABILITY_STATUSES, type Guideline } from './guideline.js';
import { judge } from './judge.js';
import type { TestOutcome, TestStatus } from './outcome.js';
import { readGuideline } from './reading/read-guideline.js';
import type { Verdict } from './verdict.js';

/** Few names, so that capabilities share tests and aliases are names of other tests as often as not. */
const name = fc.constantFrom(...['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `suite.T.${letter}`));
const test = fc.record({ flagged: fc.boolean(), aliases: fc.uniqueArray(name, { maxLength: 1 }) });
const capability = fc.dictionary(name, test, { maxKeys: 5 });
const drawing = fc.array(fc.record({ tests: capability, status: fc.constantFrom(...CAPABILITY_STATUSES) }), {
  minLength: 1,
  maxLength: 5,
});
const status = fc.constantFrom<TestStatus>('passed', 'failed', 'skipped', 'setup-failed', 'not-run');
const outcome = fc.tuple(name, status).map(([one, end]): TestOutcome => testOutcome(one, end));
const runs = fc.array(fc.array(outcome, { maxLength: 8 }), { maxLength: 3 });

describe('whatever the guideline and whatever ran', () => {
  it('met is: some test has to pass, and every required capability is met, but for flags', () => {
    holds((verdict) => {
      const required = verdict.capabilities.filter((one) => one.status === 'required');
      const stands = required.every(({ state }) => ['met', 'met-with-flags', 'empty'].includes(state));
      expect(verdict.met).toBe(verdict.mustPass.total > 0 && stands);
    });
  });

  it('the figures agree with one another', () => {
    holds((verdict) => {
      for (const counts of [verdict.counts, verdict.entries])
        for (const one of Object.values(counts)) {
          expect(one.passedFlagged).toBeLessThanOrEqual(Math.min(one.passed, one.flagged));
          expect(one.passed - one.passedFlagged).toBeLessThanOrEqual(one.tests - one.flagged);
        }
      const { required } = verdict.counts;
      expect(verdict.mustPass.total).toBe(required.tests - required.flagged);
      expect(verdict.mustPass.passed).toBe(required.passed - required.passedFlagged);
      expect(verdict.entries.required.tests).toBeGreaterThanOrEqual(
        verdict.capabilities.some((one) => one.status === 'required') ? required.tests : 0,
      );
      expect(sum(verdict, (one) => one.tests)).toBe(verdict.tests.length);
    });
  });

  it('100 % without flags and met are the same, as RefStack has it', () => {
    holds((verdict) => {
      const { required } = verdict.entries;
      if (required.tests > required.flagged) expect(verdict.unflaggedPercent === 100).toBe(verdict.met);
      expect(verdict.requiredPercent).toBeGreaterThanOrEqual(0);
      expect(verdict.requiredPercent).toBeLessThanOrEqual(100);
    });
  });

  it('the claim says meets only of what is met, and 100 % of nothing else', () => {
    holds((verdict) => {
      expect(verdict.claim.startsWith('Meets all ')).toBe(verdict.met);
      if (!verdict.met) expect(verdict.claim).not.toContain('(100 %)');
      expect(verdict.claim).not.toMatch(/certif/i);
    });
  });

  it('one more pass never makes it worse', () => {
    fc.assert(
      fc.property(drawing, runs, name, (drawn, ran, passed) => {
        const guideline = draw(drawn);
        const before = verdictOf(guideline, ran);
        const after = verdictOf(guideline, [...ran, [testOutcome(passed)]]);
        expect(after.mustPass.passed).toBeGreaterThanOrEqual(before.mustPass.passed);
        expect(after.requiredPercent).toBeGreaterThanOrEqual(before.requiredPercent);
      }),
    );
  });

  it('a run in which nothing ran changes nothing', () => {
    fc.assert(
      fc.property(drawing, runs, fc.array(name, { maxLength: 4 }), (drawn, ran, names) => {
        const guideline = draw(drawn);
        const idle = names.map((one) => testOutcome(one, 'not-run'));
        expect(verdictOf(guideline, [...ran, idle])).toEqual(verdictOf(guideline, ran));
      }),
    );
  });

  it('fits lacks nothing exactly where all that is required is met', () => {
    fc.assert(
      fc.property(drawing, runs, (drawn, ran) => {
        const guideline = draw(drawn);
        const [fit] = fits({ guidelines: [guideline], runs: ran });
        const verdict = verdictOf(guideline, ran);
        expect(fit?.standing === 'fits').toBe(verdict.met);
        if (verdict.met) expect(fit?.lacking).toEqual([]);
        expect((fit?.lacking ?? []).every(({ tests }) => tests.length > 0)).toBe(true);
      }),
    );
  });
});

type Drawing = Parameters<Parameters<typeof drawing.map>[0]>[0];

/** Names of the drawn tests carry their own ids; rings of aliases are taken out, since no file with one is read. */
const draw = (drawn: Drawing): Guideline => {
  const capabilities = Object.fromEntries(
    drawn.map(({ tests }, at) => [
      `capability-${at}`,
      {
        tests: Object.fromEntries(
          Object.entries(tests).map(([key, { flagged, aliases }]) => [
            key,
            { aliases: aliases.filter((alias) => alias > key), ...(flagged ? { flagged: { reason: 'D401' } } : {}) },
          ]),
        ),
      },
    ]),
  );
  const lists = Object.fromEntries(
    CAPABILITY_STATUSES.map((one) => [
      one,
      drawn.flatMap((_, at) => (drawn[at]?.status === one ? [`capability-${at}`] : [])),
    ]),
  );
  const reading = readGuideline(
    guidelineOfSchema20({
      capabilities,
      components: { core: { capabilities: lists } },
      platforms: { Mine: { components: ['core'] } },
    }),
  );
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.guideline;
};

const verdictOf = (guideline: Guideline, ran: readonly (readonly TestOutcome[])[]): Verdict => {
  const verdict = judge({ guideline, program: 'mine', runs: ran });
  if (isRefusal(verdict)) throw new Error(verdict.detail);
  return verdict;
};

const holds = (check: (verdict: Verdict) => void): void =>
  fc.assert(fc.property(drawing, runs, (drawn, ran) => check(verdictOf(draw(drawn), ran))));

const sum = (verdict: Verdict, of: (one: Verdict['counts']['required']) => number): number =>
  Object.values(verdict.counts).reduce((total, one) => total + of(one), 0);
