import { encodePacket } from '#core';
import { guidelineFile, TESTS } from '../../integration/model/guideline-file.js';
import { CERTIFICATION } from './certification-barclamp.js';
import type { Caller, Reply } from './running-server.js';

/** Two roles, one of which needs the other, with an attribute and a secret. */
export const FRUIT = `
name: fruit
description: For tests.
version: "1"
attribs:
  - { name: shelf, description: Of nodes., schema: { type: integer } }
roles:
  - name: apple
    jig: noop
    description: Grows.
    attribs:
      - { name: crates, description: How many., default: 3, schema: { type: integer, minimum: 0 } }
      - { name: recipe, description: Not for everybody., secret: true, default: grandmother, schema: { type: string } }
  - name: pear
    jig: noop
    description: Grows beside apples.
    requires: [apple]
`;

/** What a network needs of a catalog. */
export const NETWORK = `
name: network
description: For tests.
version: "1"
roles:
  - name: network-server
    jig: noop
    flags: [milestone]
    description: Keeps networks.
`;

/** The node of which everything else hangs. */
export const NODE = 'n1.example.com';

/** The one that could run a suite, in a deployment of its own. */
export const TESTER = 'tester.example.com';

/** What is ordered of it. */
export const ORDER = { deployment: 'cloud', tester: TESTER, goals: [{ guideline: '2031.01', program: 'compute' }] };

