/** A cloud of the shipped barclamps that is built, and of which one attribute is changed then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTOR, ok, openWorld, type World } from '../model/world.js';
import { importCloud, manifestOf, type ShippedRole } from './cloud-world.js';

describe.each(['all-in-one.yaml', 'three-controllers.yaml'])('a cloud that was built as %s says', (file) => {
  let world: World;
  let roles: readonly ShippedRole[];

  beforeAll(async () => {
    world = await openWorld({ name: 'cloud-change' });
    roles = await importCloud(world);
    const { nodes } = manifestOf(file);
    ok(await world.createDeployment.execute(ACTOR, { name: 'cloud' }));
    for (const { name } of nodes) ok(await world.createNode.execute(ACTOR, { name, deployment: 'cloud', alive: true }));
    const pairs = nodes.flatMap(({ name, roles: own }) => own.map((role) => ({ role: role.name, node: name })));
    ok(await world.bulkBind.execute(ACTOR, { deployment: 'cloud', pairs }));
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'cloud' }));
    await world.settle();
    expect(new Set(Object.values(await world.states()))).toEqual(new Set(['active']));
  });
  afterAll(() => world.close());

  const namesOf = async (of: readonly { readonly id: string }[]): Promise<string[]> => {
    const rows = await world.sql<{ name: string }>(
      `SELECT r.name || '@' || n.name AS name FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id
       WHERE nr.id = ANY($1::uuid[]) ORDER BY 1`,
      [of.map(({ id }) => id)],
    );
    return rows.map(({ name }) => name);
  };
  /** Who has the attribute and who wants it, by the barclamps as they are written. */
  const concerned = async (attrib: string): Promise<string[]> => {
    const named = new Set(
      roles
        .filter((role) =>
          [...role.attribs, ...role.wants].some((one) => ('name' in one ? one.name : one.attrib) === attrib),
        )
        .map(({ name }) => name),
    );
    return Object.keys(await world.states())
      .filter((name) => named.has(name.split('@')[0]!))
      .sort();
  };
  const set = async (target: object, attrib: string, value: unknown): Promise<void> => {
    ok(await world.setAttrib.execute(ACTOR, { target: target as never, attrib, value: value as never }));
  };
  const preview = async () => ok(await world.previewCommit.execute({ deployment: 'cloud' }));

  /** Nothing but these runs, and the preview has said so. */
  const expectRerun = async (wanted: readonly string[]): Promise<void> => {
    const seen = await preview();
    expect(await namesOf(seen.rerun)).toEqual(wanted);
    expect([seen.added, seen.blocked, seen.notRerun, seen.destructive]).toEqual([[], [], [], []]);
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'cloud' }));
    const marked = await world.sql<{ id: string }>('SELECT id FROM node_roles WHERE dirty');
    expect(await namesOf(marked)).toEqual(wanted);
    await world.settle();
    expect((await preview()).rerun).toEqual([]);
  };

  it('that more workers for images run the image API again, everywhere and nothing else', async () => {
    const wanted = await concerned('glance-workers');
    expect(new Set(wanted.map((name) => name.split('@')[0]))).toEqual(new Set(['glance-api']));
    await set({ deploymentRole: 'glance-api@cloud' }, 'glance-workers', 5);
    await expectRerun(wanted);
  });

  it('that more of them on one node run only the one of that node', async () => {
    const [own] = await concerned('glance-workers');
    await set({ nodeRole: own! }, 'glance-workers', 7);
    await expectRerun([own!]);
  });

  it.each(['openstack-region', 'openstack-release', 'nova-shutdown-timeout', 'keystone-fernet-key'])(
    'that another %s runs those that have or want it',
    async (attrib) => {
      const owner = roles.find((role) => role.attribs.some(({ name }) => name === attrib))!;
      const wanted = await concerned(attrib);
      expect(wanted.length).toBeGreaterThan(0);
      await set({ deploymentRole: `${owner.name}@cloud` }, attrib, OTHERS[attrib]);
      await expectRerun(wanted);
    },
  );

  it('that nothing runs for a value that is the same as before', async () => {
    await set({ deploymentRole: 'glance-api@cloud' }, 'glance-workers', 5);
    await expectRerun([]);
  });
});

const OTHERS: Readonly<Record<string, unknown>> = {
  'openstack-region': 'RegionTwo',
  'openstack-release': 'antelope',
  'nova-shutdown-timeout': 45,
  'keystone-fernet-key': 'A'.repeat(43) + '=',
};
