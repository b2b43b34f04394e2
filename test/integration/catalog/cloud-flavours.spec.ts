/** The flavours of a cloud, bound as `anneal apply` binds them: every role lands where the file puts it, and nowhere else. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTOR, ok, openWorld, type World } from '../model/world.js';
import { FLAVOURS_FOLDER, importCloud, manifestOf } from './cloud-world.js';

const FLAVOURS = readdirSync(FLAVOURS_FOLDER).filter((file) => file.endsWith('.yaml'));

describe('a flavour of a cloud', () => {
  let world: World;
  let flags: ReadonlyMap<string, ReadonlySet<string>>;
  let inputs: ReadonlyMap<string, ReadonlySet<string>>;

  beforeEach(async () => {
    world = await openWorld({ name: 'flavours' });
    const roles = await importCloud(world);
    flags = new Map(roles.map((role) => [role.name, new Set(role.flags)]));
    inputs = new Map(roles.map((role) => [role.name, new Set(role.attribs.map(({ name }) => name))]));
  });
  afterEach(() => world.close());

  it.each(FLAVOURS)('%s brings every role to the node it names, and otherwise only what is implicit', async (file) => {
    const manifest = manifestOf(file);
    const wished = manifest.nodes.flatMap(({ name, roles }) => roles.map((role) => ({ role: role.name, node: name })));
    ok(await world.createDeployment.execute(ACTOR, { name: manifest.name }));
    for (const { name } of manifest.nodes)
      ok(await world.createNode.execute(ACTOR, { name, deployment: manifest.name, alive: true }));

    for (const { name, data } of manifest.roles)
      for (const attrib of Object.keys(data)) expect(inputs.get(name), `${name} in ${file}`).toContain(attrib);

    ok(await world.bulkBind.execute(ACTOR, { deployment: manifest.name, pairs: wished }));
    const named = new Set(wished.map(({ role, node }) => `${role}@${node}`));
    const bound = Object.keys(await world.states()).filter((name) => flags.has(name.split('@')[0]!));
    expect(bound).toEqual(expect.arrayContaining([...named]));
    const along = bound.filter((name) => !named.has(name) && !flags.get(name.split('@')[0]!)!.has('implicit'));
    expect(along).toEqual([]);
  });

  it('with three controllers has each of them beneath everything that all of them carry', async () => {
    const file = 'three-controllers.yaml';
    const manifest = manifestOf(file);
    const controllers = manifest.nodes.filter(({ roles }) => roles.some(({ name }) => name === 'openstack-controller'));
    expect(controllers).toHaveLength(3);
    const everywhere = [
      'openstack-balancer',
      'database',
      'message-queue',
      'memcached',
      'keystone',
      'nova-api',
      'ceph-mon',
    ];
    for (const { roles } of controllers)
      expect(roles.map(({ name }) => name)).toEqual(expect.arrayContaining(everywhere));
    for (const role of everywhere) expect(flags.get(role), role).toContain('cluster');
  });

  it.each(FLAVOURS)('%s is tested only when all that makes it testable is done, on whichever node', async (file) => {
    const manifest = manifestOf(file);
    ok(await world.createDeployment.execute(ACTOR, { name: 'cloud' }));
    for (const name of [...manifest.nodes.map(({ name }) => name), 'tester.lab.test'])
      ok(await world.createNode.execute(ACTOR, { name, deployment: 'cloud', alive: true }));
    const pairs = manifest.nodes.flatMap(({ name, roles }) => roles.map((role) => ({ role: role.name, node: name })));
    const isTester = ({ role }: { readonly role: string }): boolean => TESTER_ROLES.has(role);
    const cloud = pairs.filter((pair) => !isTester(pair));
    // The tester stands apart, and is bound in the middle of the rest: neither order may matter.
    const half = Math.ceil(cloud.length / 2);
    for (const part of [cloud.slice(0, half), pairs.filter(isTester).map(toTester), cloud.slice(half)])
      ok(await world.bulkBind.execute(ACTOR, { deployment: 'cloud', pairs: part }));
    const waitedFor = await world.sql<{ name: string }>(
      `WITH RECURSIVE above(id) AS (
         SELECT nr.id FROM node_roles nr JOIN roles r ON r.id = nr.role_id WHERE r.name = 'openstack-certify'
         UNION SELECT e.parent_id FROM above JOIN node_role_edges e ON e.child_id = above.id
       ) SELECT r.name || '@' || n.name AS name FROM above JOIN node_roles nr ON nr.id = above.id
         JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id`,
    );
    const names = new Set(waitedFor.map(({ name }) => name));
    const testable = cloud.filter(({ role }) => MAKES_TESTABLE.has(role)).map(({ role, node }) => `${role}@${node}`);
    expect(testable).toContain(
      `glance-api@${manifest.nodes.find(({ roles }) => roles.some(({ name }) => name === 'glance-api'))!.name}`,
    );
    expect(testable.filter((name) => !names.has(name))).toEqual([]);
  });
});

const TESTER_ROLES: ReadonlySet<string> = new Set(['tempest-client', 'openstack-certify']);
const toTester = ({ role }: { readonly role: string }) => ({ role, node: 'tester.lab.test' });

/** Without these a suite would find no hypervisor, no volume, no network, no image and no object store. */
const MAKES_TESTABLE: ReadonlySet<string> = new Set([
  ...['glance-api', 'glance-rbd', 'neutron-networks', 'nova-api', 'nova-hosts', 'nova-compute', 'nova-rbd'],
  ...['cinder-api', 'cinder-volume-rbd', 'swift-proxy'],
]);