export interface World {
  readonly admin: Caller;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Ids and names of what there is, by resource. */
export type Keys = Readonly<Record<string, readonly string[]>>;

/**
 * Sees to it that there is one of everything, through the API itself, and gives the keys under which it is found. May be
 * called again when something of it was changed or deleted. A run is written by hand: nothing works in these tests.
 */
export const populate = async ({ admin, query }: World): Promise<Keys> => {
  const ensure = async (
    method: string,
    path: string,
    body: unknown,
    options: { headers?: Record<string, string>; orElse?: string } = {},
  ): Promise<Reply> => {
    const made = await admin(method, path, { body, headers: options.headers });
    const expected = made.status < 300 || ['already-exists', options.orElse].includes(made.body.code);
    if (!expected) throw new Error(`${method} ${path} was answered with ${made.status}: ${JSON.stringify(made.body)}`);
    return made;
  };
  const keysOf = async (path: string): Promise<string[]> => {
    const { status, body } = await admin('GET', path);
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}`);
    return [body.id, body.name];
  };

  const ids = async (path: string): Promise<string[]> =>
    (await admin('GET', path)).body.items.map(({ id }: { id: string }) => id);

  await ensure('PATCH', 'jigs/noop', { active: true }, { headers: { 'if-match': '*' } });
  await ensure('POST', 'barclamps', FRUIT, { headers: { 'content-type': 'application/yaml' } });
  await ensure('POST', 'deployments', { name: 'orchard' });
  await ensure('POST', 'barclamps', NETWORK, { headers: { 'content-type': 'application/yaml' } });
  await ensure('POST', 'nodes', { name: NODE, deployment: 'orchard', probed: false, alive: true, groups: ['rack/r1'] });
  await ensure('POST', 'groups', { name: 'g1' });
  await ensure('POST', 'networks', {
    name: 'lan',
    conduit: '1g0',
    ranges: [{ name: 'host', first: '10.99.0.1/24', last: '10.99.0.254/24' }],
    router: { address: '10.99.0.1/24' },
  });
  await ensure('POST', 'dns/filters', { name: 'short', template: '{{node.name}}' });
  await ensure('POST', 'dns/zones', { domain: 'orchard.example' });
  const record = { name: 'www', type: 'A', value: '192.0.2.80' };
  await ensure('POST', 'dns/zones/orchard.example/records', record);
  const server = { name: 'bind', address: '192.0.2.53', zones: ['orchard.example'], key_name: 'anneal' };
  await ensure('POST', 'dns/servers', { ...server, key_secret: 'c2VjcmV0IG9mIHRoZSBrZXkgdGhhdCBzaWducw==' });
  const os = { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' };
  const content = { sha256: 'a'.repeat(64), bytes: 10, raw_bytes: 20 };
  await ensure('POST', 'images', { name: 'golden', os, ...content, bootenv: 'discovery' });
  await ensure('POST', 'external_services', { name: 'clock', kind: 'ntp', addresses: ['192.0.2.123'] });
  await ensure('POST', 'deployment_roles', { deployment: 'orchard', role: 'apple' });
  await ensure('POST', 'deployments/orchard/bulk', { bind: [{ role: 'pear', node: NODE }] });
  // Not while the rollout of an earlier call is open.
  await ensure('PUT', 'deployments/orchard/commit', { note: 'once more' }, { orElse: 'wrong-state' });
  await ensure('POST', 'hooks', { name: 'bell', sink: { kind: 'webhook', url: 'http://127.0.0.1:9/' } });
  // Nothing listens there: asking for its power fails at once.
  const bmc = { address: '127.0.0.1', user: 'root', password: 'of a BMC', protocols: ['redfish'], redfish_port: 9 };
  await ensure('PUT', `nodes/${NODE}/bmc`, bmc);
  await ensure('POST', 'enrolment_rules', { name: 'racked', match: { product: 'Rack*' } });
  // Nothing listens there, and nothing works here: the node stays asked for.
  const access = { auth_url: 'http://127.0.0.1:9/v3', user: 'anneal', project: 'metal' };
  await ensure('POST', 'providers', { name: 'acme', access, secret: 'of a cloud' });
  // Nobody asks anything of it, so that it can be deleted.
  await ensure('POST', 'providers', { name: 'spare', access, secret: 'of another cloud' });
  // What is given back stays for as long as nobody there can be asked, so after some calls there is no room for more.
  await ensure('POST', 'providers/acme/nodes', { name: 'asked.example.com' }, { orElse: 'too-large' });
  await ensure('POST', 'users', { name: 'ursula', role: 'viewer', password: 'a password of some length' });
  const bytes = { 'content-type': 'application/octet-stream' };
  await ensure('POST', 'guidelines', guidelineFile(), { headers: bytes });
  await ensure('POST', 'guidelines', guidelineFile({ id: '2031.05' }), { headers: bytes });
  const results = (format: string) => `certifications/import?format=${format}&cloud=theirs&goals=2031.01/compute`;
  const certification = await ensure('POST', results('names'), TESTS.create, { headers: bytes });
  const stream = encodePacket({ status: 'success', testId: TESTS.token });
  const streamed = await ensure('POST', results('subunit'), stream, { headers: bytes });
  // Nothing works in these tests: what was ordered of a cloud of our own stays planned.
  await ensure('POST', 'barclamps', CERTIFICATION, { headers: { 'content-type': 'application/yaml' } });
  await ensure('POST', 'deployments', { name: 'cloud' });
  await ensure('POST', 'nodes', { name: TESTER, deployment: 'cloud', probed: false, alive: true });
  await ensure('POST', 'certifications', ORDER, { orElse: 'conflict' });
  await ensure('PATCH', `certifications/${certification.body.id}`, { public: true }, { headers: { 'if-match': '*' } });
  await admin('DELETE', 'tokens/tokyo');
  const token = await ensure('POST', 'tokens', { name: 'tokyo', role: 'viewer' });
  const nodeRoles = await keysOf(`node_roles/pear@${NODE}`);
  return {
    nodes: await keysOf(`nodes/${NODE}`),
    deployments: await keysOf('deployments/orchard'),
    deployment_roles: await keysOf('deployment_roles/apple@orchard'),
    node_roles: [...nodeRoles, `apple@${NODE}`],
    roles: ['apple', 'pear', ...(await keysOf('roles/apple'))],
    attribs: ['crates', 'shelf'],
    barclamps: await keysOf('barclamps/fruit'),
    jigs: ['noop'],
    groups: ['rack/r1', 'ui/g1'],
    networks: await keysOf('networks/lan'),
    network_ranges: ['lan/host', ...(await ids('network_ranges'))],
    network_routers: ['lan', ...(await ids('network_routers'))],
    dns_filters: await keysOf('dns/filters/short'),
    dns_zones: ['orchard.example', (await admin('GET', 'dns/zones/orchard.example')).body.id],
    dns_servers: await keysOf('dns/servers/bind'),
    dns_records: (await admin('GET', 'dns/zones/orchard.example/records')).body.items.map(
      ({ id }: { id: string }) => id,
    ),
    external_services: await keysOf('external_services/clock'),
    enrolment_rules: await keysOf('enrolment_rules/racked'),
    providers: [...(await keysOf('providers/acme')), ...(await keysOf('providers/spare'))],
    provided_nodes: await keysOf('providers/acme/nodes/asked.example.com'),
    images: await keysOf('images/golden'),
    guidelines: [...(await keysOf('guidelines/2031.01')), ...(await keysOf('guidelines/2031.05'))],
    certifications: [
      ...[certification.body.id, streamed.body.id],
      ...(await ids('certifications?filter=state eq planned&limit=1')),
    ],
    results: [certification.body.id],
    hooks: await keysOf('hooks/bell'),
    users: await keysOf('users/ursula'),
    tokens: [token.body.id, 'tokyo'],
    settings: ['runs_at_once_max', 'event_days'],
    ...(await recorded(query, nodeRoles[0]!)),
  };
};

/** What only the engine writes: a run that has ended, with a line of log; a rollout. And operations, snapshots. */
const recorded = async (query: World['query'], nodeRole: string): Promise<Keys> => {
  await query(
    `INSERT INTO runs (id, node_role_id, node_id, state, jig, input, started_at, finished_at, log_lines, log_bytes)
     SELECT gen_random_uuid(), nr.id, nr.node_id, 'succeeded', 'noop', '{}', now(), now(), 1, 5 FROM node_roles nr
     WHERE nr.id = $1 AND NOT EXISTS (SELECT 1 FROM runs WHERE node_role_id = $1)`,
    [nodeRole],
  );
  await query(
    `INSERT INTO run_log_lines (run_id, line, attempt, stream, text) SELECT id, 1, 1, 'out', 'hello' FROM runs ON CONFLICT DO NOTHING`,
  );
  const rollouts = await query<{ id: string }>(
    `INSERT INTO rollouts (id, deployment_id, wave_size, waves, state) SELECT gen_random_uuid(), id, 1, 2, 'stopped' FROM deployments
     WHERE name = 'orchard' AND NOT EXISTS (SELECT 1 FROM rollouts r WHERE r.deployment_id = deployments.id AND r.state = 'stopped') RETURNING id`,
  );
  const ids = async (sql: string, values: readonly unknown[] = []): Promise<string[]> =>
    (await query<{ id: string }>(sql, values)).map(({ id }) => id);
  return {
    // As a netboot process tells of itself; nothing listens where it says.
    netboot: await ids(
      `INSERT INTO netboot_server (id, host, services, control_url, control_key)
       VALUES ('00000000-0000-4000-8000-0000000000b0', 'rack1', '[{"service": "dns", "state": "serving", "says": "here"}]', 'http://127.0.0.1:9', 'k')
       ON CONFLICT (id) DO UPDATE SET seen_at = now() RETURNING id`,
    ),
    runs: await ids('SELECT id FROM runs WHERE node_role_id = $1 LIMIT 1', [nodeRole]),
    installs: await ids(
      `INSERT INTO installs (id, node_id, node_role_id, run_id, phase, phase_since, times, plan)
       SELECT gen_random_uuid(), r.node_id, r.node_role_id, r.id, 'failed', now(), '{"planned": 1, "failed": 2}',
         '{"image": {"name": "debian-12", "family": "debian", "version": "12", "content": null}, "bootenv": "install", "layout": "plain", "disks": []}'
       FROM runs r WHERE r.node_role_id = $1 LIMIT 1 ON CONFLICT (run_id) DO UPDATE SET says = '' RETURNING id`,
      [nodeRole],
    ),
    rollouts: rollouts.length > 0 ? rollouts.map(({ id }) => id) : await ids('SELECT id FROM rollouts LIMIT 2'),
    operations: await ids('SELECT id FROM operations ORDER BY started_at DESC LIMIT 1'),
    snapshots: [
      '1',
      ...(await ids(
        `SELECT s.id FROM snapshots s JOIN deployments d ON d.id = s.deployment_id WHERE d.name = 'orchard' LIMIT 1`,
      )),
    ],
  };
};
