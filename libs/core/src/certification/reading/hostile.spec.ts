import { describe, expect, it } from 'vitest';
import { guidelineOfSchema12, guidelineOfSchema20 } from '#testkit';
import type { GuidelineProblem } from '../guideline.js';
import {
  GUIDELINE_BYTES_MAX,
  GUIDELINE_NAME_CHARS_MAX,
  GUIDELINE_PROBLEMS_MAX,
  GUIDELINE_WARNINGS_MAX,
} from './limits.js';
import { parseGuideline, readGuideline } from './read-guideline.js';

const ID = 'id-00000000-0000-4000-8000-00000000000';

const withTests = (tests: unknown) =>
  guidelineOfSchema20({
    capabilities: { one: { tests } },
    components: { core: { capabilities: { required: ['one'] } } },
    platforms: { Mine: { components: ['core'] } },
  });

const selfContaining = (): unknown => {
  const document: Record<string, unknown> = guidelineOfSchema20();
  document['capabilities'] = document;
  return document;
};

const nested = (levels: number): unknown => {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = [value];
  return guidelineOfSchema20({ extra: value });
};

/** What is handed in, where the fault is told, and a word of what is said. */
const HOSTILE: readonly (readonly [string, unknown, string, RegExp])[] = [
  ['nothing', undefined, '', /has to be an object, and is missing/],
  ['null', null, '', /an object, and is null/],
  ['a number', 7, '', /an object, and is a number/],
  ['a list', [], '', /an object, and is a list/],
  ['an empty object', {}, '', /empty object/],
  ['no schema', { id: 'x' }, '/metadata/schema', /name its schema, one of 1\.2/],
  ['a schema of the future', guidelineOfSchema12({ schema: '3.0' }), '/schema', /no other is known here/],
  ['a schema that is an object', guidelineOfSchema12({ schema: {} }), '/schema', /name its schema/],
  ['no id', guidelineOfSchema12({ id: undefined }), '/id', /has to be a text, and is missing/],
  ['an id that is a path', guidelineOfSchema12({ id: '../../etc/passwd' }), '', /letters, digits, dots/],
  [
    'capabilities that are a list',
    guidelineOfSchema20({ capabilities: [] }),
    '/capabilities',
    /an object, and is a list/,
  ],
  ['a capability that is a text', guidelineOfSchema20({ capabilities: { boot: 'x' } }), '/capabilities/boot', /object/],
  ['tests that are a number', withTests(9), '/capabilities/one/tests', /an object, and is a number/],
  ['tests of 1.2 in a file of 2.0', withTests(['a.B.c']), '/capabilities/one/tests', /an object, and is a list/],
  ['a test that is a list', withTests({ 'a.B.c': [] }), '/capabilities/one/tests/a.B.c', /an object, and is a list/],
  [
    'an id that is a number',
    withTests({ t: { idempotent_id: 5 } }),
    '/capabilities/one/tests/t/idempotent_id',
    /a text/,
  ],
  ['aliases that are an object', withTests({ t: { aliases: {} } }), '/capabilities/one/tests/t/aliases', /a list/],
  [
    'more aliases than any test has',
    withTests({ t: { aliases: Array.from({ length: 33 }, (_, index) => `alias${index}`) } }),
    '/capabilities/one/tests/t/aliases',
    /33 of them; at most 32/,
  ],
  ['an empty name', withTests({ '': {} }), '/capabilities/one/tests/', /is empty/],
  [
    'a name as long as a page',
    withTests({ ['x'.repeat(GUIDELINE_NAME_CHARS_MAX + 1)]: {} }),
    `/capabilities/one/tests/${'x'.repeat(50)}…`,
    /has 501 characters; shorten it/,
  ],
  ['a name of two lines', withTests({ 'a.B.c\nrm -rf': {} }), '/capabilities/one/tests/a.B.c\nrm -rf', /line break/],
  [
    'a name that moves the cursor',
    withTests({ '\u001b[2Ja': {} }),
    '/capabilities/one/tests/\u001b[2Ja',
    /control char/,
  ],
  ['a NUL in a name', withTests({ 'a\0b': {} }), '/capabilities/one/tests/a\0b', /NUL/],
  [
    'half a character',
    withTests({ t: { idempotent_id: '\ud800' } }),
    '/capabilities/one/tests/t/idempotent_id',
    /surrog/,
  ],
  ['a name with a slash, told by its pointer', withTests({ 'a/~b': 1 }), '/capabilities/one/tests/a~1~0b', /an object/],
  ['an alias that is null', withTests({ t: { aliases: [null] } }), '/capabilities/one/tests/t/aliases/0', /is null/],
  [
    'text without an end',
    withTests({ t: { flagged: { reason: 'y'.repeat(10_001) } } }),
    '/capabilities/one/tests/t/flagged/reason',
    /10001 characters; shorten it to 10000/,
  ],
  [
    'admin that is a word',
    guidelineOfSchema20({ capabilities: { boot: { admin: 'yes', tests: {} } } }),
    '/capabilities/boot/admin',
    /true or false/,
  ],
  ['no programs', guidelineOfSchema20({ platforms: {} }), '/platforms', /names no program/],
  [
    'an empty program',
    guidelineOfSchema20({ platforms: { Mine: {} } }),
    '/platforms/Mine/components',
    /asks for nothing/,
  ],
  [
    'a program of what is not there',
    guidelineOfSchema20({ platforms: { Mine: { components: [{ name: 'ghost' }] } } }),
    '/platforms/Mine/components/0',
    /there is no component ghost/,
  ],
  [
    'two programs of one name',
    guidelineOfSchema20({ platforms: { 'A b': { components: ['core'] }, 'a-B': { components: ['core'] } } }),
    '',
    /would both be called a-b/,
  ],
  [
    'a program whose title claims what nobody may',
    guidelineOfSchema20({ platforms: { 'Certified Cloud': { components: ['core'] } } }),
    '',
    /speaks of certification/,
  ],
  [
    'a platform of what is not there',
    guidelineOfSchema12({ platform: { required: ['ghost'] } }),
    '/platform/required/0',
    /there is no component ghost/,
  ],
  ['a platform that is a list', guidelineOfSchema12({ platform: [] }), '/platform', /an object, and is a list/],
  ['components that are a text', guidelineOfSchema12({ components: 'all' }), '/components', /an object, and is a text/],
  ['releases that are a number', guidelineOfSchema12({ releases: 5 }), '/releases', /a list, and is a number/],
  [
    'two tests that are aliases of one another',
    withTests({ a: { idempotent_id: `${ID}1`, aliases: ['b'] }, b: { idempotent_id: `${ID}2`, aliases: ['a'] } }),
    '/capabilities/one/tests/a',
    /in a ring \(a → b → a\), so that one pass would count for 2/,
  ],
  [
    'a longer ring of aliases, entered from outside',
    withTests({ in: { aliases: ['a'] }, a: { aliases: ['b'] }, b: { aliases: ['c'] }, c: { aliases: ['a', 'in2'] } }),
    '/capabilities/one/tests/a',
    /in a ring \(a → b → c → a\), so that one pass would count for 3/,
  ],
  ['a document that contains itself', selfContaining(), '', /nested deeper than 32 levels/],
  ['a well of lists', nested(40), '', /nested deeper than 32 levels/],
];

