/**
 * What giving an address costs, counted in rows that PostgreSQL touches: it must not grow with what is taken. Times are
 * printed, not judged.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllocateAddress, ReleaseAddress, WithinTransaction, type Transaction } from '#app';
import { TimeOrderedIds } from '#store';
import { crowd, occupy } from './crowd.js';
import { ACTOR, no, ok, openWorld, role, type World } from './world.js';

/** The addresses of the /16, but one. */
const FULL = 65_533;
/** Rows of a handful of index look-ups; the smallest case touches about as many. */
const ROWS_MAX = 60;

let world: World;
const took: Record<string, string> = {};

beforeAll(async () => {
  world = await openWorld({ name: 'address_scale' });
  await world.import({ name: 'network', roles: [role('network-server', { flags: ['bootstrap'] })] });
  ok(await world.createNode.execute(ACTOR, { name: 'admin.example.com', admin: true }));
  const make = async (name: string, conduit: string, first: string, last: string, more: object = {}) =>
    ok(await world.createNetwork.execute(ACTOR, { name, conduit, ranges: [{ name: 'host', first, last }], ...more }));
  await make('small', '1g0', '10.1.0.1/24', '10.1.0.254/24');
  await make('full', '1g1', '10.2.0.1/16', '10.2.255.254/16');
  await make('holes', '1g2', '10.3.0.1/16', '10.3.255.254/16');
  await make('wide', '1g3', '10.4.0.1/24', '10.4.0.9/24', { v6prefix: 'fd00:1:2:3::/64' });
  for (const name of ['m1', 'm2', 'm3']) ok(await world.createNode.execute(ACTOR, { name: `${name}.example.com` }));
  for (const network of ['small', 'full', 'holes', 'wide'])
    for (const name of ['m1', 'm2', 'm3'])
      ok(await world.bindRole.execute(ACTOR, { role: `network-${network}`, node: `${name}.example.com` }));
  await crowd(world, FULL);
  // Three nodes have the first three addresses already.
  await occupy(world, 'full/host', 'n + 2', FULL - 3);
  await occupy(world, 'holes/host', 'n * 2 + 10', 32_000);
  await occupy(world, 'wide/host-v6', 'n * 3', 10_000);
}, 120_000);

type Client = { query(text: string): Promise<{ rows: { rows: string }[] }> };
const clientOf = (tx: Transaction): Client => (tx as unknown as { client: Client }).client;

/** Rows that this connection has touched of the tables of addresses, and has not reported yet. */
const touched = async (tx: Transaction): Promise<number> => {
  const { rows } = await clientOf(tx).query(
    `SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) AS rows
     FROM pg_stat_xact_user_tables WHERE relname IN ('network_free', 'network_allocation')`,
  );
  return Number(rows[0]!.rows);
};

