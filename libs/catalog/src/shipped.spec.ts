import { beforeAll, describe, expect, it } from 'vitest';
import {
  BindView,
  idOf,
  isRefusal,
  planBinding,
  RoleCatalog,
  roleCohorts,
  type BindNode,
  type BindRole,
  type DeploymentId,
  type RoleId,
} from '#core';
import { JIGS } from '#jigs/described';
import {
  describeProblem,
  listShipped,
  loadShipped,
  loadTogether,
  sourceOf,
  type BarclampDocument,
  type RoleDocument,
} from './index.js';

/** The default graph, with the roles that only Chef needed left out: cohort ← the longest way from a root. */
const COHORTS: Readonly<Record<string, number>> = {
  'network-server': 0,
  'deployer-client': 0,
  'network-admin': 1,
  'bmc-discover': 1,
  'bmc-configure': 2,
  'firmware-mode': 1,
  'bios-settings': 1,
  'raid-controller': 1,
  'raid-software': 1,
  'burn-in': 1,
  'burn-in-listener': 1,
  'burn-in-network': 2,
  'dns-server': 2,
  'hardware-disk-erase': 8,
  'dns-client': 3,
  'dns-database': 3,
  'logging-server': 4,
  'ntp-server': 4,
  'logging-client': 5,
  'ntp-client': 5,
  'provisioner-server': 5,
  'provisioner-repos': 6,
  'provisioner-dhcp-server': 6,
  'provisioner-dhcp-database': 7,
  'crowbar-managed-node': 7,
  'provisioner-os-install': 8,
  'crowbar-admin-node': 8,
  'crowbar-installed-node': 9,
};

const SYSTEM = idOf<DeploymentId>('system');

/** Nodes, and roles bound to them by the rules of core. Ids are names. */
class World {
  private readonly view: BindView;
  private made = 0;

  constructor(
    private readonly catalog: RoleCatalog,
    nodes: readonly string[],
  ) {
    this.view = new BindView({
      nodeRoles: [],
      edges: [],
      deployments: [{ id: SYSTEM, name: 'system', parentId: null }],
      nodes: nodes.map((name): BindNode => ({
        id: idOf(name),
        name,
        system: false,
        admin: false,
        deploymentId: SYSTEM,
      })),
    });
  }

  bind(role: string, node: string): string | undefined {
    const request = { roleId: idOf<RoleId>(role), nodeId: idOf<BindNode['id']>(node), deploymentId: SYSTEM };
    const plan = planBinding(this.catalog, this.view, request, () => idOf(`noderole-${(this.made += 1)}`));
    if (isRefusal(plan)) return plan.code;
    this.view.apply(plan);
    this.parents.push(...plan.edges.map((edge) => [this.nameOf(edge.childId), this.nameOf(edge.parentId)] as const));
    return undefined;
  }

  rolesOn(node: string): string[] {
    return this.view
      .onNode(idOf(node))
      .map((nodeRole) => String(nodeRole.roleId))
      .sort();
  }

  parentsOf(noderole: string): string[] {
    return this.parents
      .filter(([child]) => child === noderole)
      .map(([, parent]) => parent)
      .sort();
  }

  private readonly parents: (readonly [string, string])[] = [];

  private nameOf(id: Parameters<BindView['nodeRole']>[0]): string {
    const nodeRole = this.view.nodeRole(id);
    return `${nodeRole.roleId}@${nodeRole.nodeId}`;
  }
}