describe('a hostile file', () => {
  it.each(HOSTILE)('%s is refused, with its place and what to do', (_, document, at, says) => {
    const problems = problemsOf(document);
    expect(problems.map((problem) => problem.says).join('\n')).toMatch(says);
    const told = problems.find((problem) => says.test(problem.says));
    if (at !== '') expect(told?.at).toBe(at);
  });

  it('names that are members of every object change nothing', () => {
    for (const name of ['constructor', 'hasOwnProperty', 'toString', 'prototype'])
      expect(readGuideline(withTests({ [name]: {} })), name).toMatchObject({ kind: 'read' });
    expect(readGuideline({ toString: 1 })).toMatchObject({ kind: 'refused' });
  });

  it('a member called __proto__ is refused and reaches no object', () => {
    const text = JSON.stringify(withTests({ victim: {} })).replace('"victim"', '"__proto__"');
    const reading = parseGuideline(text);
    expect(reading).toMatchObject({
      kind: 'refused',
      problems: [{ at: '/capabilities/one/tests/__proto__', says: expect.stringMatching('__proto__') as string }],
    });
    expect(({} as Record<string, unknown>)['idempotent_id']).toBeUndefined();
  });

  it('markup in a name stays the text it is', () => {
    const name = '<script>alert(1)</script>.<img src=x onerror=alert(2)>';
    const reading = readGuideline(withTests({ [name]: { aliases: ['"><b>'] } }));
    expect(reading.kind === 'read' && reading.guideline.capabilities.get('one')?.tests).toEqual([
      { key: name, ids: [], aliases: ['"><b>'], flag: null },
    ]);
  });

  it('a ring of aliases that share an id is one renamed test, as in a published file', () => {
    const test = { idempotent_id: `${ID}1` };
    const reading = readGuideline(withTests({ a: { ...test, aliases: ['b'] }, b: { ...test, aliases: ['a'] } }));
    expect(reading).toMatchObject({
      kind: 'read',
      warnings: [{ at: '/capabilities/one/tests/a', says: expect.stringMatching('one renamed test') as string }],
    });
  });

  it('a ring among tests that share an id does not hide one among others', () => {
    const [one, two] = [{ idempotent_id: `${ID}1` }, { idempotent_id: `${ID}2` }];
    const tests = {
      a: { ...one, aliases: ['b'] },
      b: { ...one, aliases: ['a', 'c'] },
      c: { ...two, aliases: ['a'] },
    };
    expect(problemsOf(withTests(tests)).map(({ says }) => says)).toEqual([
      'aliases run in a ring (a → c → a), so that one pass would count for 2; take one out',
    ]);
  });

  it('thousands of tests that are all aliases of one another are told in a line, soon', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `t${index}`);
    const tests = Object.fromEntries(
      names.map((name, at) => [
        name,
        { aliases: Array.from({ length: 30 }, (_, by) => names[(at + by + 1) % 10_000]) },
      ]),
    );
    const [problem, ...others] = problemsOf(withTests(tests));
    expect(others).toEqual([]);
    expect(problem?.says.length).toBeLessThan(200);
  });

  it('faults that are only warned of are told up to a number', () => {
    const tests = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`t${index}`, { idempotent_id: 'no id' }]),
    );
    const reading = readGuideline(withTests(tests));
    expect(reading.kind === 'read' && reading.warnings).toHaveLength(GUIDELINE_WARNINGS_MAX + 1);
    expect(reading.kind === 'read' && reading.warnings.at(-1)).toEqual({ at: '', says: 'and 300 more' });
  });

  it('a chain of 15,000 aliases ends', () => {
    const tests = Object.fromEntries(
      Array.from({ length: 15_000 }, (_, index) => [`t${index}`, { aliases: [`t${index + 1}`] }]),
    );
    expect(readGuideline(withTests(tests))).toMatchObject({ kind: 'read' });
  });

  it('of a file that is wrong everywhere the first faults are told, and how many more there are', () => {
    const tests = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`t${index}`, 5]));
    const problems = problemsOf(withTests(tests));
    expect(problems).toHaveLength(GUIDELINE_PROBLEMS_MAX + 1);
    expect(problems.at(-1)).toEqual({ at: '', says: 'and 30 more; mend these first' });
  });

  it('a file that is no JSON, or larger than any guideline, is not read at all', () => {
    expect(problemsOfText('{"id": ')[0]?.says).toMatch(/^the file is no JSON/);
    expect(problemsOfText('<html>')[0]?.says).toMatch(/^the file is no JSON/);
    expect(problemsOfText(' '.repeat(GUIDELINE_BYTES_MAX + 1))[0]?.says).toMatch(/larger than 4194304 bytes/);
    expect(problemsOfText(`[${'0,'.repeat(500_000)}0]`)[0]?.says).toMatch(/more than 400000 values/);
    expect(problemsOfText('['.repeat(100_000) + ']'.repeat(100_000))[0]?.says).toMatch(/nested deeper/);
  });

  it('a byte order mark is no fault', () => {
    expect(parseGuideline(`\uFEFF${JSON.stringify(guidelineOfSchema20())}`)).toMatchObject({ kind: 'read' });
  });
});

const problemsOf = (document: unknown): readonly GuidelineProblem[] => {
  const reading = readGuideline(document);
  return reading.kind === 'refused' ? reading.problems : [];
};

const problemsOfText = (text: string): readonly GuidelineProblem[] => {
  const reading = parseGuideline(text);
  return reading.kind === 'refused' ? reading.problems : [];
};
