import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BindRole, FinishRun, storeOutputs, SystemClock, WithinTransaction } from '#app';
import { claimNodeRole, GraphDraft, idOf, type NodeRoleId, type RunId } from '#core';
import { TimeOrderedIds } from '#store';
import { ACTOR, no, ok, openWorld, role, type World } from './world.js';

let world: World;
const N1 = 'n1.example.com';
const N2 = 'n2.example.com';
const N3 = 'n3.example.com';

beforeEach(async () => {
  world = await openWorld({ name: 'node_roles' });
  await world.import({
    name: 'x',
    roles: [
      role('server'),
      role('client', { requires: ['server'] }),
      role('alone'),
      role('wipe', { flags: ['destructive'] }),
      role('old-server', { provides: ['server'] }),
      role('lonely', { conflicts: ['alone'] }),
      role('dream', { requires: ['nobody-has-it'] }),
      role('idea', { flags: ['abstract'] }),
      role('first', { preceeds: ['alone'] }),
    ],
  });
  for (const name of [N1, N2, N3]) ok(await world.createNode.execute(ACTOR, { name, alive: true }));
});
afterEach(() => world.close());

const bind = async (name: string, node: string) => ok(await world.bindRole.execute(ACTOR, { role: name, node }));
const settle = async () => {
  ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
  await world.settle();
};
const show = async (name: string) => ok(await world.showNodeRole.execute({ nodeRole: name }));

/** Plans a run as the engine does. */
const plan = async (name: string): Promise<RunId> => {
  const { id, nodeId } = await show(name);
  const runId = idOf<RunId>(crypto.randomUUID());
  await world.unitOfWork.write('engine', async (tx) => {
    const graph = await tx.graph.slice({ nodeRoleIds: [id] });
    const draft = new GraphDraft(graph);
    expect(claimNodeRole(draft, id, runId)).toBeNull();
    await tx.runs.insert([{ id: runId, nodeRoleId: id, nodeId, jig: 'noop', rerun: false, input: {} }]);
    await tx.graph.save(graph, draft.decision());
  });
  return runId;
};
/** Until one of our transactions waits for a lock of another. */
const somebodyWaits = async (): Promise<void> => {
  for (;;) {
    const rows = await world.sql(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
};
const finisher = () => new FinishRun(world.unitOfWork, new SystemClock(), storeOutputs);

describe('binding', () => {
  it('brings what is needed, says why each parent was chosen, and does nothing twice', async () => {
    const first = await bind('client', N2);
    expect(first.created.map(({ name }) => name)).toEqual([`server@${N2}`, `client@${N2}`]);
    expect(await bind('client', N2)).toMatchObject({
      existing: true,
      created: [],
      nodeRole: { id: first.nodeRole.id },
    });
    await bind('client', N3);
    expect(ok(await world.readParents.execute({ nodeRole: `client@${N3}` }))).toMatchObject([
      {
        nodeRole: { name: `server@${N2}` },
        why: 'deployment',
        soft: false,
        pending: false,
        candidates: [{ name: `server@${N2}` }],
      },
    ]);
    expect(
      ok(await world.readChildren.execute({ nodeRole: `server@${N2}` })).map(({ nodeRole }) => nodeRole.name),
    ).toEqual([`client@${N2}`, `client@${N3}`]);
  });

  it.each([
    ['a role that needs what nobody has brought', 'dream', 'unresolved-requirement', 'nobody-has-it'],
    ['an abstract role', 'idea', 'abstract-role', 'idea'],
    ['a role that conflicts with one on the node', 'lonely', 'conflict', 'alone'],
    ['a role that nobody knows', 'phantasm', 'not-found', 'phantasm'],
  ])('refuses %s and writes nothing', async (_, name, code, words) => {
    await bind('alone', N1);
    const before = await world.states();
    const refusal = no(await world.bindRole.execute(ACTOR, { role: name, node: N1 }));
    expect(refusal.code).toBe(code);
    expect(refusal.detail).toContain(words);
    expect(await world.states()).toEqual(before);
  });

  it('refuses a role whose jig is switched off', async () => {
    ok(await world.switchJig.execute(ACTOR, { jig: 'noop', active: false }));
    expect(no(await world.bindRole.execute(ACTOR, { role: 'alone', node: N1 })).code).toBe('jig-inactive');
  });

  it('is all or nothing for many at once', async () => {
    const pairs = [
      { role: 'alone', node: N1 },
      { role: 'client', node: N2 },
      { role: 'lonely', node: N1 },
    ];
    expect(no(await world.bulkBind.execute(ACTOR, { deployment: 'system', pairs })).code).toBe('conflict');
    expect(await world.states()).toEqual({});
    const { bound, created } = ok(
      await world.bulkBind.execute(ACTOR, { deployment: 'system', pairs: pairs.slice(0, 2) }),
    );
    expect(bound).toHaveLength(2);
    expect(created.map(({ name }) => name)).toEqual([`alone@${N1}`, `server@${N2}`, `client@${N2}`]);
    expect(
      no(
        await world.bulkBind.execute(ACTOR, {
          deployment: 'system',
          pairs: [{ role: 'alone', node: 'x.example.com' }],
        }),
      ).code,
    ).toBe('not-found');
  });

  it('puts a soft edge under what is there already and is committed, which counts once it is committed itself', async () => {
    await bind('alone', N1);
    await settle();
    await bind('first', N1);
    expect(ok(await world.readParents.execute({ nodeRole: `alone@${N1}` }))).toMatchObject([
      { nodeRole: { role: 'first' }, soft: true, pending: true },
    ]);
    expect((await show(`alone@${N1}`)).state).toBe('active');
    ok(await world.commitNodeRole.execute(ACTOR, { nodeRole: `first@${N1}` }));
    expect((await show(`alone@${N1}`)).state).toBe('blocked');
    await world.settle();
    expect((await show(`alone@${N1}`)).state).toBe('active');
  });
});

describe('pointing to another parent', () => {
  beforeEach(async () => {
    await bind('server', N1);
    await bind('client', N3);
    await bind('server', N2);
    await settle();
  });

  it('moves the edge, and runs the child again', async () => {
    const { parents } = ok(
      await world.repointParent.execute(ACTOR, { nodeRole: `client@${N3}`, from: `server@${N1}`, to: `server@${N2}` }),
    );
    expect(parents).toMatchObject([{ nodeRole: { name: `server@${N2}` }, why: 'operator' }]);
    expect(await show(`client@${N3}`)).toMatchObject({ state: 'active', changed: true });
    await world.settle();
    ok(await world.unbindNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }));
  });

  it('is refused for what the child does not need', async () => {
    await bind('alone', N2);
    expect(
      no(
        await world.repointParent.execute(ACTOR, { nodeRole: `client@${N3}`, from: `server@${N1}`, to: `alone@${N2}` }),
      ).detail,
    ).toContain('needs server');
  });
});

