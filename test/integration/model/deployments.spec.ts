import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Veto } from '#app';
import { refuse } from '#core';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld({ name: 'deployments' });
  await world.import({
    name: 'x',
    roles: [
      role('web', {
        attribs: [
          attrib('port', { map: 'web/port', schema: { type: 'integer' }, default: 80 }),
          attrib('key', { secret: true, schema: { type: 'string' } }),
        ],
      }),
      role('proxy', { wants: [{ attrib: 'port' }] }),
      role('other', { requires: ['web'] }),
    ],
  });
  ok(await world.createDeployment.execute(ACTOR, { name: 'rack-3' }));
  for (const name of [N1, N2]) ok(await world.createNode.execute(ACTOR, { name, alive: true, deployment: 'rack-3' }));
});
afterEach(() => world.close());

const N1 = 'n1.example.com';
const N2 = 'n2.example.com';
const bind = async (name: string, node: string) => ok(await world.bindRole.execute(ACTOR, { role: name, node }));
const commit = async (more: object = {}) =>
  ok(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', ...more }));
const settled = async () => {
  await commit();
  await world.settle();
};

describe('making and deleting deployments', () => {
  it('stands below the system deployment, proposed, with a node that stands in for it', async () => {
    expect(ok(await world.showDeployment.execute({ deployment: 'rack-3' }))).toMatchObject({
      parent: 'system',
      state: 'proposed',
      wish: 'proposed',
      nodes: 2,
      snapshot: 0,
    });
    expect(ok(await world.showNode.execute({ node: 'rack-3.phantom.anneal.alt' }))).toMatchObject({
      system: true,
      deployment: 'rack-3',
    });
  });

  it.each([
    ['a name that is taken', { name: 'rack-3' }, 'already-exists'],
    ['a name with spaces', { name: 'rack 3' }, 'invalid'],
    ['an unknown parent', { name: 'rack-4', parent: 'nowhere' }, 'not-found'],
    ['a priority beyond all', { name: 'rack-4', priority: 100_000 }, 'invalid'],
  ])('refuses %s', async (_, input, code) => {
    expect(no(await world.createDeployment.execute(ACTOR, input)).code).toBe(code);
  });

  it('refuses to stand deeper than anybody can follow', async () => {
    let parent = 'system';
    let refusal: unknown;
    for (let level = 2; level <= 33 && !refusal; level += 1) {
      const made = await world.createDeployment.execute(ACTOR, { name: `d${level}`, parent });
      if ('refused' in made) refusal = made;
      else parent = made.name;
    }
    expect(refusal).toMatchObject({ code: 'too-large' });
    expect(parent).toBe('d32');
  });

  it('takes a new name, and so does what stands in for it', async () => {
    ok(await world.updateDeployment.execute(ACTOR, { deployment: 'rack-3', name: 'Rack_3', priority: 5 }));
    expect(ok(await world.showDeployment.execute({ deployment: 'Rack_3' })).priority).toBe(5);
    expect(
      ok(await world.listNodes.execute({ filter: [{ field: 'name', operator: 'contains', value: 'rack-3-' }] })).items,
    ).toHaveLength(1);
  });

  it('gives its nodes back and takes its noderoles along when it is deleted', async () => {
    await bind('other', N1);
    expect(no(await world.deleteDeployment.execute(ACTOR, { deployment: 'system' })).code).toBe('system-deployment');
    ok(await world.createDeployment.execute(ACTOR, { name: 'below', parent: 'rack-3' }));
    expect(no(await world.deleteDeployment.execute(ACTOR, { deployment: 'rack-3' }))).toMatchObject({
      code: 'has-children',
      fields: { deployments: ['below'] },
    });
    ok(await world.deleteDeployment.execute(ACTOR, { deployment: 'below' }));
    expect(ok(await world.deleteDeployment.execute(ACTOR, { deployment: 'rack-3' }))).toEqual({
      deleted: 'rack-3',
      unbound: [`other@${N1}`, `web@${N1}`],
      returned: [N1, N2],
    });
    expect(ok(await world.showNode.execute({ node: N1 })).deployment).toBe('system');
    expect(await world.sql(`SELECT FROM nodes WHERE name LIKE 'rack-3%'`)).toEqual([]);
  });

  it('stays while committed work of another deployment stands on it', async () => {
    ok(await world.createDeployment.execute(ACTOR, { name: 'below', parent: 'rack-3' }));
    await bind('web', N1);
    ok(await world.bindRole.execute(ACTOR, { role: 'other', node: N2, deployment: 'below' }));
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'below' }));
    expect(no(await world.deleteDeployment.execute(ACTOR, { deployment: 'rack-3' })).code).toBe('has-children');
  });
});

