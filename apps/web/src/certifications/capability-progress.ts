import type { components } from '../api/schema.gen';
import type { CertificationDetail } from './use-certification';

type Schemas = components['schemas'];
type Outcome = Pick<Schemas['CertificationReport']['outcomes'][number], 'name' | 'id' | 'status'>;

/** How far the tests of one capability are while a suite runs. */
export interface CapabilityProgress {
  readonly name: string;
  readonly counts: CertificationDetail['counts'];
}

/**
 * Counts what has ended, capability by capability, in the order in which one wants to see it: what has failures, then what
 * is under way. By name, alias and id, as verdicts are; the verdict itself is worked out by the server at the end.
 */
export const progressOf = (
  { programs, capabilities }: Schemas['GuidelineCapabilities'],
  program: string,
  outcomes: readonly Outcome[],
): readonly CapabilityProgress[] => {
  const asked = programs.find(({ name }) => name === program)?.capabilities ?? [];
  const byWord = new Map<string, Outcome['status']>();
  for (const { name, id, status } of outcomes) {
    if (id) byWord.set(id, status);
    byWord.set(name, status);
  }
  return asked
    .filter(({ status }) => status === 'required')
    .flatMap(({ name }): CapabilityProgress[] => {
      const tests = capabilities.find((each) => each.name === name)?.tests.filter(({ flag }) => flag === null) ?? [];
      if (tests.length === 0) return [];
      const ended = tests.map(({ key, aliases, ids }) =>
        [key, ...aliases, ...ids].map((word) => byWord.get(word)).find((status) => status !== undefined),
      );
      const count = (status: Outcome['status']): number => ended.filter((each) => each === status).length;
      return [
        {
          name,
          counts: {
            total: tests.length,
            passed: count('passed'),
            failed: count('failed'),
            skipped: count('skipped'),
            setup_failed: count('setup-failed'),
            not_run: count('not-run'),
          },
        },
      ];
    })
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
};

const rank = ({ counts: { total, passed, failed, setup_failed: setUp, skipped } }: CapabilityProgress): number => {
  if (failed + setUp > 0) return 0;
  const done = passed + skipped;
  if (done > 0 && done < total) return 1;
  return done === 0 ? 2 : 3;
};
