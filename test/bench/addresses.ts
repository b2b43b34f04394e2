import { startPostgres, temporaryHome } from '#runtime';
import { crowd, occupy } from '../integration/model/crowd.js';
import { ACTOR, no, ok, openWorld, role, type World } from '../integration/model/world.js';
import type { Bench, BenchResult } from './bench.js';

/** Of each kind, in a round. */
const TIMES = 150;
/** Before anything is measured: PostgreSQL plans, and fills its caches. */
const WARM_UP = 15;
/** Nodes that are bound to one network at once. */
const NODES = 10_000;
/** The addresses of a /16, but some. */
const FULL = 65_000;

/**
 * What it takes to give an address, by the whole use case: a transaction over PostgreSQL with fsync on, from the call to
 * its return. In the networks in which it would grow with what is taken, were it done by looking for a gap.
 */
export const addressesBench: Bench = {
  name: 'addresses',
  says: 'giving and taking addresses in a full /16, one full of holes, a /64 with colliding hints, 10,000 nodes on one network',
  rounds: 3,
  async round(_args, progress): Promise<BenchResult> {
    const home = temporaryHome();
    const postgres = await startPostgres({ home, log: () => undefined, externalUrl: null });
    process.env['ANNEAL_TEST_DATABASE_URL'] = postgres.url;
    try {
      const world = await openWorld({ name: 'bench_addresses' });
      try {
        return await measure(world, progress);
      } finally {
        await world.close();
      }
    } finally {
      await postgres.stop();
      home.remove();
    }
  },
};

async function measure(world: World, progress: (line: string) => void): Promise<BenchResult> {
  await world.import({ name: 'network', roles: [role('network-server', { flags: ['bootstrap'] })] });
  ok(await world.createNode.execute(ACTOR, { name: 'admin.example.com', admin: true }));
  const make = async (name: string, conduit: string, first: string, last: string, more: object = {}) =>
    ok(await world.createNetwork.execute(ACTOR, { name, conduit, ranges: [{ name: 'host', first, last }], ...more }));
  await make('empty', '1g0', '10.1.0.1/16', '10.1.255.254/16');
  await make('full', '1g1', '10.2.0.1/16', '10.2.255.254/16');
  await make('holes', '1g2', '10.3.0.1/16', '10.3.255.254/16');
  await make('wide', '1g3', '10.4.0.1/16', '10.4.255.254/16', { v6prefix: 'fd00:1:2:3::/64' });
  await make('shared', '1g4', '10.5.0.1/16', '10.5.255.254/16', { v6prefix: 'fd00:1:2:4::/64' });
  const some = Array.from({ length: TIMES + WARM_UP }, (_none, n) => `m${n}.example.com`);
  for (const name of some) ok(await world.createNode.execute(ACTOR, { name }));
  await crowd(world, FULL);
  const bind = async (network: string, nodes: readonly string[]) =>
    ok(
      await world.bulkBind.execute(ACTOR, {
        deployment: 'system',
        pairs: nodes.map((node) => ({ role: `network-${network}`, node })),
      }),
    );
  for (const network of ['empty', 'full', 'holes', 'wide']) await bind(network, some);
  await occupy(world, 'full/host', `n + ${some.length - 1}`, FULL);
  await occupy(world, 'holes/host', `n * 2 + ${some.length}`, 32_000);
  await occupy(world, 'wide/host-v6', 'n * 3', 10_000);
  await world.sql('VACUUM ANALYZE');
  progress('networks are filled');

  const metrics: Record<string, number> = {};
  /** Times one piece of work for each of the nodes; `before` makes ready for it and is not timed. */
  const time = async (
    name: string,
    work: (node: string, n: number) => Promise<unknown>,
    before: (node: string, n: number) => Promise<unknown> = async () => undefined,
  ): Promise<void> => {
    const took: number[] = [];
    for (const [n, node] of some.entries()) {
      await before(node, n);
      const began = performance.now();
      await work(node, n);
      if (n >= WARM_UP) took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const at = (share: number): number => took[Math.ceil(share * took.length) - 1] as number;
    metrics[`${name}_p50_ms`] = at(0.5);
    metrics[`${name}_p99_ms`] = at(0.99);
    progress(`${name}: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`);
  };
  const allocate = (network: string, node: string, address?: string) =>
    world.allocateAddress.execute(ACTOR, { network, node, ...(address ? { address } : {}) });
  const held = async (network: string, node: string): Promise<string[]> =>
    ok(await world.nodeAddresses.execute({ node }))
      .filter((one) => one.network === network)
      .map(({ address }) => address);
  const release = async (network: string, node: string): Promise<void> => {
    for (const address of await held(network, node))
      ok(await world.releaseAddress.execute(ACTOR, { allocation: address }));
  };

  for (const network of ['empty', 'full', 'holes'])
    await time(
      `${network}_16_allocate`,
      async (node) => ok(await allocate(network, node)),
      (node) => release(network, node),
    );
  let one = '';
  await time(
    'full_16_release',
    async () => ok(await world.releaseAddress.execute(ACTOR, { allocation: one })),
    async (node) => {
      ok(await allocate('full', node));
      one = (await held('full', node))[0] as string;
    },
  );
  for (const node of some) ok(await allocate('full', node));
  await time('full_16_taken_wish', async (node, n) =>
    no(await allocate('full', node, `10.2.${50 + (n >> 8)}.${n & 255}`)),
  );
  // Each node's own interface id goes to a stranger, so that the node has to take the next.
  let stranger = 0;
  await time(
    'wide_64_taken_interface_id',
    async (node) => ok(await allocate('wide', node)),
    async (node) => {
      const [own] = (await held('wide', node)).filter((address) => address.includes(':'));
      await release('wide', node);
      stranger += 1;
      ok(await allocate('wide', `f${60_000 - stranger}.example.com`, own));
    },
  );

  const many = Array.from({ length: NODES }, (_none, n) => `f${n + 1}.example.com`);
  const began = performance.now();
  await bind('shared', many);
  metrics['bind_10000_s'] = (performance.now() - began) / 1_000;
  progress(`10,000 nodes bound to one network: ${metrics['bind_10000_s'].toFixed(2)} s`);
  await world.sql('VACUUM ANALYZE');
  await time('shared_by_10000_bind', async (node) => ok(await allocate('shared', node)));
  await time(
    'shared_by_10000_allocate',
    async (node) => ok(await allocate('shared', node)),
    (node) => release('shared', node),
  );
  return { metrics, settings: { times: TIMES, nodes: NODES, full: FULL } };
}