describe('committing', () => {
  it('wishes for everything proposed and writes a snapshot down', async () => {
    await bind('other', N1);
    const result = await commit({ note: 'the first' });
    expect(result).toMatchObject({
      committed: 2,
      rerun: 0,
      notRerun: [],
      rollout: null,
      snapshot: { number: 1, note: 'the first', createdBy: ACTOR },
      deployment: { state: 'committed' },
    });
    expect(await world.states()).toEqual({ [`web@${N1}`]: 'todo', [`other@${N1}`]: 'blocked' });
    await world.settle();
    expect(ok(await world.showDeployment.execute({ deployment: 'rack-3' }))).toMatchObject({
      state: 'active',
      snapshot: 1,
      nodeRoles: { active: 2, error: 0 },
    });
    expect((await commit()).snapshot.number).toBe(2);
  });

  it('opens again by a proposal or a recall, which the system deployment refuses', async () => {
    await settled();
    expect(ok(await world.proposeDeployment.execute(ACTOR, { deployment: 'rack-3' })).state).toBe('proposed');
    await commit();
    expect(ok(await world.recallDeployment.execute(ACTOR, { deployment: 'rack-3' })).state).toBe('proposed');
    expect(no(await world.proposeDeployment.execute(ACTOR, { deployment: 'system' })).code).toBe('system-deployment');
    expect((await world.events()).filter((kind) => kind.startsWith('deployment.'))).toEqual(
      ['created', 'committed', 'proposed', 'committed', 'recalled'].map((word) => `deployment.${word}`),
    );
  });

  it('runs exactly those again that read what was changed, and the preview says so before', async () => {
    await bind('web', N1);
    await bind('proxy', N2);
    await bind('other', N2);
    await settled();
    ok(await world.setAttrib.execute(ACTOR, { target: { deploymentRole: 'web@rack-3' }, attrib: 'port', value: 8080 }));
    const expected = [`web@${N1}`, `proxy@${N2}`];
    const preview = ok(await world.previewCommit.execute({ deployment: 'rack-3' }));
    expect(preview.rerun.map(({ name, because }) => [name, because])).toEqual(expected.map((name) => [name, ['port']]));
    expect(preview.added).toEqual([]);
    const before = await world.states();
    expect((await commit()).rerun).toBe(2);
    expect(await world.states()).toEqual(before);
    const changed = ok(
      await world.listNodeRoles.execute({ filter: [{ field: 'changed', operator: 'eq', value: 'true' }] }),
    ).items;
    expect(changed.map(({ name }) => name)).toEqual(expected);
    await world.settle();
    expect(ok(await world.previewCommit.execute({ deployment: 'rack-3' })).rerun).toEqual([]);
    expect(ok(await world.readAttrib.execute({ nodeRole: `web@${N1}` }, 'port'))).toMatchObject({
      value: 8080,
      provenance: [{ layer: 'deployment_role.user', object: 'deployment role web in rack-3', by: ACTOR }],
    });
  });

  it('runs nobody again for an edit that a noderole hides', async () => {
    await bind('web', N1);
    ok(await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: 81 }));
    await settled();
    ok(await world.setAttrib.execute(ACTOR, { target: { deploymentRole: 'web@rack-3' }, attrib: 'port', value: 8080 }));
    expect((await commit()).rerun).toBe(0);
    expect(ok(await world.readAttrib.execute({ nodeRole: `web@${N1}` }, 'port')).value).toBe(81);
  });

  it('can be forbidden by a veto, and then nothing is written', async () => {
    const veto: Veto = {
      name: 'freeze',
      check: (command) =>
        command.kind === 'commit' ? refuse('unavailable', 'there is a change freeze until Monday.') : null,
    };
    const frozen = await openWorld({ name: 'veto', vetoes: [veto] });
    try {
      await frozen.import({ name: 'x', roles: [role('web')] });
      ok(await frozen.createNode.execute(ACTOR, { name: N1 }));
      ok(await frozen.bindRole.execute(ACTOR, { role: 'web', node: N1 }));
      const refusal = no(await frozen.commitDeployment.execute(ACTOR, { deployment: 'system' }));
      expect(refusal).toMatchObject({
        code: 'vetoed',
        detail: 'there is a change freeze until Monday.',
        fields: { by: 'freeze' },
      });
      expect(await frozen.states()).toEqual({ [`web@${N1}`]: 'proposed' });
      expect(await frozen.sql('SELECT FROM snapshots')).toEqual([]);
    } finally {
      await frozen.close();
    }
  });
});