/** What a piece of work touches in rows, and how long it takes; it is undone afterwards. */
const costOf = async (
  what: string,
  work: (tx: Transaction) => Promise<unknown>,
  before: (tx: Transaction) => Promise<unknown> = async () => undefined,
): Promise<number> => {
  let rows = Number.NaN;
  await world.unitOfWork
    .write(ACTOR, async (tx) => {
      await before(tx);
      const at = await touched(tx);
      const began = performance.now();
      await work(tx);
      const ms = performance.now() - began;
      rows = (await touched(tx)) - at;
      took[what] = `${ms.toFixed(1)} ms, ${rows} rows`;
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return rows;
};
class Undone extends Error {}

const allocator = (tx: Transaction) =>
  new AllocateAddress({ unitOfWork: new WithinTransaction(tx), ids: new TimeOrderedIds(), vetoes: [] });
const allocate = (tx: Transaction, input: { network: string; address?: string }) =>
  allocator(tx).execute(ACTOR, { ...input, node: 'm1.example.com' });
const release = (tx: Transaction, address: string) =>
  new ReleaseAddress({ unitOfWork: new WithinTransaction(tx) }).execute(ACTOR, { allocation: address });
const mine = async (network: string, family = 4) =>
  (
    await world.sql<{ address: string }>(
      `SELECT host(a.address) AS address FROM network_allocation a JOIN network w ON w.id = a.network_id JOIN nodes n ON n.id = a.node_id
     WHERE w.name = $1 AND n.name = 'm1.example.com' AND family(a.address) = $2`,
      [network, family],
    )
  )[0]!.address;

afterAll(async () => {
  console.info(
    Object.entries(took)
      .map(([what, cost]) => `${what}: ${cost}`)
      .join('\n'),
  );
  await world.close();
});

describe('giving and taking one address', () => {
  it.each(['small', 'full', 'holes'])('touches a few rows in the network %s', async (network) => {
    const address = await mine(network);
    const rows = await costOf(`release and lowest free in ${network}`, async (tx) => {
      ok(await release(tx, address));
      ok(await allocate(tx, { network }));
    });
    expect(rows).toBeLessThanOrEqual(ROWS_MAX);
  });

  it('touches a few rows where the interface id is taken in a /64', async () => {
    const address = await mine('wide', 6);
    const rows = await costOf('an interface id that another node has, in a /64', async (tx) => {
      ok(await release(tx, address));
      const given = await allocator(tx).execute(ACTOR, { network: 'wide', node: 'f10001.example.com', address });
      ok(given);
      const next = ok(await allocate(tx, { network: 'wide' })).allocations.find(({ family }) => family === 6)!;
      expect(next).toMatchObject({ chosen: 'first-free' });
    });
    expect(rows).toBeLessThanOrEqual(2 * ROWS_MAX);
  });

  it('touches a few rows where the wish belongs to somebody else', async () => {
    const taken = (
      await world.sql<{ address: string }>(
        `SELECT host(a.address) AS address FROM network_allocation a JOIN nodes n ON n.id = a.node_id JOIN network w ON w.id = a.network_id
       WHERE w.name = 'full' AND n.name = 'f30000.example.com'`,
      )
    )[0]!.address;
    const address = await mine('full');
    const rows = await costOf('a wish that another node has, in a full /16', async (tx) => {
      ok(await release(tx, address));
      expect(no(await allocate(tx, { network: 'full', address: taken })).code).toBe('conflict');
    });
    expect(rows).toBeLessThanOrEqual(ROWS_MAX);
  });

  it('is refused at once where nothing is left', async () => {
    const rows = await costOf(
      'nothing left in a /16',
      async (tx) => {
        const input = { network: 'full', node: 'admin.example.com' };
        expect(no(await allocator(tx).execute(ACTOR, input)).detail).toContain('none left');
      },
      (tx) =>
        clientOf(tx).query(
          `DELETE FROM network_free f USING network_range g, network w
           WHERE g.id = f.range_id AND w.id = g.network_id AND w.name = 'full'`,
        ),
    );
    expect(rows).toBeLessThanOrEqual(ROWS_MAX);
  });
});

describe('giving addresses to a crowd', () => {
  it('gives 10,000 nodes of one network theirs in one transaction, no two the same', async () => {
    const { allocateWithin } = await import('#app');
    ok(
      await world.createNetwork.execute(ACTOR, {
        name: 'crowd',
        conduit: '1g4',
        ranges: [{ name: 'host', first: '10.5.0.1/16', last: '10.5.255.254/16' }],
        v6prefix: 'fd00:1:2:4::/64',
      }),
    );
    const nodes = await world.sql<{ id: string }>(
      `SELECT id FROM nodes WHERE name LIKE 'f%' ORDER BY name LIMIT 10000`,
    );
    const rows = await costOf('10,000 nodes on one network, both families', async (tx) => {
      const network = (await tx.networks.find('crowd'))!;
      const requests = nodes.map(({ id }) => ({ network, nodeId: id as never, nodeRoleId: null }));
      const given = ok(await allocateWithin(tx, { ids: new TimeOrderedIds() }, requests));
      expect(new Set(given.map(({ address }) => address)).size).toBe(20_000);
    });
    // As many for each as for one alone.
    expect(rows / 20_000).toBeLessThanOrEqual(ROWS_MAX / 4);
  }, 60_000);
});
