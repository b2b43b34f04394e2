import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as api from '#api-types';
import { startServer, type RunningServer } from './running-server.js';

const NODES = 10_000;
const NODE_ROLES_EACH = 5;
/** Milliseconds for a page of 100 nodes, wherever it stands; it takes some ten here when nobody else works. */
const PAGE_MS_MAX = 250;

/** Lists with the table of what they can be filtered and sorted by. */
const LISTS: readonly [path: string, listed: api.Listed][] = [
  ['nodes', api.nodes],
  ['deployments', api.deployments],
  ['deployment_roles', api.deploymentRoles],
  ['node_roles', api.nodeRoles],
  ['runs', api.runs],
  ['rollouts', api.rollouts],
  ['operations', api.operations],
  ['events', api.events],
  ['hooks', api.hooks],
  ['barclamps', api.barclamps],
  ['roles', api.roles],
  ['attribs', api.attribs],
  ['groups', api.groups],
  ['dns/filters', api.dnsFilters],
  ['dns/zones', api.dnsZones],
  ['dns/zones/orchard.example/records', api.dnsRecords],
  ['dns/servers', api.dnsServers],
  ['external_services', api.externalServices],
  ['guidelines', api.guidelines],
  ['guidelines/2031.01/votes', api.votes],
  ['certifications', api.certifications],
  ['users', api.users],
  ['tokens', api.tokens],
  ['audit', api.audit],
  ['deployments/orchard/snapshots', api.snapshots],
];
const VALUES: Readonly<Record<api.FieldKind, string>> = {
  id: '00000000-0000-0000-0000-000000000000',
  text: '"a word"',
  number: '1',
  boolean: 'true',
  time: '2027-01-31T12:00:00Z',
  texts: 'x',
};

describe('lists', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('lists');
    await running.populate();
    await running.query(
      `INSERT INTO nodes (id, name, deployment_id, created_at)
       SELECT gen_random_uuid(), 'm' || lpad(i::text, 5, '0') || '.example.com', d.id, now() - i * interval '1 second' FROM generate_series(1, $1) i, deployments d WHERE d.name = 'orchard'`,
      [NODES],
    );
    await running.query(
      `INSERT INTO roles (id, name, jig) SELECT gen_random_uuid(), 'r' || i, 'noop' FROM generate_series(1, $1) i`,
      [NODE_ROLES_EACH],
    );
    await running.query(
      `INSERT INTO node_roles (id, deployment_id, role_id, node_id) SELECT gen_random_uuid(), n.deployment_id, r.id, n.id FROM nodes n, roles r WHERE n.name LIKE 'm%' AND r.name ~ '^r[0-9]'`,
    );
    await running.query('ANALYZE');
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  const pages = async (path: string, token = ''): Promise<{ items: Record<string, unknown>[]; ms: number }[]> => {
    const seen: { items: Record<string, unknown>[]; ms: number }[] = [];
    for (let cursor: string | null = token; cursor !== null;) {
      const began = performance.now();
      const { status, body } = await running.as.viewer('GET', `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(status, JSON.stringify(body).slice(0, 300)).toBe(200);
      seen.push({ items: body.items, ms: performance.now() - began });
      cursor = body.next_cursor;
    }
    return seen;
  };

  it.each(LISTS)(
    '%s name the same fields in their documentation as when they refuse another',
    async (path, { fields }) => {
      const { body } = await running.as.admin('GET', `${path}?filter=${encodeURIComponent('no_such_field eq 1')}`);
      const known = /: use (.+)\.$/
        .exec(body.detail as string)?.[1]
        ?.split(', ')
        .sort();
      expect(Object.keys(fields).sort()).toEqual(known);
    },
  );

  it.each(LISTS)(
    '%s can be filtered and sorted by everything that its documentation names',
    async (path, { fields, sorts }) => {
      for (const [field, kind] of Object.entries(fields)) {
        const filter = encodeURIComponent(`${field} ${kind === 'texts' ? 'has' : 'eq'} ${VALUES[kind]}`);
        const answer = await running.as.admin('GET', `${path}?filter=${filter}`);
        expect(answer.status, `${field}: ${JSON.stringify(answer.body)}`).toBe(200);
      }
      for (const field of sorts) {
        const bare = field.replace('-', '');
        for (const sort of [bare, `-${bare}`]) {
          const answer = await running.as.admin('GET', `${path}?sort=${sort}&limit=1`);
          expect(answer.status, `${sort}: ${JSON.stringify(answer.body)}`).toBe(200);
          if (answer.body.next_cursor)
            expect(
              (await running.as.admin('GET', `${path}?sort=${sort}&limit=1&cursor=${answer.body.next_cursor}`)).status,
              `after ${sort}`,
            ).toBe(200);
        }
      }
    },
  );

  it('of ten thousand nodes give each once, and no page costs more than another', async () => {
    await pages('nodes?limit=100&fields=id');
    const read = await pages(`nodes?limit=100&filter=${encodeURIComponent('name ge m and name lt n')}`);
    const names = read.flatMap(({ items }) => items.map(({ name }) => name as string));
    expect(names).toHaveLength(NODES);
    expect(names).toEqual([...names].sort());
    const sorted = read.map(({ ms }) => ms).sort((a, b) => a - b);
    // The worst of them depends on who else uses the machine.
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(PAGE_MS_MAX);
  });

  it('sorted by a time that many share give each once', async () => {
    await running.query(`UPDATE nodes SET created_at = date_trunc('hour', created_at) WHERE name LIKE 'm%'`);
    const ids = (await pages('nodes?limit=700&sort=-created_at&fields=id')).flatMap(({ items }) =>
      items.map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(NODES);
  });

  it('ask the database as often for five hundred nodes as for one', async () => {
    const statements = async (limit: number): Promise<number> => {
      const counted = countStatements(running);
      const { status } = await running.as.viewer('GET', `nodes?limit=${limit}`);
      expect(status).toBe(200);
      return counted.stop();
    };
    await statements(1);
    const one = await statements(1);
    expect(one).toBeGreaterThan(0);
    expect(await statements(500)).toBe(one);
  });

  it('are cut to the fields that were asked for', async () => {
    const { body } = await running.as.viewer('GET', 'nodes?limit=2&fields=name,state_code');
    for (const item of body.items) expect(Object.keys(item).sort()).toEqual(['name', 'state_code']);
  });

  it('refuse a cursor of another order', async () => {
    const { body } = await running.as.viewer('GET', 'nodes?limit=1&sort=name');
    expect(
      (await running.as.viewer('GET', `nodes?limit=1&sort=-created_at&cursor=${body.next_cursor}`)).body,
    ).toMatchObject({ status: 400, code: 'invalid' });
  });
});

/** Counts what the server's pool sends, by listening at its connections. */
const countStatements = (running: RunningServer): { stop(): number } => {
  const pool = (
    running.server.assembly.dataSource.driver as unknown as {
      master: { _clients: { query: (...args: unknown[]) => unknown }[] };
    }
  ).master;
  let counted = 0;
  const restore = pool._clients.map((client) => {
    const { query } = client;
    client.query = (...args: unknown[]) => {
      counted += 1;
      return query.apply(client, args);
    };
    return () => void (client.query = query);
  });
  return {
    stop: () => {
      for (const undo of restore) undo();
      return counted;
    },
  };
};
