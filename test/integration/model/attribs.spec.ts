import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeOutputs } from '#app';
import type { JsonObject, NodeRoleId } from '#core';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

let world: World;
const N1 = 'n1.example.com';
const N2 = 'n2.example.com';
const N3 = 'n3.example.com';

beforeEach(async () => {
  world = await openWorld({ name: 'attribs' });
  await world.import({
    name: 'x',
    attribs: [
      attrib('cpus', { map: 'cpu/count', writable: false, schema: null }),
      attrib('wish', { map: 'net/wish', schema: { type: 'string' } }),
    ],
    roles: [
      role('web', {
        template: { web: { user: 'www' } },
        attribs: [
          attrib('port', { map: 'web/port', schema: { type: 'integer', minimum: 1 }, default: 80 }),
          attrib('user', { map: 'web/user', schema: { type: 'string' }, order: 1 }),
          attrib('password', { map: 'web/password', schema: { type: 'string' }, secret: true, order: 2 }),
        ],
        outputs: [attrib('url', { kind: 'output', writable: false, map: 'web/url', schema: { type: 'string' } })],
      }),
      role('proxy', { wants: [{ attrib: 'url' }, { attrib: 'port' }, { attrib: 'cpus' }] }),
      role('store', { flags: ['cluster'], attribs: [attrib('disk', { schema: { type: 'string' } })] }),
      role('client', { wants: [{ attrib: 'disk' }] }),
      role('plain'),
    ],
  });
  for (const name of [N1, N2, N3])
    ok(await world.createNode.execute(ACTOR, { name, alive: true, address: `10.77.0.${name[1]}` }));
});
afterEach(() => world.close());

const bind = async (name: string, node: string) => ok(await world.bindRole.execute(ACTOR, { role: name, node }));
const settle = async () => {
  ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
  await world.settle();
};
const opened = async (text: string) => ok(world.sealed.open(await world.sql<JsonObject>(text))).value;
const idOf = async (name: string) => ok(await world.showNodeRole.execute({ nodeRole: name })).id;
const changed = async () =>
  ok(await world.listNodeRoles.execute({ filter: [{ field: 'changed', operator: 'eq', value: 'true' }] })).items.map(
    ({ name }) => name,
  );
const value = async (target: Parameters<typeof world.readAttrib.execute>[0], name: string) =>
  ok(await world.readAttrib.execute(target, name));

