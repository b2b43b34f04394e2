/** A guideline of schema 2.0 for tests, written here: two capabilities for compute, one for storage. */
export const guidelineFile = (over: { id?: string; status?: string; extra?: Record<string, unknown> } = {}): string =>
  JSON.stringify({
    metadata: {
      id: over.id ?? '2031.01',
      schema: '2.0',
      os_trademark_approval: {
        target_approval: '2031.01',
        replaces: null,
        releases: ['zed'],
        status: over.status ?? 'approved',
      },
    },
    platforms: {
      'OpenStack Powered Compute': { description: 'Runs servers.', components: [{ name: 'os_powered_compute' }] },
      'OpenStack Powered Storage': { description: 'Keeps objects.', components: [{ name: 'os_powered_storage' }] },
    },
    components: {
      os_powered_compute: component(['servers-life', 'identity-tokens']),
      os_powered_storage: component(['objects', 'identity-tokens']),
    },
    capabilities: {
      'servers-life': capability('nova', {
        [TESTS.create]: {
          idempotent_id: 'id-00000000-0000-4000-8000-0000000000c1',
          aliases: ['tempest.api.old.test_create'],
        },
        [TESTS.delete]: { idempotent_id: 'id-00000000-0000-4000-8000-0000000000c2' },
        [TESTS.flagged]: {
          idempotent_id: 'id-00000000-0000-4000-8000-0000000000c3',
          flagged: { date: '2030-01-01', reason: '[D401] a bug of the test', action: 'mend' },
        },
      }),
      'identity-tokens': capability('keystone', {
        [TESTS.token]: { idempotent_id: 'id-00000000-0000-4000-8000-0000000000d1' },
      }),
      objects: capability('swift', { [TESTS.object]: { idempotent_id: 'id-00000000-0000-4000-8000-0000000000e1' } }),
      ...over.extra,
    },
  });

export const TESTS = {
  create: 'tempest.api.compute.Servers.test_create',
  delete: 'tempest.api.compute.Servers.test_delete',
  flagged: 'tempest.api.compute.Servers.test_flagged',
  token: 'tempest.api.identity.Tokens.test_token',
  object: 'tempest.api.object_storage.Objects.test_object',
} as const;

/** What tempest-suite writes for these; it lacks nothing, and has one test that no guideline asks for. */
export const LISTED_SUITE = {
  name: 'tempest',
  version: '33.0.0-2',
  digest: '0'.repeat(64),
  tests: {
    'tempest.api.compute.Servers': [
      'test_create[id-00000000-0000-4000-8000-0000000000c1,smoke]',
      'test_delete[id-00000000-0000-4000-8000-0000000000c2]',
      'test_flagged[id-00000000-0000-4000-8000-0000000000c3]',
      'test_else[id-00000000-0000-4000-8000-0000000000f1]',
    ],
    'tempest.api.identity.Tokens': ['test_token[id-00000000-0000-4000-8000-0000000000d1]'],
    'tempest.api.object_storage.Objects': ['test_object[id-00000000-0000-4000-8000-0000000000e1]'],
  },
};

const component = (required: readonly string[]) => ({
  capabilities: { required, advisory: [], deprecated: [], removed: [] },
  designated_sections: { required: [], advisory: [], deprecated: [], removed: [] },
});

const capability = (project: string, tests: Record<string, unknown>) => ({
  achievements: [],
  admin: false,
  description: `Of ${project}.`,
  project,
  required_since: '2030.01',
  tests,
});
