import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTOR, attrib, ok, openWorld, role, type World } from './world.js';

/** Random histories over a small fleet; each case makes its own deployment, so that they do not meet. */
const CASES = 40;
const NODES = ['a', 'b', 'c', 'd'];
const ROLES = ['base', 'store', 'app', 'front', 'wipe'];

let world: World;
beforeAll(async () => {
  world = await openWorld({ name: 'preview' });
  await world.import({
    name: 'x',
    roles: [
      role('base', { attribs: [attrib('level', { default: 0 })] }),
      role('store', { flags: ['cluster'], requires: ['base'], attribs: [attrib('disk', { default: 'none' })] }),
      role('app', { wants: [{ attrib: 'disk' }] }),
      role('front', { requires: ['app'], wants: [{ attrib: 'level' }] }),
      role('wipe', { flags: ['destructive'], wants: [{ attrib: 'level' }], preceeds: ['app'] }),
    ],
  });
});
afterAll(() => world.close());

const step = fc.oneof(
  fc.record({ do: fc.constant('bind' as const), role: fc.constantFrom(...ROLES), node: fc.constantFrom(...NODES) }),
  fc.record({
    do: fc.constant('set' as const),
    of: fc.constantFrom('level', 'disk'),
    on: fc.constantFrom('deployment', ...NODES),
    value: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ do: fc.constantFrom('commit' as const, 'settle' as const, 'propose' as const) }),
  fc.record({ do: fc.constant('alive' as const), node: fc.constantFrom(...NODES), alive: fc.boolean() }),
);

describe('a preview', () => {
  it('says what the commit then does, whatever went before', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 18 }),
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        async (steps, waveSize) => {
          const deployment = `d${(number += 1)}`;
          const fqdn = (node: string) => `${node}.${deployment}.example.com`;
          ok(await world.createDeployment.execute(ACTOR, { name: deployment }));
          for (const node of NODES)
            ok(await world.createNode.execute(ACTOR, { name: fqdn(node), deployment, alive: true }));
          for (const one of steps) {
            if (one.do === 'bind') await world.bindRole.execute(ACTOR, { role: one.role, node: fqdn(one.node) });
            else if (one.do === 'alive')
              await world.updateNode.execute(ACTOR, { node: fqdn(one.node), alive: one.alive });
            else if (one.do === 'commit') await world.commitDeployment.execute(ACTOR, { deployment });
            else if (one.do === 'propose') await world.proposeDeployment.execute(ACTOR, { deployment });
            else if (one.do === 'settle') await world.settle();
            else if (one.do === 'set') {
              const owner = one.of === 'level' ? 'base' : 'store';
              const target =
                one.on === 'deployment'
                  ? { deploymentRole: `${owner}@${deployment}` }
                  : { nodeRole: `${owner}@${fqdn(one.on)}` };
              await world.setAttrib.execute(ACTOR, { target, attrib: one.of, value: one.value });
            }
          }
          const options = { deployment, ...(waveSize === undefined ? {} : { rollout: { waveSize } }) };
          const before = await picture(deployment);
          const preview = ok(await world.previewCommit.execute(options));
          expect(await picture(deployment)).toEqual(before);
          const result = ok(await world.commitDeployment.execute(ACTOR, options));
          const after = await picture(deployment);

          const changed = (holds: (was: Row, is: Row) => boolean) =>
            [...after]
              .filter(([id, is]) => holds(before.get(id) as Row, is))
              .map(([id]) => id)
              .sort();
          const listed = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
          expect(listed(preview.added)).toEqual(changed((was, is) => was.state === 4 && is.state !== 4));
          expect(listed(preview.rerun)).toEqual(changed((was, is) => !was.dirty && is.dirty));
          expect(listed(preview.blocked)).toEqual(
            changed((was, is) => was.state !== 3 && was.state !== 4 && is.state === 3),
          );
          expect(listed(preview.waves.slice(1).flat())).toEqual(changed((_, is) => is.held));
          expect(preview.notRerun.map(({ id }) => id)).toEqual(result.notRerun);
          expect(result.committed).toBe(preview.added.length);
          await world.sql(`UPDATE rollouts SET state = 'stopped'`);
        },
      ),
      { numRuns: CASES },
    );
  }, 120_000);

  it('warns of a cluster of which more stands in one failure zone than has to, and keeps nobody from it', async () => {
    ok(await world.createDeployment.execute(ACTOR, { name: 'zones' }));
    const named = (node: string) => `${node}.zones.example.com`;
    const places = { a: 'rack/r1', b: 'rack/r1', c: 'rack/r1', d: 'rack/r2' };
    for (const [node, rack] of Object.entries(places))
      ok(await world.createNode.execute(ACTOR, { name: named(node), deployment: 'zones', groups: [rack, 'power/x'] }));
    for (const node of ['a', 'b', 'c']) ok(await world.bindRole.execute(ACTOR, { role: 'store', node: named(node) }));
    const warned = async () => ok(await world.previewCommit.execute({ deployment: 'zones' })).warnings;
    expect(await warned()).toEqual([
      {
        ...{ role: 'store', category: 'rack', zone: 'r1', nodes: ['a', 'b', 'c'].map(named) },
        says: `all 3 nodes of store stand in the rack r1 (${['a', 'b', 'c'].map(named).join(', ')}), and 2 would do: there are 2 zones of the category rack.`,
      },
      expect.objectContaining({ category: 'power', zone: 'x', says: expect.stringContaining('down') as string }),
    ]);

    // A second feed outlives the first one, and a rack of its own leaves two in the other, which is as good as it can be.
    for (const node of ['a', 'b', 'c'])
      ok(await world.changeMembership.execute(ACTOR, { group: 'power/x', node: named(node), member: false }));
    ok(await world.updateNode.execute(ACTOR, { node: named('c'), groups: ['rack/r2'] }));
    expect(await warned()).toEqual([]);
    ok(await world.updateNode.execute(ACTOR, { node: named('c'), groups: ['rack/r1'] }));
    expect(await warned()).toHaveLength(1);

    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'zones' }));
    expect(await warned()).toEqual([]);
  });
});

interface Row {
  readonly id: string;
  readonly state: number;
  readonly dirty: boolean;
  readonly held: boolean;
}

const picture = async (deployment: string): Promise<Map<string, Row>> => {
  const rows = await world.sql<Row>(
    `SELECT nr.id, nr.state, nr.dirty, nr.held FROM node_roles nr JOIN deployments d ON d.id = nr.deployment_id WHERE d.name = $1`,
    [deployment],
  );
  return new Map(rows.map((row) => [row.id, row]));
};