describe('commands to one noderole', () => {
  beforeEach(async () => {
    await bind('server', N1);
    await bind('client', N2);
    await bind('wipe', N3);
    await settle();
  });

  it('run it again, and with it what hangs on it', async () => {
    ok(await world.retryNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }));
    expect(await world.states()).toMatchObject({ [`server@${N1}`]: 'todo', [`client@${N2}`]: 'blocked' });
    const refusal = no(await world.retryNodeRole.execute(ACTOR, { nodeRole: `client@${N2}` }));
    expect(refusal.detail).toContain(`server on ${N1} is TODO`);
  });

  it('do something destructive again only with the name of the node', async () => {
    expect(no(await world.retryNodeRole.execute(ACTOR, { nodeRole: `wipe@${N3}` })).code).toBe('needs-confirmation');
    expect(no(await world.retryNodeRole.execute(ACTOR, { nodeRole: `wipe@${N3}`, confirm: N2 })).code).toBe(
      'needs-confirmation',
    );
    expect(ok(await world.retryNodeRole.execute(ACTOR, { nodeRole: `wipe@${N3}`, confirm: N3 }))).toMatchObject({
      state: 'todo',
      runCount: 0,
    });
  });

  it('take it back to editing and wish for it again', async () => {
    const { version } = await show(`server@${N1}`);
    ok(await world.proposeNodeRole.execute(ACTOR, { nodeRole: `server@${N1}`, version }));
    expect(no(await world.proposeNodeRole.execute(ACTOR, { nodeRole: `server@${N1}`, version })).code).toBe(
      'stale-version',
    );
    expect(await world.states()).toMatchObject({ [`server@${N1}`]: 'proposed', [`client@${N2}`]: 'blocked' });
    expect(ok(await world.commitNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` })).state).toBe('todo');
    expect(no(await world.commitNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` })).code).toBe('wrong-state');
  });

  it('take it off the node, unless something elsewhere hangs on it', async () => {
    expect(no(await world.unbindNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }))).toMatchObject({
      code: 'has-children',
    });
    expect(ok(await world.unbindNodeRole.execute(ACTOR, { nodeRole: `client@${N2}` }))).toEqual({
      unbound: [`client@${N2}`],
    });
    ok(await world.unbindNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }));
    expect(await world.states()).toEqual({ [`wipe@${N3}`]: 'active' });
  });

  it('end a run at once that nobody has begun, and ask for the end of one that runs', async () => {
    expect(no(await world.cancelNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` })).code).toBe('wrong-state');
    ok(await world.retryNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }));
    const queued = await plan(`server@${N1}`);
    expect(ok(await world.cancelNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }))).toMatchObject({
      cancel: 'ended',
      nodeRole: { state: 'error', status: 'cancelled by alice' },
    });
    expect(ok(await world.showRun.execute({ run: queued })).state).toBe('cancelled');

    ok(await world.retryNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }));
    const running = await plan(`server@${N1}`);
    await world.sql(`UPDATE runs SET state = 'running' WHERE id = $1`, [running]);
    expect(ok(await world.cancelNodeRole.execute(ACTOR, { nodeRole: `server@${N1}` }))).toMatchObject({
      cancel: 'requested',
      nodeRole: { state: 'transition', runState: 'running' },
    });
    ok(await world.cancelNodeRole.execute('bob', { nodeRole: `server@${N1}` }));
    expect(ok(await world.showRun.execute({ run: running })).cancelRequestedBy).toBe(ACTOR);
    expect(
      await finisher().execute({ runId: running, attempt: 1 }, { outcome: { kind: 'cancelled', reason: 'cancelled' } }),
    ).toBe('finished');
    expect(await finisher().execute({ runId: queued, attempt: 1 }, { outcome: { kind: 'succeeded' } })).toBe('stale');
  });
});

describe('what happens at the same time', () => {
  it.each([
    [
      'in a group',
      (runId: RunId) => world.unitOfWork.write('engine', (tx) => tx.engine.settle([{ runId, attempt: 1 }])),
    ],
    ['alone', (runId: RunId) => finisher().execute({ runId, attempt: 1 }, { outcome: { kind: 'succeeded' } })],
  ])('a child that is bound while its parent finishes %s is not forgotten', async (_, finish) => {
    await bind('server', N1);
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
    const runId = await plan(`server@${N1}`);
    await world.sql(`UPDATE runs SET state = 'running' WHERE id = $1`, [runId]);

    let finished: Promise<unknown> = Promise.resolve();
    await world.unitOfWork.write(ACTOR, async (tx) => {
      const parts = { unitOfWork: new WithinTransaction(tx), ids: new TimeOrderedIds(), vetoes: [] };
      ok(await new BindRole(parts).execute(ACTOR, { role: 'client', node: N2 }));
      finished = finish(runId);
      await somebodyWaits();
    });
    await finished;
    expect(await world.sql(`SELECT unmet FROM node_roles`)).toEqual([{ unmet: 0 }, { unmet: 0 }]);
    expect(await world.states()).toEqual({ [`server@${N1}`]: 'active', [`client@${N2}`]: 'proposed' });
  });

  it('bindings, commits, edits and losses in any order leave a sound graph', async () => {
    await bind('server', N1);
    const work: (() => Promise<unknown>)[] = [];
    for (let index = 0; index < 12; index += 1) {
      work.push(
        () => world.bindRole.execute(ACTOR, { role: 'client', node: [N1, N2, N3][index % 3] as string }),
        () => world.commitDeployment.execute(ACTOR, { deployment: 'system' }),
        () => world.updateNode.execute(ACTOR, { node: [N1, N2][index % 2] as string, alive: index % 3 === 0 }),
        () => world.unbindNodeRole.execute(ACTOR, { nodeRole: `client@${[N1, N2, N3][(index + 1) % 3]}` }),
        () =>
          world.bulkBind.execute(ACTOR, {
            deployment: 'system',
            pairs: [
              { role: 'alone', node: N1 },
              { role: 'client', node: N3 },
            ],
          }),
        () => world.createNode.execute(ACTOR, { name: `m${index}.example.com`, alive: true }),
      );
    }
    const results = await Promise.all(work.map((one) => one()));
    expect(results.every((result) => result !== undefined)).toBe(true);
    // Whether the graph is sound is what closing the world asks the audit.
  });

  it('events keep the order of commits without gaps', async () => {
    await Promise.all(
      [N1, N2, N3].flatMap((node) => [
        world.updateNode.execute(ACTOR, { node, description: 'x' }),
        world.bindRole.execute(ACTOR, { role: 'alone', node }),
      ]),
    );
    const rows = await world.sql<{ seq: string }>('SELECT seq FROM events ORDER BY seq');
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, index) => index + 1));
  });
});

describe('listing noderoles', () => {
  it('goes by node, deployment and role, and by what they are', async () => {
    await bind('client', N2);
    const names = async (...query: Parameters<typeof world.listNodeRoles.execute>) =>
      ok(await world.listNodeRoles.execute(...query)).items.map(({ role: name }) => name);
    expect(await names({}, { node: N2 })).toEqual(['server', 'client']);
    expect(await names({}, { role: 'client' })).toEqual(['client']);
    expect(
      await names({ filter: [{ field: 'state', operator: 'in', value: ['proposed'] }], sort: [{ field: 'role' }] }),
    ).toEqual(['client', 'server']);
    expect(no(await world.listNodeRoles.execute({}, { node: 'x.example.com' })).code).toBe('not-found');
    const graph = ok(await world.readDeploymentGraph.execute({ deployment: 'system' }));
    expect(graph.nodeRoles.map(({ name, outside }) => [name, outside])).toEqual([
      [`server@${N2}`, false],
      [`client@${N2}`, false],
    ]);
    expect(graph.edges).toHaveLength(1);
    const [id] = graph.nodeRoles.map((one) => one.id) as [NodeRoleId];
    expect(ok(await world.showNodeRole.execute({ nodeRole: id })).name).toBe(`server@${N2}`);
  });
});
