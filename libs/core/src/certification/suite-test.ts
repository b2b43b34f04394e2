import type { SuiteTest } from './suite.js';

/** The attributes in brackets, of which the first that begins with `id-` is the test's own. */
const ATTRIBUTES = /\[([^[\]]*)\]/;

/**
 * What a suite or a stream calls a test, `a.b.Class.test[id-…,smoke](scenario)`, whatever else it may be. The name is what
 * is left without the brackets; the scenario in parentheses is part of it.
 */
export function asSuiteTest(line: string): SuiteTest {
  const fullId = line.trim();
  const attributes = ATTRIBUTES.exec(fullId);
  if (!attributes) return { fullId, name: fullId, id: null };
  const name = fullId.slice(0, attributes.index) + fullId.slice(attributes.index + attributes[0].length);
  return { fullId, name, id: attributes[1]!.split(',').find((word) => word.startsWith('id-')) ?? null };
}

/** The class that a test is in, with its modules: `a.b.Class` of `a.b.Class.test(scenario)`. */
export function classOf(name: string): string {
  const scenario = name.indexOf('(');
  const dot = name.lastIndexOf('.', scenario < 0 ? undefined : scenario);
  return dot < 0 ? '' : name.slice(0, dot);
}
