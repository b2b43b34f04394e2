import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImportShippedBootenvs } from '#app';
import { ShippedBootenvFolder } from '#catalog';
import { TimeOrderedIds } from '#store';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

/** Which operating system an install gets is what its commit froze (R27). */
describe('the operating system of an install', () => {
  let world: World;
  let number = 0;
  let [deployment, node, nodeRole] = ['', '', ''];

  /** The default that the role was declared with. */
  const defaultTo = (os: string) =>
    world.import({
      name: 'metal',
      roles: [
        role('managed'),
        role('put-os', {
          ...{ jig: 'install', flags: ['destructive'], requires: ['managed'] },
          attribs: [attrib('target-os', { default: os })],
        }),
      ],
    });
  const addImage = async (name: string) =>
    ok(
      await world.images.create.execute(ACTOR, {
        ...{ name, description: '', kind: 'image', compression: 'zstd', bootenv: 'install' },
        os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
        ...{
          sha256: 'a'.repeat(64),
          bytes: 1_024,
          rawBytes: 4_096,
          layouts: ['plain'],
          firmware: ['bios'],
          errors: [],
        },
      }),
    );
  const commit = () => world.commitDeployment.execute(ACTOR, { deployment });
  const preview = () => world.previewCommit.execute({ deployment });
  const shown = async () => ok(await world.readAttrib.execute({ nodeRole }, 'target-os'));
  /** What a run that is planned now would be given. */
  const staged = async () => {
    const [{ id }] = (await world.sql<{ id: never }>(
      `SELECT nr.id FROM node_roles nr JOIN nodes n ON n.id = nr.node_id JOIN roles r ON r.id = nr.role_id WHERE r.name = 'put-os' AND n.name = $1`,
      [node],
    )) as [{ id: never }];
    return world.unitOfWork.read(async (tx) => (await tx.attribs.stage([id])).get(id)?.attribs['target-os']);
  };
  const set = async (target: { nodeRole: string } | { deploymentRole: string } | { role: string }, value: string) =>
    ok(await world.setAttrib.execute(ACTOR, { target, attrib: 'target-os', value }));

  beforeAll(async () => {
    world = await openWorld({ name: 'frozen_systems' });
    const { unitOfWork } = world;
    await new ImportShippedBootenvs({ unitOfWork, ids: new TimeOrderedIds() }, new ShippedBootenvFolder()).execute('x');
    for (const name of ['debian-12', 'debian-13', 'golden-1']) await addImage(name);
    await world.sql(`UPDATE images SET errors = '{}'`);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    number += 1;
    [deployment, node] = [`d${number}`, `n${number}.example.com`];
    nodeRole = `put-os@${node}`;
    await defaultTo('debian-12');
    ok(await world.setAttrib.execute(ACTOR, { target: { role: 'put-os' }, attrib: 'target-os', value: undefined }));
    ok(await world.createDeployment.execute(ACTOR, { name: deployment }));
    ok(await world.createNode.execute(ACTOR, { name: node, deployment }));
    for (const each of ['managed', 'put-os']) ok(await world.bindRole.execute(ACTOR, { role: each, node }));
  });

  it('R27: is what the commit froze: a default that changes later counts from the next commit on', async () => {
    ok(await commit());
    await defaultTo('debian-13');
    expect(await staged()).toBe('debian-12');
    expect(await shown()).toMatchObject({ value: 'debian-12', proposed: { value: 'debian-13' } });
    expect((await shown()).provenance).toMatchObject([{ layer: 'node_role.system' }]);
    await set({ role: 'put-os' }, 'golden-1');
    expect(await staged()).toBe('debian-12');

    ok(await commit());
    expect(await staged()).toBe('golden-1');
  });

  it.each([
    ['a node', async () => void ok(await world.commitNode.execute(ACTOR, { node }))],
    ['a noderole', async () => void ok(await world.commitNodeRole.execute(ACTOR, { nodeRole }))],
  ])('is frozen by the commit of %s alone as well', async (_, commitIt) => {
    await commitIt();
    await defaultTo('debian-13');
    expect(await staged()).toBe('debian-12');
  });

  it('is what the deployment says before the default, and what the node says before both', async () => {
    await set({ deploymentRole: `put-os@${deployment}` }, 'debian-13');
    ok(await commit());
    expect(await staged()).toBe('debian-13');
    await set({ deploymentRole: `put-os@${deployment}` }, 'golden-1');
    expect(await staged()).toBe('debian-13');
    ok(await commit());
    expect(await staged()).toBe('golden-1');
    await set({ nodeRole }, 'debian-12');
    ok(await commit());
    expect(await staged()).toBe('debian-12');
  });

  it('R27: is refused by the preview as by the commit, with the reason, when it is not available', async () => {
    await set({ deploymentRole: `put-os@${deployment}` }, 'plan9');
    for (const refusal of [no(await preview()), no(await commit())])
      expect(refusal).toMatchObject({
        code: 'wrong-state',
        detail: expect.stringContaining(`there is no image "plan9" for ${node}`) as string,
      });
    await set({ nodeRole }, 'debian-13');
    expect(ok(await preview()).added.map(({ name }) => name)).toContain(nodeRole);
    ok(await commit());
    expect(await staged()).toBe('debian-13');
  });

  it('of a wish that is still worked at may be one that is not there yet: it shows what would come along', async () => {
    await set({ deploymentRole: `put-os@${deployment}` }, 'plan9');
    expect(no(await preview()).code).toBe('wrong-state');
    const wished = await world.previewWish.execute(ACTOR, { deployment, bind: [] });
    expect(ok(wished).added.map(({ name }) => name)).toContain(nodeRole);
  });

  it('of those that wait already keeps nobody from committing something else', async () => {
    ok(await commit());
    await defaultTo('plan9');
    ok(await preview());
    ok(await commit());
    expect(await staged()).toBe('plan9');
  });
});
