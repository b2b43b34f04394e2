import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTOR, attrib, ok, openWorld, role, type World } from './world.js';

/** What a commit of the largest fleet we promise may take, in milliseconds, on a machine that does other things beside. */
const COMMIT_MS_MAX = 5_000;

const NODES = 1_000;
const ROLES = 20;

let world: World;
const took: Record<string, number> = {};
const timed = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
  const began = performance.now();
  const result = await work();
  took[what] = Math.round(performance.now() - began);
  return result;
};

beforeAll(async () => {
  world = await openWorld({ name: 'large' });
  const roles = Array.from({ length: ROLES }, (_, index) =>
    role(`r${index}`, {
      flags: ['implicit'],
      requires: index === 0 ? ['server'] : [`r${index - 1}`],
      attribs: index === 3 ? [attrib('port', { schema: { type: 'integer' } })] : [],
    }),
  );
  await world.import({ name: 'fleet', roles: [role('server'), ...roles] });
  ok(await world.createDeployment.execute(ACTOR, { name: 'fleet' }));
  await world.unitOfWork.write(ACTOR, async (tx) => {
    const deployment = await tx.deployments.find('fleet');
    for (let index = 0; index < NODES; index += 1)
      await tx.nodes.insertMissing({
        id: crypto.randomUUID() as never,
        name: `n${String(index).padStart(4, '0')}.example.com`,
        description: '',
        deploymentId: deployment!.id,
        admin: false,
        system: false,
        alive: true,
        available: true,
        bootenv: 'local',
        address: null,
        sshPort: 22,
        hostKey: null,
        probed: false,
        macs: [],
        inventory: {},
        hints: {},
        quirks: [],
        notes: {},
      });
  });
}, 120_000);
afterAll(async () => {
  console.info(`${NODES * ROLES} noderoles, milliseconds: ${JSON.stringify(took)}`);
  await world.close();
}, 120_000);

describe('a fleet of 1,000 nodes with 20 roles', () => {
  it('is bound in one transaction', async () => {
    ok(await world.createNode.execute(ACTOR, { name: 'server.example.com', alive: true, deployment: 'fleet' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'server', node: 'server.example.com' }));
    const pairs = Array.from({ length: NODES }, (_, index) => ({
      role: `r${ROLES - 1}`,
      node: `n${String(index).padStart(4, '0')}.example.com`,
    }));
    const { created } = ok(
      await timed('bulk bind', () => world.bulkBind.execute(ACTOR, { deployment: 'fleet', pairs })),
    );
    expect(created).toHaveLength(NODES * ROLES);
    await world.sql('ANALYZE');
  }, 120_000);

  it('is previewed and committed in about a second each', async () => {
    const preview = ok(await timed('preview', () => world.previewCommit.execute({ deployment: 'fleet' })));
    expect(preview.added).toHaveLength(NODES * ROLES + 1);
    const result = ok(await timed('commit', () => world.commitDeployment.execute(ACTOR, { deployment: 'fleet' })));
    expect(result.committed).toBe(NODES * ROLES + 1);
    expect(took['commit']).toBeLessThan(COMMIT_MS_MAX);
    expect(took['preview']).toBeLessThan(COMMIT_MS_MAX);
  }, 120_000);

  it('finds whom one edit concerns', async () => {
    await world.sql(`UPDATE node_roles SET state = 0, unmet = 0, run_count = 1`);
    ok(await world.setAttrib.execute(ACTOR, { target: { deploymentRole: 'r3@fleet' }, attrib: 'port', value: 1 }));
    const result = ok(
      await timed('commit of an edit', () => world.commitDeployment.execute(ACTOR, { deployment: 'fleet' })),
    );
    expect(result).toMatchObject({ committed: 0, rerun: NODES });
  }, 120_000);

  it('costs one node to bind one node more', async () => {
    ok(await world.createNode.execute(ACTOR, { name: 'late.example.com', alive: true, deployment: 'fleet' }));
    ok(
      await timed('bind to one node more', () =>
        world.bindRole.execute(ACTOR, { role: `r${ROLES - 1}`, node: 'late.example.com' }),
      ),
    );
    expect(took['bind to one node more']).toBeLessThan(1_000);
  });

  it('is staged for a thousand runs at once', async () => {
    const ids = (
      await world.sql<{ id: never }>(
        `SELECT nr.id FROM node_roles nr JOIN roles r ON r.id = nr.role_id WHERE r.name = 'r4' ORDER BY nr.id`,
      )
    ).map(({ id }) => id);
    const staged = await timed('stage 1,001 without attributes', () =>
      world.unitOfWork.read((tx) => tx.attribs.stage(ids)),
    );
    expect(staged.size).toBe(NODES + 1);
    const own = (
      await world.sql<{ id: never }>(
        `SELECT nr.id FROM node_roles nr JOIN roles r ON r.id = nr.role_id WHERE r.name = 'r3' ORDER BY nr.id`,
      )
    ).map(({ id }) => id);
    const withPort = await timed('stage 1,001 with an attribute', () =>
      world.unitOfWork.read((tx) => tx.attribs.stage(own)),
    );
    expect([...withPort.values()].every(({ attribs }) => attribs['port'] === 1)).toBe(true);
  });
});
