import type { components } from '../api/schema.gen';
import type { Branch } from './tree/flatten';

type Asked = components['schemas']['GuidelineCapabilities'];
export type Program = Asked['programs'][number];
export type Capability = Asked['capabilities'][number];
export type GuidelineTest = Capability['tests'][number];
export type CapabilityStatus = Program['capabilities'][number]['status'];

/** A program, a capability that it asks for, or a test of that. */
export interface Asking extends Branch {
  readonly below?: readonly Asking[];
  readonly program: Program;
  readonly capability?: Capability;
  readonly status?: CapabilityStatus;
  readonly test?: GuidelineTest;
  /** Tests below it that are shown, and how many of them have a flag. */
  readonly tests: number;
  readonly flagged: number;
}

export interface AskingFilter {
  /** Empty for any. */
  readonly status: string;
  readonly flagged: string;
  /** Part of a name: of a test, an alias, an id, or a capability. */
  readonly text: string;
}

/** Whether a text, in small letters, is part of a name: of a test, an alias or an id of it, or of its capability. */
export const isNamedBy = (
  text: string,
  { key, aliases, ids }: Pick<GuidelineTest, 'key' | 'aliases' | 'ids'>,
  capability: string,
): boolean => [capability, key, ...aliases, ...ids].some((each) => each.toLowerCase().includes(text));

/** What a guideline asks for, program by program; what is not meant by the filter is left out with what is empty then. */
export const testsTree = ({ programs, capabilities }: Asked, filter: AskingFilter): readonly Asking[] => {
  const byName = new Map(capabilities.map((capability) => [capability.name, capability]));
  const text = filter.text.trim().toLowerCase();
  const isMeant = (test: GuidelineTest, capability: string): boolean =>
    (filter.flagged === '' || (filter.flagged === 'yes') === (test.flag !== null)) && isNamedBy(text, test, capability);
  const isNarrow = filter.flagged !== '' || text !== '';
  return programs.map((program) => {
    const below = program.capabilities.flatMap(({ name, status }): Asking[] => {
      const capability = byName.get(name);
      if (!capability || (filter.status !== '' && status !== filter.status)) return [];
      const id = `${program.name} ${name}`;
      const tests = capability.tests
        .filter((test) => isMeant(test, name))
        .map((test): Asking => ({
          id: `${id} ${test.key}`,
          label: test.key,
          program,
          capability,
          status,
          test,
          tests: 1,
          flagged: test.flag ? 1 : 0,
        }));
      if (tests.length === 0 && isNarrow) return [];
      return [{ id, label: name, program, capability, status, below: tests, ...sumOf(tests) }];
    });
    return { id: program.name, label: program.title, program, below, ...sumOf(below) };
  });
};

const sumOf = (below: readonly Asking[]): Pick<Asking, 'tests' | 'flagged'> => ({
  tests: below.reduce((sum, { tests }) => sum + tests, 0),
  flagged: below.reduce((sum, { flagged }) => sum + flagged, 0),
});
