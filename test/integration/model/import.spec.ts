import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstallSystem } from '#app';
import { TimeOrderedIds } from '#store';
import { ACTOR, attrib, documentOf, JIGS, no, ok, openWorld, role, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld({ name: 'import' });
});
afterEach(() => world.close());

const importing = (barclamp: Parameters<typeof documentOf>[0]) =>
  world.importBarclamp.execute(ACTOR, documentOf(barclamp));

describe('installing', () => {
  it('makes the system deployment with its phantom node, the jigs and the settings, once', async () => {
    const again = await world.installSystem.execute('test');
    expect(again.made).toEqual([]);
    const system = ok(await world.showDeployment.execute({ deployment: 'system' }));
    expect(system).toMatchObject({ id: again.systemDeploymentId, system: true, state: 'active', parent: null });
    const { items } = ok(await world.listNodes.execute({}));
    expect(items).toMatchObject([{ name: 'system.phantom.anneal.alt', system: true, alive: true, state: 'active' }]);
    expect((await world.listJigs.execute()).map(({ name }) => name)).toEqual(JIGS.map(({ name }) => name).sort());
    expect(await world.events()).toEqual(['installation.made']);
  });

  it('is done once by processes that start together', async () => {
    const fresh = await openWorld({ name: 'together' });
    try {
      await fresh.sql(`DELETE FROM nodes`);
      await fresh.sql(`DELETE FROM deployments`);
      const ids = await Promise.all([1, 2, 3, 4].map(() => fresh.installSystem.execute('test')));
      expect(new Set(ids.map(({ systemDeploymentId }) => systemDeploymentId)).size).toBe(1);
      expect(await fresh.sql(`SELECT FROM nodes WHERE system`)).toHaveLength(1);
    } finally {
      await fresh.close();
    }
  });
});

