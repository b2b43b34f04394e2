import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guidelineOfSchema12, guidelineOfSchema20 } from '#testkit';
import { isMustPass, testsOfProgram } from '../resolve-program.js';
import { PROGRAMS_WEIGHT_MAX } from './limits.js';
import { readGuideline } from './read-guideline.js';

/**
 * What reading costs is counted in steps, not in time: every item that an iterator gives, every member that a set or a map
 * takes, and for each built-in that walks a list the length of that list. A list that is shifted is moved by its length.
 */
let steps = 0;
const WALKING = [
  'map',
  'flatMap',
  'filter',
  'find',
  'some',
  'every',
  'includes',
  'indexOf',
  'slice',
  'shift',
  'concat',
] as const;
const restore: (() => void)[] = [];

beforeAll(() => {
  const replace = (on: object, name: PropertyKey, made: (was: (...given: unknown[]) => unknown) => unknown): void => {
    const was = Object.getOwnPropertyDescriptor(on, name)!;
    Object.defineProperty(on, name, { ...was, value: made(was.value) });
    restore.push(() => Object.defineProperty(on, name, was));
  };
  const costing = (cost: (self: { length: number }) => number) => (was: (...given: unknown[]) => unknown) =>
    function (this: { length: number }, ...given: unknown[]): unknown {
      steps += cost(this);
      return was.apply(this, given);
    };
  for (const name of WALKING)
    replace(
      Array.prototype,
      name,
      costing(({ length }) => length),
    );
  const ofArrays = Object.getPrototypeOf([][Symbol.iterator]()) as object;
  const ofSets = Object.getPrototypeOf(new Set()[Symbol.iterator]()) as object;
  const ofMaps = Object.getPrototypeOf(new Map()[Symbol.iterator]()) as object;
  for (const iterator of [ofArrays, ofSets, ofMaps])
    replace(
      iterator,
      'next',
      costing(() => 1),
    );
  replace(
    Set.prototype,
    'add',
    costing(() => 1),
  );
  replace(
    Map.prototype,
    'set',
    costing(() => 1),
  );
});
afterAll(() => restore.forEach((back) => back()));

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const made = (count: number, entry: (index: number) => readonly [string, unknown]): Record<string, unknown> =>
  Object.fromEntries(range(count).map(entry));
const ID = 'id-00000000-0000-4000-8000-000000000000';

/** Files of a size in which something comes together with everything. */
const FAMILIES: Readonly<Record<string, (size: number) => unknown>> = {
  'one test in every capability, by another name in each': (size) =>
    guidelineOfSchema20({
      capabilities: made(size, (at) => [
        `c${at}`,
        { tests: { t: { aliases: range(8).map((by) => `a${at}-${by}`) }, u: { idempotent_id: ID } } },
      ]),
      components: { k: { capabilities: { required: range(size).map((at) => `c${at}`) } } },
      platforms: { P: { components: ['k'] } },
    }),
  'tests that share an id and name all others as aliases': (size) =>
    guidelineOfSchema20({
      capabilities: {
        c: {
          tests: {
            ...made(size, (at) => [
              `a${at}`,
              { idempotent_id: ID, aliases: range(30).map((by) => `b${(at + by) % size}`) },
            ]),
            ...made(size, (at) => [`b${at}`, {}]),
          },
        },
      },
      components: { k: { capabilities: { required: ['c'] } } },
      platforms: { P: { components: ['k'] } },
    }),
  'a chain of aliases': (size) =>
    guidelineOfSchema20({
      capabilities: { c: { tests: made(size, (at) => [`t${at}`, { aliases: [`t${at + 1}`] }]) } },
      components: { k: { capabilities: { required: ['c'] } } },
      platforms: { P: { components: ['k'] } },
    }),
  'faults everywhere': (size) =>
    guidelineOfSchema20({
      capabilities: { c: { tests: made(size, (at) => [`t${at}`, { idempotent_id: at, odd: 1, aliases: 7 }]) } },
      components: { k: { capabilities: { required: range(1_000).map(() => 'gone') } } },
      platforms: { P: { components: ['k'] } },
    }),
  'tests of 1.2, all flagged': (size) =>
    guidelineOfSchema12({
      capabilities: { c: { tests: range(size).map((at) => `t${at}`), flagged: range(size).map((at) => `t${at}`) } },
      components: { k: { required: ['c'], advisory: [], deprecated: [], removed: [] } },
      platform: { required: ['k'], advisory: [], deprecated: [], removed: [] },
    }),
};

/** Reads a file, and what its programs ask for, as an import does. */
const effortOf = (document: unknown): { readonly steps: number; readonly kind: string; readonly says: string } => {
  steps = 0;
  const reading = readGuideline(document);
  if (reading.kind === 'read')
    for (const program of reading.guideline.programs)
      testsOfProgram(reading.guideline, program).filter(({ status, test }) => isMustPass(status, test));
  return { steps, kind: reading.kind, says: reading.kind === 'refused' ? reading.problems[0]!.says : '' };
};

describe('the effort of reading a guideline', () => {
  it.each(Object.entries(FAMILIES))('grows no faster than the file: %s', (_what, file) => {
    const [small, middle, large] = [250, 500, 1_000].map((size) => effortOf(file(size)));
    expect(small!.steps).toBeGreaterThan(250);
    expect(middle!.steps / small!.steps).toBeLessThan(2.2);
    expect(large!.steps / middle!.steps).toBeLessThan(2.2);
  });

  /** Every program names every component, and every component every capability: a product of three. */
  const product = (programs: number, components: number, capabilities: number, tests: number): unknown =>
    guidelineOfSchema20({
      capabilities: made(capabilities, (at) => [`c${at}`, { tests: made(tests, (by) => [`t${at}-${by}`, {}]) }]),
      components: made(components, (at) => [
        `k${at}`,
        { capabilities: { required: range(capabilities).map((by) => `c${by}`) } },
      ]),
      platforms: made(programs, (at) => [`P${at}`, { components: range(components).map((by) => `k${by}`) }]),
    });

  it('has an end where a short file asks for the product of all it names', () => {
    const refused = effortOf(product(100, 100, 500, 2));
    expect(refused.says).toContain(`more than ${PROGRAMS_WEIGHT_MAX} capabilities and tests`);
    // Of the thing itself fifteen millions would be written out.
    expect(refused.steps).toBeLessThan(5_000_000);
    const twice = effortOf(product(100, 100, 1_000, 2));
    expect(twice.steps / refused.steps).toBeLessThan(2.2);
    const read = effortOf(product(20, 10, 400, 3));
    expect([read.kind, read.says]).toEqual(['read', '']);
  });

  it('has the same end in the older schemas', () => {
    const many = range(1_000).map((at) => `c${at}`);
    const refused = effortOf(
      guidelineOfSchema12({
        capabilities: made(1_000, (at) => [`c${at}`, { tests: range(5).map((by) => `t${at}-${by}`) }]),
        components: made(90, (at) => [`k${at}`, { required: many, advisory: [], deprecated: [], removed: [] }]),
        platform: { required: range(90).map((at) => `k${at}`), advisory: [], deprecated: [], removed: [] },
      }),
    );
    expect(refused.says).toContain(`more than ${PROGRAMS_WEIGHT_MAX} capabilities and tests`);
  });
});
