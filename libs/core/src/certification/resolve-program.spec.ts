import { describe, expect, it } from 'vitest';
import {
  GUIDELINE_TEST_IDS,
  GUIDELINE_TEST_NAMES,
  guidelineOfSchema12,
  guidelineOfSchema20,
  RENAMED_FROM,
  suiteOfGuidelines,
} from '#testkit';
import { isRefusal } from '../base/refusal.js';
import type { Guideline } from './guideline.js';
import { loadList } from './load-list.js';
import { readSuite } from './read-suite.js';
import { readGuideline } from './reading/read-guideline.js';
import type { Resolution } from './resolution.js';
import { resolveProgram } from './resolve-program.js';
import type { Suite } from './suite.js';

const N = GUIDELINE_TEST_NAMES;

describe('the list of a suite', () => {
  it('is read line by line: the full id, the name without brackets, the id among the attributes', () => {
    const listed = [
      '/usr/lib/python3/dist-packages/suite/config.py:5: UserWarning: old',
      '  warnings.warn("old")',
      '',
      `suite.api.A.test_one[${GUIDELINE_TEST_IDS.start},smoke]`,
      `suite.api.A.test_two[compute,${GUIDELINE_TEST_IDS.stop}](with a scenario)\r`,
      'suite.unit.B.test_bare',
      `suite.api.A.test_one[${GUIDELINE_TEST_IDS.start},smoke]`,
    ].join('\n');
    expect(readSuite(listed, { name: 'suite', version: '1' })).toEqual({
      name: 'suite',
      version: '1',
      tests: [
        {
          fullId: `suite.api.A.test_one[${GUIDELINE_TEST_IDS.start},smoke]`,
          name: 'suite.api.A.test_one',
          id: GUIDELINE_TEST_IDS.start,
        },
        {
          fullId: `suite.api.A.test_two[compute,${GUIDELINE_TEST_IDS.stop}](with a scenario)`,
          name: 'suite.api.A.test_two(with a scenario)',
          id: GUIDELINE_TEST_IDS.stop,
        },
        { fullId: 'suite.unit.B.test_bare', name: 'suite.unit.B.test_bare', id: null },
      ],
    });
  });

  it('without a single test is refused, and says where to look', () => {
    const refusal = readSuite('Traceback (most recent call last):\n', { name: 'suite', version: '1' });
    expect(refusal).toMatchObject({ refused: true, detail: expect.stringMatching('stestr list') as string });
  });
});

describe('a test of a guideline', () => {
  it('is found by its name first', () => {
    expect(foundOf(resolutionOf('compute'))).toMatchObject({
      [N.start]: 'name',
      [N.rename]: 'name',
      [N.issue]: 'name',
    });
  });

  it('is found by an alias where its name is gone', () => {
    const suite = renamedIn(suiteOfGuidelines(), N.rename, RENAMED_FROM, null);
    expect(foundOf(resolutionOf('compute', suite))[N.rename]).toBe('alias');
  });

  it('is found by its id where it moved to another module', () => {
    const suite = renamedIn(suiteOfGuidelines(), N.start, 'suite.api.admin.boot.StartTest.test_start');
    expect(foundOf(resolutionOf('compute', suite))[N.start]).toBe('id');
  });

  it('is not found by an id that belongs to a sister test of the guideline', () => {
    const tests = {
      'a.First.test': { idempotent_id: GUIDELINE_TEST_IDS.start },
      'a.Second.test': { idempotent_id: GUIDELINE_TEST_IDS.start },
    };
    const suite = suiteOf([`a.First.test[${GUIDELINE_TEST_IDS.start}]`]);
    expect(foundOf(resolutionOf('mine', suite, profileOf(tests)))).toEqual({
      'a.First.test': 'name',
      'a.Second.test': null,
    });
  });

  it('is missing where the suite has none of these', () => {
    expect(foundOf(resolutionOf('compute', suiteOfGuidelines([N.stop])))[N.stop]).toBeNull();
  });

  it('stands once in a program, however many capabilities list it', () => {
    const resolution = resolutionOf('platform');
    expect(resolution.tests.map(({ test }) => test.key)).toHaveLength(7);
    const tests = { 'a.B.shared': { aliases: ['a.B.old'], flagged: { reason: 'D401' } } };
    const shared = profileOf(tests, {
      two: { tests: { 'a.B.shared': { idempotent_id: GUIDELINE_TEST_IDS.put, aliases: ['a.B.older'] } } },
    });
    expect(resolutionOf('mine', suiteOf(['a.B.shared']), shared).tests).toMatchObject([
      {
        capabilities: ['one', 'two'],
        status: 'required',
        test: { ids: [GUIDELINE_TEST_IDS.put], aliases: ['a.B.old', 'a.B.older'], flag: null },
      },
    ]);
  });

  it('of schema 1.2 has only its name', () => {
    const suite = renamedIn(suiteOfGuidelines(), N.start, 'elsewhere.StartTest.test_start');
    expect(foundOf(resolutionOf('compute', suite, read(guidelineOfSchema12())))[N.start]).toBeNull();
  });

  it('of a program that the guideline lacks is refused with the programs it has', () => {
    expect(resolveProgram(read(guidelineOfSchema20()), 'dns', suiteOfGuidelines())).toMatchObject({
      refused: true,
      code: 'not-found',
      detail: 'guideline 2003.03 has no program dns; it has platform, compute, object',
    });
  });
});