describe('importing a barclamp', () => {
  it('keeps its roles and attributes, and binds names late', async () => {
    const first = ok(
      await importing({
        name: 'dns',
        roles: [role('dns-server', { requires: ['network'], attribs: [attrib('dns-domain')] })],
      }),
    );
    expect(first.outline).toMatchObject({
      created: ['dns-server'],
      unresolved: [{ role: 'dns-server', requires: 'network' }],
    });
    expect(ok(await world.showRole.execute({ role: 'dns-server' }))).toMatchObject({
      requires: [{ name: 'network', resolved: false }],
      cohort: 1,
    });

    ok(await importing({ name: 'net', roles: [role('network', { requires: ['cable'] }), role('cable')] }));
    expect(ok(await world.showRole.execute({ role: 'dns-server' }))).toMatchObject({
      requires: [{ name: 'network', resolved: true }],
      cohort: 2,
    });
    expect(await world.events()).toEqual(['installation.made', 'barclamp.imported', 'barclamp.imported']);
  });

  it('does nothing when the same content comes again', async () => {
    ok(await importing({ name: 'dns', roles: [role('dns-server')] }));
    const before = ok(await world.showRole.execute({ role: 'dns-server' }));
    const again = ok(await importing({ name: 'dns', roles: [role('dns-server')] }));
    expect(again.changed).toBe(false);
    expect(ok(await world.showRole.execute({ role: 'dns-server' })).version).toBe(before.version);
  });

  it('refuses roles that wait for each other in a circle with the path, and writes nothing', async () => {
    ok(await importing({ name: 'one', roles: [role('a', { requires: ['b'] })] }));
    const refusal = no(
      await importing({
        name: 'two',
        roles: [role('b', { requires: ['c'] }), role('c', { attaches: ['b'], requires: ['a'] })],
      }),
    );
    expect(refusal.code).toBe('cycle');
    expect(refusal.detail).toContain('→');
    expect(ok(await world.listBarclamps.execute({})).items.map(({ name }) => name)).toEqual(['one']);
  });

  it('finds a circle that goes through a wanted attribute', async () => {
    ok(await importing({ name: 'one', roles: [role('a', { attribs: [attrib('color')], requires: ['b'] })] }));
    const refusal = no(await importing({ name: 'two', roles: [role('b', { wants: [{ attrib: 'color' }] })] }));
    expect(refusal).toMatchObject({ code: 'cycle' });
  });

  it.each([
    ['a role that another barclamp owns', { name: 'two', roles: [role('a')] }, 'conflict', 'belongs to one'],
    [
      'an attribute that another barclamp owns',
      { name: 'two', roles: [role('b', { attribs: [attrib('color')] })] },
      'conflict',
      'color belongs to one',
    ],
    ['a jig nobody knows', { name: 'two', roles: [role('b', { jig: 'chef' })] }, 'invalid', 'chef'],
    ['a parent that is missing', { name: 'two', parent: 'base' }, 'unresolved-requirement', 'base'],
    [
      'a required barclamp that is missing',
      { name: 'two', requires: ['base'] },
      'unresolved-requirement',
      'import these first',
    ],
  ])('refuses %s', async (_, barclamp, code, words) => {
    ok(await importing({ name: 'one', roles: [role('a', { attribs: [attrib('color')] })] }));
    const refusal = no(await importing(barclamp));
    expect(refusal.code).toBe(code);
    expect(refusal.detail).toContain(words);
  });

  it('takes a jig of its own, switched off while nothing here carries it out', async () => {
    ok(
      await importing({
        name: 'chef',
        jigs: [{ name: 'chef', description: 'runs chef', clientRole: 'chef-client' }],
        roles: [role('chef-client'), role('cook', { jig: 'chef' })],
      }),
    );
    expect(await world.listJigs.execute()).toContainEqual(
      expect.objectContaining({ name: 'chef', active: false, clientRole: 'chef-client' }),
    );
    expect(ok(await world.showRole.execute({ role: 'cook' })).cohort).toBe(1);
    expect(no(await world.switchJig.execute(ACTOR, { jig: 'chef', active: true })).code).toBe('jig-inactive');
  });

  it('has that jig switched on by the first start of a process that can carry it out, unless somebody switched it', async () => {
    const later = [...JIGS, ...['puppet', 'salt'].map((name) => ({ name, description: `Runs ${name}.` }))];
    const start = () =>
      new InstallSystem({ unitOfWork: world.unitOfWork, ids: new TimeOrderedIds(), jigs: later }).execute('test');
    const stateOf = async (name: string) =>
      (await world.listJigs.execute()).find((jig) => jig.name === name) ?? { active: null };
    ok(
      await importing({
        name: 'puppets',
        jigs: ['puppet', 'salt'].map((name) => ({ name, description: `runs ${name}` })),
        roles: [role('string', { jig: 'puppet' }), role('pan', { jig: 'salt' })],
      }),
    );
    ok(await world.switchJig.execute(ACTOR, { jig: 'salt', active: false }));
    const again = await world.installSystem.execute('test');
    expect([again.made, (await stateOf('puppet')).active]).toEqual([[], false]);
    expect((await start()).made).toEqual(['jig puppet']);
    expect([(await stateOf('puppet')).active, (await stateOf('salt')).active]).toEqual([true, false]);
    // What was switched off afterwards stays so, and another start writes nothing.
    ok(await world.switchJig.execute(ACTOR, { jig: 'puppet', active: false }));
    expect((await start()).made).toEqual([]);
    expect((await stateOf('puppet')).active).toBe(false);
  });

  it('deletes roles and attributes that vanished, and retires those in use', async () => {
    ok(
      await importing({
        name: 'web',
        roles: [role('used', { attribs: [attrib('port')] }), role('unused', { attribs: [attrib('path')] })],
      }),
    );
    ok(await world.createNode.execute(ACTOR, { name: 'n1.example.com' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'used', node: 'n1.example.com' }));
    const { outline } = ok(await importing({ name: 'web', version: '2', roles: [role('new')] }));
    expect(outline).toMatchObject({
      created: ['new'],
      deleted: ['unused'],
      retired: ['used'],
      attribsRetired: ['port'],
    });
    expect(no(await world.showRole.execute({ role: 'unused' })).code).toBe('not-found');
    expect(ok(await world.showRole.execute({ role: 'used' })).retired).toBe(true);
    expect(no(await world.showAttrib.execute({ attrib: 'path' })).code).toBe('not-found');
    ok(await world.createNode.execute(ACTOR, { name: 'n2.example.com' }));
    expect(no(await world.bindRole.execute(ACTOR, { role: 'used', node: 'n2.example.com' })).detail).toContain(
      'gone from its barclamp',
    );

    ok(await importing({ name: 'web', version: '3', roles: [role('used', { attribs: [attrib('port')] })] }));
    expect(ok(await world.showRole.execute({ role: 'used' })).retired).toBe(false);
    ok(await world.bindRole.execute(ACTOR, { role: 'used', node: 'n2.example.com' }));
  });

  it('lets go of a node whose error no longer freezes it, and the reverse', async () => {
    const web = (version: string, onError: 'node' | 'descendants') =>
      importing({ name: 'web', version, roles: [role('server', { onError })] });
    const n1 = async () => ok(await world.showNode.execute({ node: 'n1.example.com' }));
    ok(await web('1', 'node'));
    ok(await world.createNode.execute(ACTOR, { name: 'n1.example.com' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'server', node: 'n1.example.com' }));
    await world.sql(`UPDATE node_roles SET state = -1 WHERE role_id = (SELECT id FROM roles WHERE name = 'server')`);
    await world.sql(`UPDATE nodes SET frozen = 1 WHERE name = 'n1.example.com'`);

    ok(await web('2', 'descendants'));
    expect((await n1()).frozen).toBe(0);
    ok(await web('3', 'node'));
    expect((await n1()).frozen).toBe(1);
    expect((await world.events()).filter((kind) => /thawed|frozen/.test(kind))).toEqual(['node.thawed', 'node.frozen']);
  });

  it('keeps an attribute that vanished while another barclamp wants it', async () => {
    ok(await importing({ name: 'a', roles: [role('owner', { attribs: [attrib('color')] })] }));
    ok(await importing({ name: 'b', roles: [role('reader', { wants: [{ attrib: 'color' }] })] }));
    const { outline } = ok(await importing({ name: 'a', version: '2', roles: [role('owner')] }));
    expect(outline).toMatchObject({ attribsRetired: ['color'], attribsDeleted: [] });
  });

  it('keeps role-level data that an operator changed, and says so', async () => {
    ok(
      await importing({
        name: 'web',
        roles: [role('web', { template: { port: 80 }, attribs: [attrib('port', { schema: { type: 'integer' } })] })],
      }),
    );
    ok(await world.setAttrib.execute(ACTOR, { target: { role: 'web' }, attrib: 'port', value: 8080 }));
    const { outline } = ok(
      await importing({
        name: 'web',
        version: '2',
        roles: [role('web', { template: { port: 81 }, attribs: [attrib('port', { schema: { type: 'integer' } })] })],
      }),
    );
    expect(outline.templatesKept).toEqual(['web']);
    expect(ok(await world.showRole.execute({ role: 'web' })).template).toEqual({ port: 8080 });
  });

  it('keeps the place of a hook whose role is imported again', async () => {
    const events = [{ on: 'node.*', do: 'rerun' as const, deadlineSeconds: 10 }];
    ok(await importing({ name: 'db', roles: [role('database', { events })] }));
    await world.sql(`UPDATE hooks SET position = 1`);
    ok(
      await importing({
        name: 'db',
        version: '2',
        roles: [role('database', { events: [...events, { on: 'network.*', do: 'rerun', deadlineSeconds: 10 }] })],
      }),
    );
    const hooks = await world.sql<{ name: string; position: string }>(`SELECT name, position FROM hooks ORDER BY name`);
    expect(hooks).toEqual([
      { name: 'role database 1: rerun on node.*', position: '1' },
      { name: 'role database 2: rerun on network.*', position: '2' },
    ]);
  });

  it('is undone as a whole when nothing uses it, and refused while something does', async () => {
    ok(await importing({ name: 'web', roles: [role('web')] }));
    ok(await world.createNode.execute(ACTOR, { name: 'n1.example.com' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'web', node: 'n1.example.com' }));
    expect(no(await world.deleteBarclamp.execute(ACTOR, { barclamp: 'web' }))).toMatchObject({ code: 'still-bound' });
    ok(await world.unbindNodeRole.execute(ACTOR, { nodeRole: 'web@n1.example.com' }));
    ok(await world.removeDeploymentRole.execute(ACTOR, { deploymentRole: 'web@system' }));
    expect(ok(await world.deleteBarclamp.execute(ACTOR, { barclamp: 'web' }))).toEqual({ deleted: 'web' });
    expect(no(await world.showRole.execute({ role: 'web' })).code).toBe('not-found');
  });
});
