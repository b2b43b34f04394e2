import { describe, expect, it } from 'vitest';
import {
  addOnGuideline,
  GUIDELINE_TEST_IDS,
  GUIDELINE_TEST_NAMES,
  guidelineOfSchema12,
  guidelineOfSchema13,
  guidelineOfSchema20,
  mappedCapabilities,
  RENAMED_FROM,
} from '#testkit';
import type { Guideline, GuidelineProblem, GuidelineReading } from '../guideline.js';
import { readGuideline } from './read-guideline.js';

const SCHEMAS = [
  ['1.2', guidelineOfSchema12()],
  ['1.3', guidelineOfSchema13('1.3')],
  ['1.4', guidelineOfSchema13('1.4')],
  ['1.5', guidelineOfSchema13('1.5')],
  ['1.6', guidelineOfSchema13('1.6')],
  ['2.0', guidelineOfSchema20()],
] as const;

describe('a guideline of any schema', () => {
  it.each(SCHEMAS)('%s comes down to programs, capabilities and tests', (schema, document) => {
    const guideline = read(document);
    expect(guideline.schema).toBe(schema);
    expect(guideline.kind).toBe('powered');
    expect(guideline.programs.map(({ name, title }) => [name, title])).toEqual([
      ['platform', 'OpenStack Powered Platform'],
      ['compute', 'OpenStack Powered Compute'],
      ['object', 'OpenStack Powered Storage'],
    ]);
    expect([...programOf(guideline, 'compute').capabilities]).toEqual([
      ['boot', 'required'],
      ['tokens', 'required'],
      ['resize', 'advisory'],
      ['gone', 'removed'],
    ]);
    expect([...programOf(guideline, 'platform').capabilities.keys()]).toEqual([
      'boot',
      'tokens',
      'resize',
      'gone',
      'objects',
    ]);
    const tests = guideline.capabilities.get('boot')?.tests ?? [];
    expect(tests.map(({ key }) => key)).toEqual([
      GUIDELINE_TEST_NAMES.start,
      GUIDELINE_TEST_NAMES.stop,
      GUIDELINE_TEST_NAMES.rename,
    ]);
    expect(tests.map(({ flag }) => flag !== null)).toEqual([false, false, true]);
    expect(guideline.capabilities.get('objects')?.tests[1]?.key, 'a scenario is part of the name').toBe(
      'suite.api.objects.ObjectsTest.test_get(range)',
    );
  });

  it.each(SCHEMAS)(
    '%s: a capability that is named and described nowhere has no tests, which is told',
    (_, document) => {
      const reading = readGuideline(document);
      expect(reading.kind === 'read' && reading.guideline.capabilities.get('gone')?.tests).toEqual([]);
      expect(warningsOf(reading).map(({ says }) => says)).toEqual([
        'capability gone is named here and described nowhere; it counts as one without tests',
      ]);
    },
  );

  it('says where it is from: releases in lower case, what it replaces, what it was made for', () => {
    const guideline = read(guidelineOfSchema12());
    expect(guideline).toMatchObject({ id: '2001.01', status: 'superseded', replaces: '2000.07', suites: [] });
    expect(guideline.releases).toEqual(['alder', 'birch']);
    expect(read(guidelineOfSchema13('1.4')).suites).toEqual([
      { name: 'suite', repository: 'test', reference: '0123456789abcdef0123456789abcdef01234567' },
    ]);
    expect(read(guidelineOfSchema20())).toMatchObject({ id: '2003.03', status: 'approved', replaces: '2002.02' });
  });

  it('keeps the designated sections, whichever way round the schema has them', () => {
    const wanted = [{ project: 'nova', status: 'required', guidance: 'all of it', sections: ['api'] }];
    for (const [, document] of SCHEMAS) expect(read(document).designatedSections).toEqual(wanted);
  });

  it('has ids and aliases since there were any', () => {
    const renameOf = (document: unknown) => read(document).capabilities.get('boot')?.tests[2];
    expect(renameOf(guidelineOfSchema12())).toMatchObject({ ids: [], aliases: [] });
    expect(renameOf(guidelineOfSchema13('1.4'))).toMatchObject({
      ids: [GUIDELINE_TEST_IDS.rename],
      aliases: [RENAMED_FROM],
    });
  });
});