describe('the shipped barclamps', () => {
  let barclamps: readonly BarclampDocument[];
  let roles: ReadonlyMap<string, RoleDocument>;
  let catalog: RoleCatalog;

  beforeAll(async () => {
    barclamps = await loadShipped();
    roles = new Map(barclamps.flatMap((barclamp) => barclamp.roles).map((role) => [role.name, role]));
    const owners = new Map<string, string | null>(
      barclamps.flatMap((one) => one.attribs.map((attrib) => [attrib.name, null])),
    );
    for (const role of roles.values())
      for (const attrib of [...role.attribs, ...role.outputs]) owners.set(attrib.name, role.name);
    catalog = new RoleCatalog(
      [...roles.values()].map((role): BindRole => ({
        id: idOf(role.name),
        name: role.name,
        jig: role.jig,
        jigActive: true,
        flags: new Set(role.flags),
        requires: role.requires.map((name) => ({ name, roleId: roles.has(name) ? idOf(name) : null })),
        precedes: role.preceeds,
        provides: role.provides,
        conflicts: role.conflicts,
        wants: role.wants.map(({ attrib }) => {
          const owner = owners.get(attrib);
          if (owner === undefined) return { attrib, owner: { kind: 'unknown' } };
          return { attrib, owner: owner === null ? { kind: 'node' } : { kind: 'role', roleId: idOf(owner) } };
        }),
      })),
    );
  });

  it('can be imported one after the other, and then nothing is unresolved', async () => {
    const sources = await Promise.all((await listShipped()).map(sourceOf));
    const known = { roles: {}, attribs: {}, jigs: JIGS.map(({ name }) => name) };
    const result = loadTogether(sources, { known });
    expect('problems' in result ? result.problems.map(describeProblem) : result.warnings).toEqual([]);
    const seen = new Set<string>();
    for (const barclamp of barclamps) {
      for (const name of barclamp.requires) expect(seen, `${barclamp.name} requires ${name}`).toContain(name);
      seen.add(barclamp.name);
    }
  });

  it('say of every barclamp, role and attribute what it is for', () => {
    for (const barclamp of barclamps) {
      expect(barclamp.description, barclamp.name).not.toBe('');
      for (const role of barclamp.roles) {
        expect(role.description, role.name).toMatch(/\.$/);
        for (const attrib of [...role.attribs, ...role.outputs]) expect(attrib.description, attrib.name).toMatch(/\.$/);
      }
    }
  });

  it('form the default graph', () => {
    const ground = new Set(['test', 'workload', 'certification', 'openstack_base']);
    // What stands on the ground of a cloud is a cloud's; the documents come in an order in which they can be imported.
    for (const { name, requires } of barclamps) if (requires.includes('openstack_base')) ground.add(name);
    const system = barclamps.filter(({ name }) => !ground.has(name));
    const orders = system
      .flatMap((barclamp) => barclamp.roles)
      .filter((role) => role.name !== 'provisioner-os-present')
      .map((role) => ({ name: role.name, requires: role.requires, precedes: role.preceeds }));
    expect(Object.fromEntries(roleCohorts(orders))).toEqual(COHORTS);
  });

  it('bring thirteen noderoles to an admin node through its one bootstrap role', () => {
    const bootstrap = [...roles.values()].filter((role) => role.flags.includes('bootstrap')).map((role) => role.name);
    expect(bootstrap).toEqual(['crowbar-admin-node']);
    const world = new World(catalog, ['admin']);
    expect(world.bind('crowbar-admin-node', 'admin')).toBeUndefined();
    expect(world.rolesOn('admin')).toEqual(
      [
        ...['network-server', 'deployer-client', 'network-admin', 'dns-server', 'dns-client', 'dns-database'],
        ...['logging-server', 'ntp-server', 'provisioner-server', 'provisioner-repos', 'provisioner-dhcp-server'],
        ...['provisioner-dhcp-database', 'crowbar-admin-node'],
      ].sort(),
    );
  });

  it('bring seven noderoles to a discovered node, whose servers are on the admin node', () => {
    const discovery = [...roles.values()].filter((role) => role.flags.includes('discovery')).map((role) => role.name);
    expect(discovery).toEqual(['crowbar-managed-node']);
    const world = new World(catalog, ['admin', 'node']);
    world.bind('crowbar-admin-node', 'admin');
    expect(world.bind('crowbar-managed-node', 'node')).toBeUndefined();
    expect(world.rolesOn('node')).toEqual(
      [
        ...['deployer-client', 'network-admin', 'dns-client', 'logging-client', 'ntp-client', 'provisioner-repos'],
        'crowbar-managed-node',
      ].sort(),
    );
    expect(world.parentsOf('network-admin@node')).toEqual(['deployer-client@node', 'network-server@admin']);
    expect(world.parentsOf('dns-client@node')).toEqual(['dns-server@admin', 'network-admin@node']);
    expect(world.parentsOf('logging-client@node')).toEqual(['dns-client@node', 'logging-server@admin']);
    expect(world.parentsOf('ntp-client@node')).toEqual(['dns-client@node', 'ntp-server@admin']);
    expect(world.parentsOf('provisioner-repos@node')).toEqual(['provisioner-server@admin']);
  });

  it('install an operating system only on a node that has been discovered, and never on another one for it', () => {
    const world = new World(catalog, ['admin', 'node', 'other']);
    world.bind('crowbar-admin-node', 'admin');
    world.bind('crowbar-managed-node', 'node');
    world.bind('crowbar-managed-node', 'other');
    expect(world.bind('provisioner-os-install', 'other')).toBeUndefined();
    expect(world.parentsOf('provisioner-os-install@other')).toEqual([
      'crowbar-managed-node@other',
      'provisioner-dhcp-server@admin',
    ]);
    expect(world.bind('crowbar-installed-node', 'node')).toBeUndefined();
    expect(world.parentsOf('crowbar-installed-node@node')).toEqual([
      'crowbar-managed-node@node',
      'provisioner-os-install@node',
    ]);
  });

  it('take an operating system that is there for one that was installed', () => {
    const world = new World(catalog, ['admin', 'node']);
    world.bind('crowbar-admin-node', 'admin');
    expect(world.bind('provisioner-os-present', 'node')).toBeUndefined();
    expect(world.bind('crowbar-installed-node', 'node')).toBeUndefined();
    expect(world.parentsOf('crowbar-installed-node@node')).toEqual([
      'crowbar-managed-node@node',
      'provisioner-os-present@node',
    ]);
    expect(world.rolesOn('node')).not.toContain('provisioner-os-install');
  });

  it('destroy nothing by themselves: only what an operator binds does, and it is marked', () => {
    const destroys = [...roles.values()].filter((role) => role.flags.includes('destructive'));
    expect(destroys.map((role) => role.name)).toContain('provisioner-os-install');
    for (const role of destroys) expect(role.flags, role.name).not.toContain('discovery');
  });

  it('make a balancer wait for every web server, and bring each node what it stands on', () => {
    const world = new World(catalog, ['a', 'b', 'c']);
    for (const [role, node] of [
      ['lab-rsyslog-server', 'c'],
      ['lab-web-server', 'a'],
      ['lab-web-server', 'b'],
      ['lab-web-balancer', 'c'],
    ] as const) {
      expect(world.bind(role, node)).toBeUndefined();
    }
    const base = ['lab-base', 'lab-chrony', 'lab-motd', 'lab-rsyslog-client'];
    expect(world.rolesOn('a')).toEqual([...base, 'lab-web-server'].sort());
    expect(world.rolesOn('c')).toEqual([...base, 'lab-rsyslog-server', 'lab-web-balancer'].sort());
    expect(world.parentsOf('lab-web-balancer@c')).toEqual(['lab-base@c', 'lab-web-server@a', 'lab-web-server@b']);
    expect(world.parentsOf('lab-rsyslog-client@a')).toEqual(['lab-rsyslog-server@c']);
  });

  it('let only the test jig carry out the roles of the test barclamp', () => {
    const test = barclamps.find((barclamp) => barclamp.name === 'test')!;
    expect(new Set(test.roles.map((role) => role.jig))).toEqual(new Set(['test']));
  });
});