describe('snapshots', () => {
  it('can be compared, with secrets hidden, and proposed again', async () => {
    await bind('web', N1);
    ok(
      await world.setAttrib.execute(ACTOR, {
        target: { deploymentRole: 'web@rack-3' },
        attrib: 'key',
        value: 'first secret',
      }),
    );
    await settled();
    ok(
      await world.setAttrib.execute(ACTOR, {
        target: { deploymentRole: 'web@rack-3' },
        attrib: 'key',
        value: 'second secret',
      }),
    );
    ok(await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: 81 }));
    await bind('other', N2);
    await settled();
    const diff = ok(await world.diffSnapshots.execute({ deployment: 'rack-3', from: '1', to: '2' }));
    expect(diff).toEqual({
      deploymentRoles: {
        added: ['other'],
        removed: [],
        changed: [{ name: 'web', values: [{ path: 'key', before: '(hidden)', after: '(hidden)' }] }],
      },
      nodeRoles: {
        added: [`other@${N2}`],
        removed: [],
        changed: [{ name: `web@${N1}`, values: [{ path: 'web', after: { port: 81 } }] }],
      },
    });
    expect(JSON.stringify(ok(await world.showSnapshot.execute({ deployment: 'rack-3', snapshot: '1' })))).not.toContain(
      'secret',
    );

    ok(await world.unbindNodeRole.execute(ACTOR, { nodeRole: `other@${N2}` }));
    ok(await world.deleteNode.execute(ACTOR, { node: N2 }));
    const back = ok(await world.proposeSnapshot.execute(ACTOR, { deployment: 'rack-3', snapshot: '1' }));
    expect(back).toMatchObject({
      bound: [],
      edited: ['web', `web@${N1}`],
      missing: [],
      extra: [],
      deployment: { state: 'proposed' },
    });
    await settled();
    const again = ok(await world.diffSnapshots.execute({ deployment: 'rack-3', from: '1', to: '3' }));
    expect(again.nodeRoles).toEqual({ added: [], removed: [], changed: [] });
    expect(again.deploymentRoles.changed).toEqual([]);
    expect(ok(await world.proposeSnapshot.execute(ACTOR, { deployment: 'rack-3', snapshot: '2' })).missing).toEqual([
      `other@${N2}`,
    ]);
    expect(no(await world.proposeSnapshot.execute(ACTOR, { deployment: 'rack-3', snapshot: '9' })).detail).toContain(
      'numbers 1 to 3',
    );
  });

  it('stay as they were written', async () => {
    await bind('web', N1);
    await commit();
    await world.sql(`UPDATE snapshots SET note = 'changed'`);
    expect(ok(await world.listSnapshots.execute({}, { deployment: 'rack-3' })).items.map(({ note }) => note)).toEqual([
      '',
    ]);
  });
});

