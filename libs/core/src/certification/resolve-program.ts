import { refuse, type Refusal } from '../base/refusal.js';
import type { CapabilityStatus, Guideline, GuidelineTest, Program } from './guideline.js';
import { stronger } from './reading/read-components.js';
import type { FoundBy, Resolution, ResolvedTest } from './resolution.js';
import type { Suite, SuiteTest } from './suite.js';

/**
 * Finds the tests of a program in an installed suite: by the name of the time of approval, else by an alias, else by the
 * id, which stays when a test moves to another module.
 */
export const resolveProgram = (guideline: Guideline, program: string, suite: Suite): Resolution | Refusal => {
  const found = findProgram(guideline, program);
  if ('refused' in found) return found;
  const index = indexSuite(suite);
  const names = new Set(testNamesOf(guideline));
  return {
    guideline: guideline.id,
    program,
    tests: testsOfProgram(guideline, found).map((one) => ({ ...one, found: findTest(one.test, index, names) })),
  };
};

export const findProgram = (guideline: Guideline, program: string): Program | Refusal =>
  guideline.programs.find(({ name }) => name === program) ??
  refuse(
    'not-found',
    `guideline ${guideline.id} has no program ${program}; it has ${guideline.programs.map(({ name }) => name).join(', ')}`,
  );

/** A test of a program, once, with all that its capabilities say of it. */
export type ProgramTest = Omit<ResolvedTest, 'found'>;

/**
 * The distinct tests of a program. One that several capabilities list has the strongest of their statuses, all their ids
 * and aliases, and a flag only where every capability of that status flags it.
 */
export const testsOfProgram = (guideline: Guideline, program: Program): readonly ProgramTest[] => {
  const tests = new Map<string, Gathered>();
  for (const [name, status] of program.capabilities)
    for (const test of guideline.capabilities.get(name)?.tests ?? []) {
      const earlier = tests.get(test.key);
      if (earlier) gather(earlier, test, name, status);
      else tests.set(test.key, { first: test, more: null, capabilities: [name], status, flag: test.flag });
    }
  return [...tests.values()].map(({ first, more, flag, capabilities, status }) => ({
    test: more ? { key: first.key, ids: [...more.ids], aliases: [...more.aliases], flag } : first,
    capabilities,
    status,
  }));
};

/** A test in the making. What it is called elsewhere is gathered in one place: a test may stand in thousands of capabilities. */
interface Gathered {
  readonly first: GuidelineTest;
  more: { readonly ids: Set<string>; readonly aliases: Set<string> } | null;
  readonly capabilities: string[];
  status: CapabilityStatus;
  flag: GuidelineTest['flag'];
}

const gather = (into: Gathered, test: GuidelineTest, capability: string, status: CapabilityStatus): void => {
  into.more ??= { ids: new Set(into.first.ids), aliases: new Set(into.first.aliases) };
  for (const id of test.ids) into.more.ids.add(id);
  for (const alias of test.aliases) into.more.aliases.add(alias);
  into.capabilities.push(capability);
  const strongest = stronger(into.status, status);
  if (into.status === status) into.flag = into.flag && test.flag;
  else if (strongest === status) into.flag = test.flag;
  into.status = strongest;
};

/** Every name that is a test of the guideline in its own right. */
export const testNamesOf = (guideline: Guideline): readonly string[] =>
  [...guideline.capabilities.values()].flatMap(({ tests }) => tests.map(({ key }) => key));

interface SuiteIndex {
  readonly byName: ReadonlyMap<string, SuiteTest>;
  readonly byId: ReadonlyMap<string, readonly SuiteTest[]>;
}

const indexSuite = (suite: Suite): SuiteIndex => {
  const byName = new Map<string, SuiteTest>();
  const byId = new Map<string, SuiteTest[]>();
  for (const test of suite.tests) {
    if (!byName.has(test.name)) byName.set(test.name, test);
    if (test.id === null) continue;
    const others = byId.get(test.id);
    if (others) others.push(test);
    else byId.set(test.id, [test]);
  }
  return { byName, byId };
};

const findTest = (test: GuidelineTest, suite: SuiteIndex, names: ReadonlySet<string>): ResolvedTest['found'] => {
  const as = (by: FoundBy, found: SuiteTest | undefined): ResolvedTest['found'] => (found ? { by, test: found } : null);
  const alias = test.aliases.find((one) => suite.byName.has(one));
  return (
    as('name', suite.byName.get(test.key)) ??
    as('alias', alias === undefined ? undefined : suite.byName.get(alias)) ??
    as(
      'id',
      test.ids.flatMap((id) => suite.byId.get(id) ?? []).find(({ name }) => !names.has(name)),
    )
  );
};

/** Whether a test has to pass, where it stands with this status and this flag. */
export const isMustPass = (status: CapabilityStatus, test: GuidelineTest): boolean =>
  status === 'required' && test.flag === null;
