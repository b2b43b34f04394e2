import type { components } from '../api/schema.gen';
import { isNamedBy } from '../guidelines/tests-tree';
import type { Branch } from '../guidelines/tree/flatten';

export type Verdict = components['schemas']['Verdict'];
export type CapabilityVerdict = Verdict['capabilities'][number];
export type TestVerdict = Verdict['tests'][number];

/** A capability of a verdict, or a test of one. */
export interface Judged extends Branch {
  readonly below?: readonly Judged[];
  readonly capability: CapabilityVerdict;
  readonly test?: TestVerdict;
}

export interface JudgedFilter {
  readonly show: '' | 'not-passed' | 'must-pass' | 'flagged' | 'retried' | 'otherwise';
  /** Empty for any. */
  readonly status: string;
  /** Part of a name: of a test, an alias, an id, or a capability. */
  readonly text: string;
}

/** What somebody has to do something about comes first. */
const STATES: readonly CapabilityVerdict['state'][] = [
  'not-met',
  'partial',
  'not-run',
  'met-with-flags',
  'met',
  'empty',
];
const STATUSES: readonly CapabilityVerdict['status'][] = ['required', 'advisory', 'deprecated', 'removed'];

/** A test that counts: required, and without a flag. */
export const isMustPass = ({ status, test }: TestVerdict): boolean => status === 'required' && test.flag === null;

const MEANT: Readonly<Record<JudgedFilter['show'], (test: TestVerdict) => boolean>> = {
  '': () => true,
  'not-passed': ({ outcome }) => outcome !== 'passed',
  'must-pass': (test) => isMustPass(test) && test.outcome !== 'passed',
  flagged: ({ test }) => test.flag !== null,
  retried: ({ retried }) => retried,
  otherwise: ({ matched }) => matched !== null && matched !== 'name',
};

/** The capabilities of a verdict with their tests, what is not met first; what a filter leaves empty is left out. */
export const verdictTree = ({ capabilities, tests }: Verdict, filter: JudgedFilter): readonly Judged[] => {
  const text = filter.text.trim().toLowerCase();
  const isNarrow = filter.show !== '' || text !== '';
  const byCapability = new Map<string, TestVerdict[]>();
  for (const test of tests)
    for (const name of test.capabilities) byCapability.set(name, [...(byCapability.get(name) ?? []), test]);
  return capabilities
    .filter(({ status }) => filter.status === '' || status === filter.status)
    .toSorted(
      (a, b) =>
        STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
        STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
        a.name.localeCompare(b.name),
    )
    .flatMap((capability): Judged[] => {
      const below = (byCapability.get(capability.name) ?? [])
        .filter((test) => MEANT[filter.show](test) && isNamedBy(text, test.test, capability.name))
        .toSorted((a, b) => Number(a.outcome === 'passed') - Number(b.outcome === 'passed'))
        .map((test): Judged => ({ id: `${capability.name} ${test.test.key}`, label: test.test.key, capability, test }));
      if (below.length === 0 && isNarrow) return [];
      return [{ id: capability.name, label: capability.name, capability, below }];
    });
};
