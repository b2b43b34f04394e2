import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NODE } from './populate.js';
import { startServer, type Reply, type RunningServer } from './running-server.js';

/** Tables that a refused request may write: the audit of the attempt, the key it claimed, and when its token was used. */
const NOTED = new Set(['audit', 'idempotency_keys', 'tokens', 'schema_migrations']);

const YAML = { 'content-type': 'application/yaml' };
const ANY = { 'if-match': '*' };
const AWKWARD = `x'; DROP TABLE nodes; --"`;

interface Case {
  readonly says: string;
  readonly request: readonly [
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ];
  readonly status: number;
  readonly code: string;
  /** What the sentence or the fields must name, so that whoever reads them knows what to mend. */
  readonly names?: RegExp;
}

const barclamp = (text: string): { body: string; headers: Record<string, string> } => ({ body: text, headers: YAML });
const role = (name: string, more = ''): string => `  - { name: ${name}, jig: noop, description: For tests.${more} }\n`;
const bundle = (name: string, roles: string): string =>
  `name: ${name}\ndescription: For tests.\nversion: "1"\nroles:\n${roles}`;

const CASES: readonly Case[] = [
  // Barclamps: file and line of each mistake.
  {
    says: 'YAML that is none',
    request: ['POST', 'barclamps', barclamp('name: x\n  roles: [')],
    status: 400,
    code: 'invalid',
    names: /"line":2/,
  },
  {
    says: 'YAML with an unknown key',
    request: ['POST', 'barclamps', barclamp(`${bundle('bad', role('bad-one'))}rolls: []\n`)],
    status: 400,
    code: 'invalid',
    names: /rolls.*"line":6|"line":6.*rolls/,
  },
  {
    says: 'a barclamp whose roles need one another',
    request: [
      'POST',
      'barclamps',
      barclamp(bundle('ring', role('ring-a', ', requires: [ring-b]') + role('ring-b', ', requires: [ring-a]'))),
    ],
    status: 400,
    code: 'invalid',
    names: /ring-a.*ring-b/,
  },
  {
    says: 'a barclamp that takes the role of another',
    request: ['POST', 'barclamps', barclamp(bundle('thief', role('apple')))],
    status: 400,
    code: 'invalid',
    names: /apple/,
  },
  {
    says: 'a barclamp for a jig that nobody has',
    request: [
      'POST',
      'barclamps',
      barclamp(bundle('magic', `  - { name: wand, jig: magic, description: For tests. }\n`)),
    ],
    status: 400,
    code: 'invalid',
    names: /magic/,
  },
  {
    says: 'bytes that are no archive',
    request: ['POST', 'barclamps', { body: 'not a tar', headers: { 'content-type': 'application/x-tar' } }],
    status: 400,
    code: 'invalid',
  },
  {
    says: 'bytes that are no text',
    request: ['POST', 'barclamps', { body: new Uint8Array([0xff, 0xfe, 0x00]) as never, headers: YAML }],
    status: 400,
    code: 'invalid',
    names: /UTF-8/,
  },
  {
    says: 'a barclamp as JSON',
    request: ['POST', 'barclamps', { body: {} }],
    status: 415,
    code: 'unsupported-media-type',
    names: /yaml/,
  },

  // What binding refuses.
  {
    says: 'a role that nobody knows',
    request: ['POST', 'node_roles', { body: { role: 'aple', node: NODE } }],
    status: 404,
    code: 'not-found',
    names: /aple/,
  },
  {
    says: 'a node that nobody knows',
    request: ['POST', 'node_roles', { body: { role: 'apple', node: 'n9.example.com' } }],
    status: 404,
    code: 'not-found',
    names: /n9\.example\.com/,
  },
  {
    says: 'roles that conflict on one node',
    request: [
      'POST',
      'deployments/orchard/bulk',
      {
        body: {
          bind: [
            { role: 'apple', node: NODE },
            { role: 'worm', node: NODE },
          ],
        },
      },
    ],
    status: 409,
    code: 'conflict',
    names: /worm/,
  },
  {
    says: 'a role whose requirement nobody imported',
    request: ['POST', 'node_roles', { body: { role: 'orphan', node: NODE } }],
    status: 409,
    code: 'unresolved-requirement',
    names: /nowhere/,
  },
  {
    says: 'many bindings of which the last one is wrong',
    request: [
      'POST',
      'deployments/orchard/bulk',
      {
        body: {
          bind: [
            { role: 'lone', node: NODE },
            { role: 'no-such-role', node: NODE },
          ],
        },
      },
    ],
    status: 404,
    code: 'not-found',
    names: /no-such-role/,
  },
  {
    says: 'an abstract role',
    request: ['POST', 'node_roles', { body: { role: 'idea', node: NODE } }],
    status: 409,
    code: 'abstract-role',
    names: /idea/,
  },

  // Attributes.
  {
    says: 'an attribute of the wrong type',
    request: ['PUT', `node_roles/apple@${NODE}/attribs/crates`, { body: { value: 'many' } }],
    status: 400,
    code: 'invalid',
    names: /crates/,
  },
  {
    says: 'an attribute out of range',
    request: ['PUT', `node_roles/apple@${NODE}/attribs/crates`, { body: { value: -1 } }],
    status: 400,
    code: 'invalid',
    names: /crates/,
  },
  {
    says: 'an attribute that nobody declared',
    request: ['PUT', `node_roles/apple@${NODE}/attribs/boxes`, { body: { value: 1 } }],
    status: 404,
    code: 'not-found',
    names: /boxes/,
  },
  {
    says: 'an oversized attribute',
    request: [
      'PATCH',
      'deployment_roles/apple@orchard',
      { body: { data: { pile: 'x'.repeat(900_000) } }, headers: ANY },
    ],
    status: 413,
    code: 'too-large',
  },
  {
    says: 'an oversized body',
    request: [
      'PATCH',
      'deployment_roles/apple@orchard',
      { body: { data: { pile: 'x'.repeat(1_100_000) } }, headers: ANY },
    ],
    status: 413,
    code: 'too-large',
  },

  // Names and values.
  {
    says: 'a node with quotes and semicolons in its name',
    request: ['POST', 'nodes', { body: { name: AWKWARD } }],
    status: 400,
    code: 'invalid',
    names: /name/,
  },
  {
    says: 'a deployment with quotes and semicolons in its name',
    request: ['POST', 'deployments', { body: { name: AWKWARD } }],
    status: 400,
    code: 'invalid',
    names: /name/,
  },
  {
    says: 'a group with quotes and semicolons in its name',
    request: ['POST', 'groups', { body: { name: AWKWARD } }],
    status: 400,
    code: 'invalid',
    names: /name/,
  },
  {
    says: 'a user with quotes and semicolons in its name',
    request: ['POST', 'users', { body: { name: AWKWARD, role: 'viewer' } }],
    status: 400,
    code: 'invalid',
    names: /name/,
  },
  {
    says: 'a key with quotes and semicolons',
    request: ['GET', `nodes/${encodeURIComponent(AWKWARD)}`],
    status: 404,
    code: 'not-found',
    names: /DROP TABLE/,
  },
  {
    says: 'a filter with quotes and semicolons',
    request: ['GET', `nodes?filter=${encodeURIComponent(`name eq "x" ; DROP TABLE nodes`)}`],
    status: 400,
    code: 'invalid',
    names: /filter/,
  },
  {
    says: 'a filter by a field that is none',
    request: ['GET', `nodes?filter=${encodeURIComponent('password_hash eq x')}`],
    status: 400,
    code: 'invalid',
    names: /password_hash/,
  },
  {
    says: 'a sort by a field that is none',
    request: ['GET', 'nodes?sort=shoe_size'],
    status: 400,
    code: 'invalid',
    names: /shoe_size/,
  },
  {
    says: 'a cursor that somebody made up',
    request: ['GET', 'nodes?cursor=WyJuYW1lIiwieCJd'],
    status: 400,
    code: 'invalid',
    names: /cursor/,
  },
  { says: 'a page of no length', request: ['GET', 'nodes?limit=0'], status: 400, code: 'invalid', names: /limit/ },
  {
    says: 'a parameter that is none',
    request: ['GET', 'nodes?colour=red'],
    status: 400,
    code: 'invalid',
    names: /colour/,
  },
  {
    says: 'text that is no Unicode',
    request: ['POST', 'nodes', { body: '{"name": "n7.example.com", "description": "\\u0000"}' }],
    status: 400,
    code: 'invalid',
    names: /description/,
  },
  {
    says: 'a node whose name is taken',
    request: ['POST', 'nodes', { body: { name: NODE.toUpperCase() } }],
    status: 409,
    code: 'already-exists',
    names: /n1\.example\.com/,
  },
  {
    says: 'fields of the wrong types',
    request: ['POST', 'nodes', { body: { name: 7, ssh_port: '22', macs: 'x' } }],
    status: 400,
    code: 'invalid',
    names: /ssh_port/,
  },
  {
    says: 'a field that is none',
    request: ['PATCH', `nodes/${NODE}`, { body: { frozen: 0 }, headers: ANY }],
    status: 400,
    code: 'invalid',
    names: /frozen/,
  },
  {
    says: 'a mass-assigned role',
    request: ['POST', 'tokens', { body: { name: 'x', user_id: '00000000-0000-0000-0000-000000000000' } }],
    status: 400,
    code: 'invalid',
    names: /user_id/,
  },
  {
    says: 'a setting out of range',
    request: ['PATCH', 'settings/runs_at_once_max', { body: { value: 0 }, headers: ANY }],
    status: 400,
    code: 'invalid',
    names: /runs_at_once_max/,
  },

  // Versions.
  {
    says: 'a change that names no version',
    request: ['PATCH', `nodes/${NODE}`, { body: { description: 'blind' } }],
    status: 428,
    code: 'version-required',
  },
  {
    says: 'a change of a version that is gone',
    request: ['PATCH', `nodes/${NODE}`, { body: { description: 'late' }, headers: { 'if-match': '"99"' } }],
    status: 412,
    code: 'stale-version',
  },
  {
    says: 'a deletion of a version that is gone',
    request: ['DELETE', 'deployments/orchard', { headers: { 'if-match': '"99"' } }],
    status: 412,
    code: 'stale-version',
  },
  {
    says: 'a commit of a version that is gone',
    request: ['PUT', 'deployments/orchard/commit', { headers: { 'if-match': '"99"' } }],
    status: 412,
    code: 'stale-version',
  },

  // What may not be as things stand.
  {
    says: 'proposing the system deployment',
    request: ['PUT', 'deployments/system/propose'],
    status: 409,
    code: 'system-deployment',
  },
  {
    says: 'deleting the system deployment',
    request: ['DELETE', 'deployments/system', { headers: ANY }],
    status: 409,
    code: 'system-deployment',
  },
  {
    says: 'deleting a barclamp whose roles are bound',
    request: ['DELETE', 'barclamps/fruit', { headers: ANY }],
    status: 409,
    code: 'still-bound',
    names: /apple|pear/,
  },
  {
    says: 'retrying before the parents are active',
    request: ['PUT', `node_roles/pear@${NODE}/retry`],
    status: 409,
    code: 'parent-not-active',
    names: /apple on n1.example.com is TODO/,
  },
];