describe('attributes', () => {
  it('come from the highest layer that has them, and say from which', async () => {
    await bind('web', N1);
    expect(await value({ nodeRole: `web@${N1}` }, 'port')).toMatchObject({
      value: 80,
      isSet: true,
      provenance: [{ layer: 'attrib.default' }],
    });
    expect(await value({ nodeRole: `web@${N1}` }, 'user')).toMatchObject({
      value: 'www',
      provenance: [{ layer: 'role.template', object: 'role web' }],
    });
    ok(
      await world.setAttrib.execute(ACTOR, { target: { deploymentRole: 'web@system' }, attrib: 'user', value: 'web' }),
    );
    ok(await world.setAttrib.execute('bob', { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: 8080 }));
    expect(await value({ nodeRole: `web@${N1}` }, 'port')).toMatchObject({ value: 80, proposed: { value: 8080 } });
    expect(await value({ nodeRole: `web@${N1}` }, 'user')).toMatchObject({ value: 'www', proposed: { value: 'web' } });
    await settle();
    expect(await value({ nodeRole: `web@${N1}` }, 'port')).toMatchObject({
      value: 8080,
      provenance: [{ layer: 'node_role.user', by: 'bob' }],
    });
    expect(await value({ nodeRole: `web@${N1}` }, 'user')).toMatchObject({
      value: 'web',
      provenance: [{ layer: 'deployment_role.user', by: ACTOR, version: 3 }],
    });
    expect(await value({ nodeRole: `web@${N1}` }, 'port')).not.toHaveProperty('proposed');
  });

  it('show again what lies below when a value is taken away', async () => {
    await bind('web', N1);
    ok(await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: 8080 }));
    ok(await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: undefined }));
    expect(ok(await world.showNodeRole.execute({ nodeRole: `web@${N1}` })).proposedData).toBeNull();
    expect(
      ok(await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: undefined })),
    ).toEqual({ changed: false, counts: 'at-commit' });
  });

  it('never show a secret, wherever it is read', async () => {
    await bind('web', N1);
    for (const target of [{ nodeRole: `web@${N1}` }, { deploymentRole: 'web@system' }, { role: 'web' }])
      ok(await world.setAttrib.execute(ACTOR, { target, attrib: 'password', value: 'hunter2' }));
    await settle();
    const seen = JSON.stringify([
      await world.readAttribs.execute({ nodeRole: `web@${N1}` }),
      await world.readAttribs.execute({ deploymentRole: 'web@system' }),
      await world.readAttribs.execute({ role: 'web' }),
      await world.showNodeRole.execute({ nodeRole: `web@${N1}` }),
      await world.showDeploymentRole.execute({ deploymentRole: 'web@system' }),
      await world.showRole.execute({ role: 'web' }),
      await world.listRoles.execute({}),
      await world.listAttribs.execute({}),
      await world.showSnapshot.execute({ deployment: 'system', snapshot: '1' }),
      await world.sql('SELECT * FROM events'),
    ]);
    expect(seen).toContain('(hidden)');
    expect(seen).not.toContain('hunter2');
    const staged = await world.unitOfWork.read(async (tx) => tx.attribs.stage([await idOf(`web@${N1}`)]));
    const input = [...staged.values()][0];
    expect(JSON.stringify(input)).not.toContain('hunter2');
    expect(ok(world.sealed.open(input?.attribs ?? {})).value).toMatchObject({ password: 'hunter2' });
  });

  it('of a node are hidden in its hints and in the inputs of runs, and kept when they come back hidden', async () => {
    await world.import({
      name: 'bmc',
      attribs: [attrib('bmc-password', { map: 'bmc/password', schema: { type: 'string' }, secret: true })],
      roles: [role('power', { wants: [{ attrib: 'bmc-password', at: 'login/secret' }] })],
    });
    ok(await world.updateNode.execute(ACTOR, { node: N1, hints: { bmc: { password: 'hunter2', user: 'root' } } }));
    const shown = ok(await world.showNode.execute({ node: N1 }));
    expect(shown.hints).toEqual({ bmc: { password: '(hidden)', user: 'root' } });
    ok(await world.updateNode.execute(ACTOR, { node: N1, hints: { ...shown.hints, other: 1 } }));
    const [row] = await world.sql<{ hints: JsonObject }>(`SELECT hints FROM nodes WHERE name = $1`, [N1]);
    expect(ok(world.sealed.open(row!.hints)).value).toEqual({ bmc: { password: 'hunter2', user: 'root' }, other: 1 });
    expect(no(await world.updateNode.execute(ACTOR, { node: N1, hints: { bmc: { password: 1 } } })).detail).toContain(
      'bmc-password does not fit',
    );
    await bind('power', N1);
    const id = await idOf(`power@${N1}`);
    const staged = await world.unitOfWork.read((tx) => tx.attribs.stage([id]));
    expect(ok(world.sealed.open(staged.get(id)!)).value).toMatchObject({
      attribs: { 'bmc-password': 'hunter2' },
      tree: { login: { secret: 'hunter2' } },
    });
    await world.sql(
      `INSERT INTO runs (id, node_role_id, node_id, jig, input) SELECT gen_random_uuid(), id, node_id, 'noop', $2 FROM node_roles WHERE id = $1`,
      [id, staged.get(id)],
    );
    const { items } = ok(await world.listRuns.execute({}));
    const run = ok(await world.showRun.execute({ run: items[0]!.id }));
    expect(JSON.stringify(run.input)).not.toContain('hunter2');
    expect(run.input).toMatchObject({
      tree: { login: { secret: '(hidden)' } },
      hints: { bmc: { password: '(hidden)' } },
    });
    await world.sql('DELETE FROM runs');
  });

  it('keep a secret that comes back hidden in a document, and refuse it as a value', async () => {
    await bind('web', N1);
    ok(
      await world.setAttrib.execute(ACTOR, {
        target: { deploymentRole: 'web@system' },
        attrib: 'password',
        value: 'hunter2',
      }),
    );
    const { proposedData } = ok(await world.showDeploymentRole.execute({ deploymentRole: 'web@system' }));
    ok(
      await world.editDeploymentRole.execute(ACTOR, {
        deploymentRole: 'web@system',
        data: { ...proposedData, extra: 1 },
      }),
    );
    expect(await opened(`SELECT proposed_data FROM deployment_roles WHERE proposed_data IS NOT NULL`)).toEqual([
      { proposed_data: { web: { password: 'hunter2' }, extra: 1 } },
    ]);
    expect(
      no(
        await world.setAttrib.execute(ACTOR, {
          target: { nodeRole: `web@${N1}` },
          attrib: 'password',
          value: '(hidden)',
        }),
      ).code,
    ).toBe('invalid');
  });

  it.each([
    ['a value of the wrong type', 'port', 'eighty', 'must be integer'],
    ['a value out of range', 'port', 0, '>= 1'],
    ['an output', 'url', 'http://x', 'cannot be set'],
    ['an attribute that is not there', 'colour', 1, 'port'],
    ['a document that grows too large', 'user', 'x'.repeat(300_000), 'bytes'],
  ])('refuse %s', async (_, name, given, words) => {
    await bind('web', N1);
    const refusal = no(
      await world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: name, value: given }),
    );
    expect(refusal.detail).toContain(words);
    expect(ok(await world.showNodeRole.execute({ nodeRole: `web@${N1}` })).proposedData).toBeNull();
  });

  it('are checked in a document that is edited whole', async () => {
    await bind('web', N1);
    expect(
      no(await world.editNodeRole.execute(ACTOR, { nodeRole: `web@${N1}`, data: { web: { port: 'x' } } })).detail,
    ).toContain('port does not fit');
    expect(
      no(await world.editNodeRole.execute(ACTOR, { nodeRole: `web@${N1}`, data: { web: { url: 'x' } } })).detail,
    ).toContain('leave "web/url" out');
    expect(
      no(
        await world.editNodeRole.execute(ACTOR, {
          nodeRole: `web@${N1}`,
          data: JSON.parse('{"__proto__": {"a": 1}}') as never,
        }),
      ).code,
    ).toBe('invalid');
    ok(
      await world.editNodeRole.execute(ACTOR, {
        nodeRole: `web@${N1}`,
        data: { web: { port: 81 } },
        notes: { why: 'test' },
      }),
    );
    expect(ok(await world.showNodeRole.execute({ nodeRole: `web@${N1}` }))).toMatchObject({
      proposedData: { web: { port: 81 } },
      notes: { why: 'test' },
      dataUpdatedBy: ACTOR,
    });
  });

  it('are not lost when two people set different ones at once', async () => {
    await bind('web', N1);
    await Promise.all([
      world.setAttrib.execute(ACTOR, { target: { nodeRole: `web@${N1}` }, attrib: 'port', value: 81 }),
      world.setAttrib.execute('bob', { target: { nodeRole: `web@${N1}` }, attrib: 'user', value: 'bob' }),
      world.setAttrib.execute('carol', { target: { nodeRole: `web@${N1}` }, attrib: 'password', value: 'x' }),
    ]);
    expect(await opened(`SELECT proposed_data FROM node_role_data`)).toEqual([
      { proposed_data: { web: { port: 81, user: 'bob', password: 'x' } } },
    ]);
  });

  it('of a role template count at once and run its readers again', async () => {
    await bind('web', N1);
    await bind('proxy', N2);
    await bind('plain', N3);
    await settle();
    expect(ok(await world.setAttrib.execute(ACTOR, { target: { role: 'web' }, attrib: 'port', value: 81 }))).toEqual({
      changed: true,
      counts: 'now',
    });
    expect(await changed()).toEqual([`web@${N1}`, `proxy@${N2}`]);
  });
});

