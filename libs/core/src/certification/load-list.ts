import type { Resolution, ResolvedTest, Scope } from './resolution.js';
import { isMustPass } from './resolve-program.js';
import type { Suite, SuiteTest } from './suite.js';

/** What a run is given to run, and what of the scope the suite does not have. */
export interface LoadList {
  /** Full ids exactly as the suite lists them, in its order, without repeats: the lines of a load list. */
  readonly ids: readonly string[];
  /** Names in the scope for which the suite has no test. */
  readonly missing: readonly string[];
}

/** Chooses the tests of one run for several programs at once: a test that two of them ask for is run once. */
export const loadList = (resolutions: readonly Resolution[], scope: Scope, suite: Suite): LoadList => {
  const { chosen, missing } = choose(resolutions, scope, suite);
  const ids = new Set(suite.tests.map(({ fullId }) => fullId).filter((id) => chosen.has(id)));
  return { ids: [...ids], missing: [...missing] };
};

interface Choice {
  /** Full ids. */
  readonly chosen: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
}

const choose = (resolutions: readonly Resolution[], scope: Scope, suite: Suite): Choice => {
  switch (scope.kind) {
    case 'everything':
      return { chosen: new Set(suite.tests.map(({ fullId }) => fullId)), missing: new Set() };
    case 'tests':
      return chooseNamed(scope.names, suite);
    case 'capability':
      return chooseAsked(resolutions, ({ capabilities }) => capabilities.includes(scope.name));
    case 'must-pass':
      return chooseAsked(resolutions, ({ status, test }) => isMustPass(status, test));
    case 'required':
      return chooseAsked(resolutions, ({ status }) => status === 'required');
    case 'all-statuses':
      return chooseAsked(resolutions, ({ status }) => status !== 'removed');
  }
};

const chooseAsked = (resolutions: readonly Resolution[], wanted: (one: ResolvedTest) => boolean): Choice => {
  const asked = resolutions.flatMap(({ tests }) => tests.filter(wanted));
  return {
    chosen: new Set(asked.flatMap(({ found }) => (found ? [found.test.fullId] : []))),
    missing: new Set(asked.filter(({ found }) => !found).map(({ test }) => test.key)),
  };
};

const chooseNamed = (names: readonly string[], suite: Suite): Choice => {
  const find = finder(suite);
  return {
    chosen: new Set(names.flatMap((name) => find(name).map(({ fullId }) => fullId))),
    missing: new Set(names.filter((name) => find(name).length === 0)),
  };
};

/** Tests are chosen by full id, by name (all of that name), or by `id-…`, whichever a person or an earlier run had. */
const finder = (suite: Suite): ((name: string) => readonly SuiteTest[]) => {
  const index = new Map<string, SuiteTest[]>();
  const add = (key: string | null, test: SuiteTest): void => {
    if (key === null) return;
    const others = index.get(key);
    if (others) others.push(test);
    else index.set(key, [test]);
  };
  for (const test of suite.tests) {
    add(test.fullId, test);
    if (test.name !== test.fullId) add(test.name, test);
    add(test.id, test);
  }
  return (name) => index.get(name) ?? [];
};
