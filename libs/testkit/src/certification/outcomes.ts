import type { Suite, TestOutcome, TestStatus } from '#core';
import { GUIDELINE_TEST_IDS, GUIDELINE_TEST_NAMES } from './guidelines.js';

/** How one test ended, in a second, unless it is said otherwise. */
export const testOutcome = (
  name: string,
  status: TestStatus = 'passed',
  details: Partial<TestOutcome> = {},
): TestOutcome => ({ name, id: null, status, seconds: 1, worker: null, reason: null, traceback: null, ...details });

/** The suite that the written guidelines were made for; `without` takes tests away by name. */
export const suiteOfGuidelines = (without: readonly string[] = []): Suite => ({
  name: 'suite',
  version: '33.0.0-2',
  tests: Object.entries(GUIDELINE_TEST_NAMES)
    .map(([word, name]) => ({ name, id: GUIDELINE_TEST_IDS[word as keyof typeof GUIDELINE_TEST_IDS] }))
    .filter(({ name }) => !without.includes(name))
    .map(({ name, id }) => ({ fullId: name.replace(/(\(.*)?$/, (scenario) => `[${id},smoke]${scenario}`), name, id })),
});