describe('bad input is answered clearly, and nothing half is done', () => {
  let running: RunningServer;
  let before: string;
  beforeAll(async () => {
    running = await startServer('bad_input');
    await running.populate();
    const more = bundle(
      'garden',
      role('worm', ', conflicts: [apple]') +
        role('orphan', ', requires: [nowhere]') +
        role('lone') +
        role('idea', ', flags: [abstract]'),
    );
    const imported = await running.as.admin('POST', 'barclamps', barclamp(more));
    expect(imported.status, JSON.stringify(imported.body)).toBe(201);
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  /** How much there is in each table, and how often the rows that have versions were changed. */
  const everything = async (): Promise<string> => {
    const tables = await running.query<{ table_name: string; versioned: boolean }>(
      `SELECT t.table_name, EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'version' AND c.data_type = 'bigint') AS versioned
       FROM information_schema.tables t WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    const counted = tables.filter(({ table_name }) => !NOTED.has(table_name));
    const sql = counted
      .map(
        ({ table_name, versioned }) =>
          `SELECT '${table_name}' AS name, count(*) AS count, ${versioned ? 'coalesce(sum(version), 0)' : '0'} AS versions FROM ${table_name}`,
      )
      .join(' UNION ALL ');
    return JSON.stringify(await running.query(sql));
  };
  beforeEach(async () => {
    before = await everything();
  });

  it.each(CASES.map((each) => [each.says, each] as const))(
    '%s',
    async (_says, { request: [method, path, options], status, code, names }) => {
      const answer: Reply = await running.as.admin(method, path, options);
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        status,
        code,
        title: expect.any(String),
        detail: expect.stringMatching(/\S.{10,}/),
        trace_id: expect.any(String),
      });
      if (names) expect(JSON.stringify(answer.body).replaceAll('\\"', '"')).toMatch(names);
      expect(await everything()).toBe(before);
    },
  );

  it('a POST that is sent twice without a key is refused the second time, and done once', async () => {
    const send = () => running.as.admin('POST', 'deployments', { body: { name: 'twice' } });
    expect((await send()).status).toBe(201);
    expect((await send()).body).toMatchObject({ status: 409, code: 'already-exists' });
    expect(await running.query(`SELECT 1 FROM deployments WHERE name = 'twice'`)).toHaveLength(1);
  });

  it('a POST that is sent twice with a key is done once and answered twice', async () => {
    const send = () =>
      running.as.admin('POST', 'node_roles', {
        body: { role: 'lone', node: NODE },
        headers: { 'idempotency-key': 'bind-lone' },
      });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('names that are awkward but allowed stay what they are', async () => {
    const description = `${AWKWARD} <script>alert(1)</script> 日本語`;
    const made = await running.as.admin('POST', 'deployments', { body: { name: 'awkward', description } });
    expect(made.status).toBe(201);
    const found = await running.as.viewer(
      'GET',
      `deployments?filter=${encodeURIComponent(`description eq ${JSON.stringify(description)}`)}`,
    );
    expect(found.body.items.map(({ name }: { name: string }) => name)).toEqual(['awkward']);
  });
});