describe('the input of a run', () => {
  it('holds what the role declares and wants, from the parents it hangs on', async () => {
    await bind('web', N1);
    await bind('proxy', N2);
    ok(await world.reportInventory.execute('n2', { node: N2, inventory: { cpu: { count: 4 }, serial: 'x' } }));
    ok(await world.setAttrib.execute(ACTOR, { target: { deploymentRole: 'web@system' }, attrib: 'port', value: 8080 }));
    await settle();
    await world.unitOfWork.write('engine', async (tx) =>
      storeOutputs(tx, await idOf(`web@${N1}`), { url: 'http://n1/' }),
    );
    const [proxy, web] = [await idOf(`proxy@${N2}`), await idOf(`web@${N1}`)];
    const staged = await world.unitOfWork.read((tx) => tx.attribs.stage([proxy, web]));
    expect(staged.get(proxy)).toEqual({
      attribs: { cpus: 4, port: 8080, url: 'http://n1/' },
      tree: { cpu: { count: 4 }, web: { port: 8080, url: 'http://n1/' } },
      node: { name: N2, address: '10.77.0.2', bootenv: 'local' },
      deployment: 'system',
      role: 'proxy',
    });
    expect(staged.get(web)).toMatchObject({ attribs: { port: 8080, user: 'www' }, role: 'web' });
  });

  it('lists a wanted attribute of a cluster once for each of its instances', async () => {
    for (const name of [N1, N2]) await bind('store', name);
    await bind('client', N3);
    for (const name of [N1, N2])
      ok(
        await world.setAttrib.execute(ACTOR, {
          target: { nodeRole: `store@${name}` },
          attrib: 'disk',
          value: `disk of ${name[1]}`,
        }),
      );
    await settle();
    const id = await idOf(`client@${N3}`);
    const staged = await world.unitOfWork.read((tx) => tx.attribs.stage([id]));
    expect(staged.get(id)?.attribs).toEqual({
      disk: [
        { node: N1, address: '10.77.0.1', value: 'disk of 1' },
        { node: N2, address: '10.77.0.2', value: 'disk of 2' },
      ],
    });
    expect(ok(await world.readAttrib.execute({ nodeRole: `client@${N3}` }, 'disk')).from).toEqual([
      { name: `store@${N1}`, value: 'disk of 1' },
      { name: `store@${N2}`, value: 'disk of 2' },
    ]);
  });

  it('follows the catalog as soon as a barclamp is imported', async () => {
    await bind('plain', N1);
    const id = await idOf(`plain@${N1}`);
    const stage = async () => (await world.unitOfWork.read((tx) => tx.attribs.stage([id]))).get(id)?.attribs;
    expect(await stage()).toEqual({});
    await world.import({ name: 'y', roles: [role('q', { attribs: [attrib('level', { default: 1 })] })] });
    await world.sql(`INSERT INTO role_wants SELECT r.id, 'wish', NULL FROM roles r WHERE r.name = 'plain'`);
    await world.sql(`UPDATE catalog_generation SET value = value + 1`);
    ok(await world.updateNode.execute(ACTOR, { node: N1, hints: { net: { wish: 'fast' } } }));
    expect(await stage()).toEqual({ wish: 'fast' });
  });
});