describe('rollouts', () => {
  let now: number;
  beforeEach(async () => {
    await world.close();
    now = Date.parse('2027-01-01T00:00:00Z');
    world = await openWorld({ name: 'rollouts', now: () => now });
    await world.import({ name: 'x', roles: [role('web', { attribs: [attrib('port')] })] });
    ok(await world.createDeployment.execute(ACTOR, { name: 'rack-3' }));
    for (let index = 1; index <= 5; index += 1) {
      ok(await world.createNode.execute(ACTOR, { name: `n${index}.example.com`, alive: true, deployment: 'rack-3' }));
      await bind('web', `n${index}.example.com`);
    }
  });

  const held = async () =>
    ok(await world.listNodeRoles.execute({ filter: [{ field: 'held', operator: 'eq', value: 'true' }] })).items.map(
      ({ node }) => node[1],
    );
  const fail = (node: string) =>
    world.sql(`UPDATE node_roles SET state = -1 WHERE node_id = (SELECT id FROM nodes WHERE name = $1)`, [node]);
  const freeze = (node: string) => world.sql(`UPDATE nodes SET frozen = 1 WHERE name = $1`, [node]);
  const finish = (...nodes: string[]) =>
    world.sql(
      `UPDATE node_roles SET state = 0, run_count = 1 WHERE node_id IN (SELECT id FROM nodes WHERE name = ANY($1))`,
      [nodes],
    );
  const rollout = async () => ok(await world.listRollouts.execute({}, { deployment: 'rack-3' })).items[0];

  it('let wave after wave go, each after a pause, and the preview shows the same waves', async () => {
    const options = { deployment: 'rack-3', rollout: { waveSize: 2, pauseMs: 60_000 } };
    const { waves } = ok(await world.previewCommit.execute(options));
    expect(waves.map((wave) => wave.map(({ name }) => name[5]))).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(ok(await world.commitDeployment.execute(ACTOR, options)).rollout).toMatchObject({
      wave: 1,
      waves: 3,
      state: 'running',
      snapshot: 1,
    });
    expect(await held()).toEqual(['3', '4', '5']);
    expect(no(await world.commitDeployment.execute(ACTOR, options))).toMatchObject({ code: 'wrong-state' });

    expect(await world.advanceRollouts.execute()).toBe(0);
    await finish('n1.example.com', 'n2.example.com');
    expect(await world.advanceRollouts.execute()).toBe(1);
    expect(await held()).toEqual(['3', '4', '5']);
    now += 59_000;
    expect(await world.advanceRollouts.execute()).toBe(0);
    now += 2_000;
    expect(await world.advanceRollouts.execute()).toBe(1);
    expect(await held()).toEqual(['5']);
    await finish('n3.example.com', 'n4.example.com');
    await world.advanceRollouts.execute();
    now += 61_000;
    await world.advanceRollouts.execute();
    expect(await held()).toEqual([]);
    expect((await rollout())?.state).toBe('running');
    await finish('n5.example.com');
    await world.advanceRollouts.execute();
    expect(await rollout()).toMatchObject({ state: 'done', wave: 3 });
  });

  it('stop by themselves when too many nodes failed, and go on when somebody says so', async () => {
    ok(
      await world.commitDeployment.execute(ACTOR, {
        deployment: 'rack-3',
        rollout: { waveSize: 2, stopFailedPercent: 50 },
      }),
    );
    await finish('n1.example.com');
    await fail('n2.example.com');
    await freeze('n2.example.com');
    expect(await world.advanceRollouts.execute()).toBe(1);
    expect(await rollout()).toMatchObject({
      state: 'stopped',
      reason: '1 of 2 nodes that were let go failed, which is 50 % or more',
    });
    expect(await held()).toEqual(['3', '4', '5']);
    const { id } = (await rollout()) as { id: string };
    ok(await world.resumeRollout.execute(ACTOR, { rollout: id }));
    await world.advanceRollouts.execute();
    expect(await held()).toEqual(['5']);
  });

  it('wait while paused, and end at once when finished', async () => {
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', rollout: { waveSize: 2 } }));
    await finish('n1.example.com', 'n2.example.com');
    const { id } = (await rollout()) as { id: string };
    ok(await world.pauseRollout.execute(ACTOR, { rollout: id, reason: 'lunch' }));
    expect(await world.advanceRollouts.execute()).toBe(0);
    expect(ok(await world.finishRollout.execute(ACTOR, { rollout: id }))).toMatchObject({ state: 'done', wave: 3 });
    expect(await held()).toEqual([]);
    expect(no(await world.resumeRollout.execute(ACTOR, { rollout: id })).code).toBe('wrong-state');
  });

  it('let everything go that a stopped one kept back, when the deployment is committed again', async () => {
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', rollout: { waveSize: 2 } }));
    ok(await world.stopRollout.execute(ACTOR, { rollout: ((await rollout()) as { id: string }).id }));
    expect(ok(await world.previewCommit.execute({ deployment: 'rack-3' })).waiting).toEqual([]);
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3' }));
    expect(await held()).toEqual([]);
  });

  it('take one failure zone after the other, and take up again what a stopped one kept back', async () => {
    for (const [node, zone] of [
      ['n5', 'a'],
      ['n4', 'a'],
      ['n1', 'b'],
    ])
      ok(await world.updateNode.execute(ACTOR, { node: `${node}.example.com`, groups: [`zone/${zone}`] }));
    const options = { deployment: 'rack-3', rollout: { waveSize: 2 } };
    const waves = async () =>
      ok(await world.previewCommit.execute(options)).waves.map((wave) => wave.map(({ name }) => name[5]).sort());
    expect(await waves()).toEqual([['2', '3'], ['4', '5'], ['1']]);
    ok(await world.commitDeployment.execute(ACTOR, options));
    expect((await held()).sort()).toEqual(['1', '4', '5']);
    ok(await world.stopRollout.execute(ACTOR, { rollout: ((await rollout()) as { id: string }).id }));
    expect(await waves()).toEqual([['4', '5'], ['1']]);
    ok(await world.commitDeployment.execute(ACTOR, options));
    expect(await held()).toEqual(['1']);
  });

  it('can be nodes that are held back until somebody lets them go', async () => {
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', held: ['n2.example.com'] }));
    expect(await held()).toEqual(['2']);
    ok(await world.editNodeRole.execute(ACTOR, { nodeRole: 'web@n2.example.com', held: false }));
    expect(await held()).toEqual([]);
    expect(
      no(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', held: ['nobody.example.com'] })).code,
    ).toBe('not-found');
    expect(
      no(await world.commitDeployment.execute(ACTOR, { deployment: 'rack-3', rollout: { waveSize: 0 } })).fields,
    ).toEqual({ field: 'rollout.wave_size' });
  });
});