describe('the sort of a guideline', () => {
  it('an add-on is known by its shape, and names what it stands on', () => {
    const guideline = read(addOnGuideline());
    expect(guideline.kind).toBe('add-on');
    expect(guideline.programs).toMatchObject([
      { name: 'names', title: 'OpenStack with Names', components: ['os_powered_names'], standsOn: ['core'] },
    ]);
  });

  it('an add-on without a name of its own is called after its component', () => {
    const guideline = read(
      addOnGuideline({ 'add-ons': { components: ['os_powered_names'], required_platform_components: [] } }),
    );
    expect(guideline.programs).toMatchObject([{ name: 'names', title: 'OpenStack with names' }]);
  });

  it('a program of a component in another file stands on it; nothing is counted twice', () => {
    const reading = readGuideline(
      guidelineOfSchema20({
        platforms: { Mine: { components: [{ name: 'store' }, { name: 'core-elsewhere', source: 'other.json' }] } },
      }),
    );
    expect(reading).toMatchObject({ kind: 'read', guideline: { kind: 'local' } });
    expect(reading.kind === 'read' && reading.guideline.programs[0]).toMatchObject({
      name: 'mine',
      components: ['store'],
      standsOn: ['core-elsewhere'],
    });
    expect(warningsOf(reading).at(-1)).toEqual({
      at: '/platforms/Mine/components/1',
      says: 'component core-elsewhere stands in another file and is not judged here; import that one as well',
    });
  });

  it('is what whoever imports it says, else by its shape: verticals, profiles of a site', () => {
    const platforms = { 'Our Cloud': { components: ['core'] } };
    expect(read(guidelineOfSchema20({ platforms })).kind).toBe('local');
    expect(read(guidelineOfSchema20({ platforms: undefined, verticals: platforms })).kind).toBe('vertical');
    const reading = readGuideline(guidelineOfSchema20({ platforms }), { kind: 'vertical' });
    expect(reading).toMatchObject({ kind: 'read', guideline: { kind: 'vertical' } });
    expect(read(guidelineOfSchema20({ platforms })).programs[0]?.name).toBe('our-cloud');
  });

  it('a component that the platform only advises makes none of its capabilities required there', () => {
    const platform = { required: ['compute'], advisory: ['object'], deprecated: [], removed: [] };
    const guideline = read(guidelineOfSchema13('1.5', { platform }));
    expect(programOf(guideline, 'platform').capabilities.get('objects')).toBe('advisory');
    expect(programOf(guideline, 'platform').capabilities.get('tokens'), 'the other component requires it').toBe(
      'required',
    );
    expect(programOf(guideline, 'object').capabilities.get('objects')).toBe('required');
  });
});

