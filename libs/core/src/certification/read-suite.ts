import { refuse, type Refusal } from '../base/refusal.js';
import { asSuiteTest } from './suite-test.js';
import type { Suite, SuiteTest } from './suite.js';

/**
 * Reads what `stestr list` printed on a tester node. Lines that are no test (warnings of Python, a progress note) are
 * passed over; where nothing is left, something went wrong on the node, and that is refused.
 */
export const readSuite = (
  lines: string | Iterable<string>,
  of: { readonly name: string; readonly version: string },
): Suite | Refusal => {
  const tests = new Map<string, SuiteTest>();
  for (const line of typeof lines === 'string' ? lines.split('\n') : lines) {
    if (!LISTED.test(line.trimEnd())) continue;
    const test = asSuiteTest(line);
    tests.set(test.fullId, test);
    if (tests.size > SUITE_TESTS_MAX)
      return refuse('too-large', `the list of ${of.name} holds more than ${SUITE_TESTS_MAX} tests`);
  }
  if (tests.size === 0)
    return refuse('invalid', `no test in the list of ${of.name}; run "stestr list" on the tester and see what it says`);
  return { ...of, tests: [...tests.values()] };
};

/** Tempest 33 has 1,646, with every plugin of those days about 6,000. */
export const SUITE_TESTS_MAX = 50_000;

/** Python names, attributes in brackets, then the scenario in parentheses, which belongs to the name. */
const LISTED = /^[A-Za-z_]\w*(?:\.\w+)+(?:\[[^\]]*\])?(?:\(.*\))?$/;
