/**
 * Small guidelines of every schema, written for tests: two services of a cloud that does not exist. They have the same
 * seven tests, so that what a spec expects of one it can expect of all.
 *
 * ```
 *                 compute              object
 * required        boot, tokens         tokens, objects
 * advisory        resize
 * removed         (a capability that is described nowhere)
 * ```
 */
export const GUIDELINE_TEST_NAMES = {
  start: 'suite.api.boot.StartTest.test_start',
  stop: 'suite.api.boot.StartTest.test_stop',
  rename: 'suite.api.boot.StartTest.test_rename',
  issue: 'suite.api.tokens.TokensTest.test_issue',
  resize: 'suite.api.boot.ResizeTest.test_resize',
  put: 'suite.api.objects.ObjectsTest.test_put',
  get: 'suite.api.objects.ObjectsTest.test_get(range)',
} as const;

/** Ids of the tests above, in schemas that have ids. */
export const GUIDELINE_TEST_IDS = {
  start: 'id-00000000-0000-4000-8000-000000000001',
  stop: 'id-00000000-0000-4000-8000-000000000002',
  rename: 'id-00000000-0000-4000-8000-000000000003',
  issue: 'id-00000000-0000-4000-8000-000000000004',
  resize: 'id-00000000-0000-4000-8000-000000000005',
  put: 'id-00000000-0000-4000-8000-000000000006',
  get: 'id-00000000-0000-4000-8000-000000000007',
} as const;

/** What `rename` was called before. */
export const RENAMED_FROM = 'suite.api.boot.StartTest.test_change_name';

const N = GUIDELINE_TEST_NAMES;
const I = GUIDELINE_TEST_IDS;

type Members = Record<string, unknown>;

/** Schema 1.2: lists of names. `rename` is flagged. */
export const guidelineOfSchema12 = (changes: Members = {}): Members => ({
  id: '2001.01',
  schema: '1.2',
  status: 'superseded',
  replaces: '2000.07',
  releases: ['Alder', 'birch'],
  source: 'test',
  platform: { required: ['compute', 'object'], advisory: [], deprecated: [], removed: [] },
  components: {
    compute: { required: ['boot', 'tokens'], advisory: ['resize'], deprecated: [], removed: ['gone'] },
    object: { required: ['tokens', 'objects'], advisory: [], deprecated: [], removed: [] },
  },
  capabilities: {
    boot: listed('nova', [N.start, N.stop, N.rename], [N.rename]),
    tokens: listed('keystone', [N.issue]),
    resize: listed('nova', [N.resize]),
    objects: listed('swift', [N.put, N.get]),
  },
  'designated-sections': { required: { nova: { guidance: 'all of it', sections: ['api'] } }, informational: {} },
  criteria: {},
  ...changes,
});

const listed = (project: string, tests: readonly string[], flagged: readonly string[] = []): Members => ({
  achievements: ['deployed'],
  admin: false,
  status: 'required',
  project,
  description: `of ${project}`,
  tests,
  flagged,
});

/** Schemas 1.3 to 1.6: a map with ids; a status at the top, as in all of them. */
export const guidelineOfSchema13 = (schema: '1.3' | '1.4' | '1.5' | '1.6', changes: Members = {}): Members => ({
  id: '2002.02',
  schema,
  status: 'approved',
  replaces: '2001.01',
  releases: ['birch', 'cedar'],
  source: 'test',
  platform: { required: ['compute', 'object'], advisory: [], deprecated: [], removed: [] },
  components: guidelineOfSchema12()['components'],
  'test-repositories': { suite: { 'git-sha': '0123456789abcdef0123456789abcdef01234567', url: 'test' } },
  capabilities: mappedCapabilities('required-since'),
  'designated-sections': {
    required: { nova: { guidance: 'all of it', comment: '', sections: { api: { designated: true } } } },
  },
  ...changes,
});

/** Schema 2.0, as the powered programs have it. */
export const guidelineOfSchema20 = (changes: Members = {}): Members => ({
  metadata: {
    id: '2003.03',
    schema: '2.0',
    source: 'test',
    os_trademark_approval: { target_approval: '2003.03', replaces: '2002.02', releases: ['cedar'], status: 'approved' },
  },
  platforms: {
    'OpenStack Powered Platform': { description: 'both', components: [{ name: 'core' }, { name: 'store' }] },
    'OpenStack Powered Compute': { description: 'machines', components: [{ name: 'core' }] },
    'OpenStack Powered Storage': { description: 'objects', components: [{ name: 'store' }] },
  },
  components: {
    core: {
      capabilities: { required: ['boot', 'tokens'], advisory: ['resize'], deprecated: [], removed: ['gone'] },
      designated_sections: { required: ['nova'] },
    },
    store: { capabilities: { required: ['tokens', 'objects'] } },
  },
  capabilities: mappedCapabilities('required_since'),
  designated_sections: { nova: { required: { guidance: 'all of it', sections: { api: { designated: true } } } } },
  test_repositories: { suite: { repository: 'test', reference: '33.0', description: 'the suite' } },
  ...changes,
});

/** An add-on that names its one program, and what it stands on. */
export const addOnGuideline = (changes: Members = {}): Members => ({
  metadata: { id: 'names.2003.03', schema: '2.0', os_trademark_approval: { releases: ['cedar'], status: 'approved' } },
  'add-ons': {
    'OpenStack with Names': {
      description: 'names',
      components: [{ name: 'os_powered_names' }],
      required_platform_components: [{ name: 'core', source: '2003.03.json' }],
      optional_platform_components: [],
    },
  },
  components: { os_powered_names: { capabilities: { required: ['objects'] } } },
  capabilities: mappedCapabilities('required_since'),
  ...changes,
});

/** The names of tests in schemas since 1.3, with `rename` flagged and known by an older name as well. */
export const mappedCapabilities = (since: 'required-since' | 'required_since'): Members => ({
  boot: mapped(since, 'nova', {
    [N.start]: { idempotent_id: I.start },
    [N.stop]: { idempotent_id: I.stop },
    [N.rename]: {
      idempotent_id: I.rename,
      aliases: [RENAMED_FROM],
      flagged: { date: '2002-02-02', reason: '[D401] The test is at odds with itself.', action: 'Mend it.' },
    },
  }),
  tokens: mapped(since, 'keystone', { [N.issue]: { idempotent_id: I.issue } }),
  resize: mapped(since, 'nova', { [N.resize]: { idempotent_id: I.resize } }),
  objects: mapped(since, 'swift', { [N.put]: { idempotent_id: I.put }, [N.get]: { idempotent_id: I.get } }),
});

const mapped = (since: string, project: string, tests: Members): Members => ({
  achievements: ['deployed'],
  admin: false,
  description: `of ${project}`,
  project,
  [since]: '2002.02',
  tests,
});