describe('what published files are careless about', () => {
  it.each([
    ['[D401] brackets', 'D401'],
    ['D406 none', 'D406'],
    ['d402: lower case', 'D402'],
    ['  [ D405 ] spaces', 'D405'],
    ['No code at all, D400 comes later', null],
    ['D4000 is no code', null],
  ])('the code of a flag is read from "%s"', (reason, code) => {
    expect(flagOf({ flagged: { date: '2002-02-02', reason, action: 'wait' } })).toEqual({
      code,
      date: '2002-02-02',
      reason,
      action: 'wait',
    });
  });

  it('a flag may be called flag, as in the notes on the schema', () => {
    expect(flagOf({ flag: { reason: 'D403 tests too much' } })).toEqual({
      code: 'D403',
      date: null,
      reason: 'D403 tests too much',
      action: null,
    });
    expect(flagOf({ flagged: 'D400 only words' })).toMatchObject({ code: 'D400', reason: 'D400 only words' });
    expect(flagOf({ flagged: true })).toMatchObject({ code: null, reason: null });
    expect(flagOf({ flagged: false })).toBeNull();
    expect(flagOf({ flagged: null })).toBeNull();
  });

  it('misspelled members are read as what was meant', () => {
    const capabilities = { odd: { acheivements: ['deployed', ''], descriptin: 'words', tests: {} } };
    const reading = readGuideline(guidelineOfSchema20({ capabilities, ...onlyOf('odd') }));
    expect(reading.kind === 'read' && reading.guideline.capabilities.get('odd')).toMatchObject({
      achievements: ['deployed'],
      description: 'words',
    });
    expect(warningsOf(reading).map(({ at }) => at)).toEqual([
      '/capabilities/odd/acheivements',
      '/capabilities/odd/descriptin',
      '/capabilities/odd/acheivements',
    ]);
  });

  it('an id may lack its prefix or be one of several; what is none is left out', () => {
    const uuid = '00000000-0000-4000-8000-00000000ABCD';
    const idsOf = (idempotent_id: unknown) => testOf({ idempotent_id })?.ids;
    expect(idsOf(uuid)).toEqual(['id-00000000-0000-4000-8000-00000000abcd']);
    expect(idsOf([uuid, GUIDELINE_TEST_IDS.put])).toEqual([
      'id-00000000-0000-4000-8000-00000000abcd',
      GUIDELINE_TEST_IDS.put,
    ]);
    expect(idsOf('')).toEqual([]);
    expect(idsOf('not an id')).toEqual([]);
  });

  it('one test in two capabilities, in two lists of a component, and a flag for a test that is not there', () => {
    const components = { core: { capabilities: { required: ['boot', 'boot'], advisory: ['boot'] } } };
    const platforms = { Mine: { components: ['core', 'core'] } };
    const reading = readGuideline(guidelineOfSchema20({ components, platforms }));
    expect(reading.kind === 'read' && [...programOf(reading.guideline, 'mine').capabilities]).toEqual([
      ['boot', 'required'],
    ]);
    expect(warningsOf(reading)).toHaveLength(3);
  });

  it('a capability of schema 1.2 may flag what it does not list', () => {
    const capabilities = { boot: { tests: ['a.B.c'], flagged: ['a.B.d'] } };
    const components = { compute: { required: ['boot'] } };
    const platform = { required: ['compute'] };
    const reading = readGuideline(guidelineOfSchema12({ capabilities, components, platform }));
    expect(warningsOf(reading)).toEqual([
      { at: '/capabilities/boot/flagged/0', says: 'a.B.d is flagged, but is no test of this capability' },
    ]);
  });

  it('a schema given as a number is the schema it looks like', () => {
    const reading = readGuideline(guidelineOfSchema20({ metadata: { id: 'mine', schema: 2 } }));
    expect(reading).toMatchObject({ kind: 'read', guideline: { id: 'mine', schema: '2.0', releases: [] } });
  });
});

const read = (document: unknown): Guideline => {
  const reading = readGuideline(document);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems, null, 2));
  return reading.guideline;
};

const warningsOf = (reading: GuidelineReading): readonly GuidelineProblem[] =>
  reading.kind === 'read' ? reading.warnings : [];

const programOf = (guideline: Guideline, name: string) => {
  const program = guideline.programs.find((one) => one.name === name);
  if (!program) throw new Error(`no program ${name}`);
  return program;
};

/** A guideline whose only program has one component with one capability. */
const onlyOf = (capability: string) => ({
  components: { core: { capabilities: { required: [capability] } } },
  platforms: { Mine: { components: ['core'] } },
});

const testOf = (test: unknown) =>
  read(
    guidelineOfSchema20({
      capabilities: { ...mappedCapabilities('required_since'), one: { tests: { 'a.B.c': test } } },
      ...onlyOf('one'),
    }),
  ).capabilities.get('one')?.tests[0];

const flagOf = (test: unknown) => testOf(test)?.flag;