describe('what a run writes', () => {
  const write = async (name: string, outputs: object) => {
    const id: NodeRoleId = await idOf(name);
    await world.unitOfWork.write('engine', (tx) => storeOutputs(tx, id, outputs as never));
  };

  beforeEach(async () => {
    await bind('web', N1);
    await bind('proxy', N2);
    await settle();
  });

  it('runs those again that read it, once it differs, and never the writer', async () => {
    await write(`web@${N1}`, { url: 'http://n1/' });
    expect(await changed()).toEqual([`proxy@${N2}`]);
    await world.settle();
    await write(`web@${N1}`, { url: 'http://n1/' });
    expect(await changed()).toEqual([]);
    expect(await value({ nodeRole: `proxy@${N2}` }, 'url')).toMatchObject({
      value: 'http://n1/',
      writable: false,
      provenance: [{ layer: 'node_role.wall' }],
    });
  });

  it('keeps what it does not mention, and tells of outputs that nobody declared', async () => {
    await write(`web@${N1}`, { url: 'http://n1/' });
    await write(`web@${N1}`, { stray: 1 });
    expect(ok(await world.showNodeRole.execute({ nodeRole: `web@${N1}` })).wall).toEqual({
      web: { url: 'http://n1/' },
    });
    expect(await world.sql(`SELECT data FROM events WHERE kind = 'node_role.outputs_ignored'`)).toEqual([
      { data: { undeclared: ['stray'] } },
    ]);
  });

  it('stays as it was when it would grow too large', async () => {
    await write(`web@${N1}`, { url: 'x'.repeat(300_000) });
    expect(ok(await world.showNodeRole.execute({ nodeRole: `web@${N1}` })).wall).toEqual({});
    expect(await world.events()).toContain('node_role.outputs_ignored');
  });
});