describe('a load list', () => {
  const suite = suiteOfGuidelines();
  const listOf = (kind: 'must-pass' | 'required' | 'all-statuses' | 'everything', programs = ['compute']) =>
    loadList(
      programs.map((program) => resolutionOf(program)),
      { kind },
      suite,
    ).ids.map((id) => suite.tests.find(({ fullId }) => fullId === id)?.name);

  it('of the must-pass tests leaves out what is flagged or only advised', () => {
    expect(listOf('must-pass')).toEqual([N.start, N.stop, N.issue]);
  });

  it('grows with the scope: flagged, advisory, the whole suite', () => {
    expect(listOf('required')).toEqual([N.start, N.stop, N.rename, N.issue]);
    expect(listOf('all-statuses')).toEqual([N.start, N.stop, N.rename, N.issue, N.resize]);
    expect(listOf('everything')).toHaveLength(7);
  });

  it('for several programs names a test once, in the order of the suite, by its full id', () => {
    const { ids, missing } = loadList(
      [resolutionOf('object'), resolutionOf('compute'), resolutionOf('object')],
      { kind: 'must-pass' },
      suite,
    );
    expect(ids).toEqual([
      `${N.start}[${GUIDELINE_TEST_IDS.start},smoke]`,
      `${N.stop}[${GUIDELINE_TEST_IDS.stop},smoke]`,
      `${N.issue}[${GUIDELINE_TEST_IDS.issue},smoke]`,
      `${N.put}[${GUIDELINE_TEST_IDS.put},smoke]`,
      `suite.api.objects.ObjectsTest.test_get[${GUIDELINE_TEST_IDS.get},smoke](range)`,
    ]);
    expect(missing).toEqual([]);
  });

  it('says what the suite does not have', () => {
    const without = suiteOfGuidelines([N.stop]);
    const list = loadList([resolutionOf('compute', without)], { kind: 'must-pass' }, without);
    expect(list.missing).toEqual([N.stop]);
    expect(list.ids).toHaveLength(2);
  });

  it('of one capability has its flagged tests too', () => {
    const list = loadList([resolutionOf('compute')], { kind: 'capability', name: 'boot' }, suite);
    expect(list.ids).toHaveLength(3);
  });

  it('of chosen tests takes full ids, names and ids, whether a program asks for them or not', () => {
    const names = [
      N.put,
      GUIDELINE_TEST_IDS.get,
      `${N.start}[${GUIDELINE_TEST_IDS.start},smoke]`,
      N.put,
      'no.such.test',
    ];
    const list = loadList([resolutionOf('compute')], { kind: 'tests', names }, suite);
    expect(list.ids).toEqual([
      `${N.start}[${GUIDELINE_TEST_IDS.start},smoke]`,
      `${N.put}[${GUIDELINE_TEST_IDS.put},smoke]`,
      `suite.api.objects.ObjectsTest.test_get[${GUIDELINE_TEST_IDS.get},smoke](range)`,
    ]);
    expect(list.missing).toEqual(['no.such.test']);
  });
});

const read = (document: unknown): Guideline => {
  const reading = readGuideline(document);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.guideline;
};

const resolutionOf = (
  program: string,
  suite = suiteOfGuidelines(),
  guideline = read(guidelineOfSchema20()),
): Resolution => {
  const resolution = resolveProgram(guideline, program, suite);
  if (isRefusal(resolution)) throw new Error(resolution.detail);
  return resolution;
};

const foundOf = (resolution: Resolution) =>
  Object.fromEntries(resolution.tests.map(({ test, found }) => [test.key, found?.by ?? null]));

/** A suite of these lines. */
const suiteOf = (lines: readonly string[]): Suite => {
  const suite = readSuite(lines, { name: 'suite', version: '1' });
  if (isRefusal(suite)) throw new Error(suite.detail);
  return suite;
};

/** The same suite with a test under another name; `id` null takes its id away. */
const renamedIn = (suite: Suite, from: string, to: string, id?: null): Suite => ({
  ...suite,
  tests: suite.tests.map((test) =>
    test.name === from ? { fullId: to, name: to, id: id === null ? null : test.id } : test,
  ),
});

/** A profile of one program whose capability `one` has these tests, all of its capabilities required. */
const profileOf = (tests: unknown, others: Record<string, unknown> = {}): Guideline =>
  read(
    guidelineOfSchema20({
      capabilities: { one: { tests }, ...others },
      components: { core: { capabilities: { required: ['one', ...Object.keys(others)] } } },
      platforms: { Mine: { components: ['core'] } },
    }),
  );
