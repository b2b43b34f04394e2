import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, type DeploymentId, type NodeId, type NodeRoleId, type RoleId } from '../base/ids.js';
import { isRefusal, type Refusal } from '../base/refusal.js';
import type { NodeRoleState } from '../noderole/states.js';
import { planBinding } from './bind.js';
import type { BindingPlan } from './binding-plan.js';
import { BindView, type BindDeployment, type BindNode, type BoundNodeRole } from './bind-view.js';
import { COHORT_MAX, longestPaths } from './cohort.js';
import type { Edge } from './graph.js';
import { RoleCatalog, type BindRole, type RoleFlag } from './role-catalog.js';

/** A role in short: what it requires, and whatever else is not the default. Ids are names. */
interface RoleSketch {
  readonly requires?: readonly string[];
  readonly flags?: readonly RoleFlag[];
  readonly provides?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly precedes?: readonly string[];
  /** attribute → owner */
  readonly wants?: Readonly<Record<string, string | null>>;
  readonly jig?: string;
  readonly jigActive?: boolean;
}

const roleOf = (name: string, sketch: RoleSketch, known: ReadonlySet<string>): BindRole => ({
  id: idOf<RoleId>(name),
  name,
  jig: sketch.jig ?? 'noop',
  jigActive: sketch.jigActive ?? true,
  flags: new Set(sketch.flags ?? []),
  requires: (sketch.requires ?? []).map((required) => ({
    name: required,
    roleId: known.has(required) ? idOf<RoleId>(required) : null,
  })),
  precedes: sketch.precedes ?? [],
  provides: sketch.provides ?? [],
  conflicts: sketch.conflicts ?? [],
  wants: Object.entries(sketch.wants ?? {}).map(([attrib, owner]) => ({
    attrib,
    owner:
      owner === null
        ? { kind: 'unknown' }
        : owner === 'node'
          ? { kind: 'node' }
          : { kind: 'role', roleId: idOf<RoleId>(owner) },
  })),
});

/** Deployments `system` ← `web`, and `system` ← `storage`; nodes n1, n2, … in web, and a phantom node for each deployment. */
class World {
  readonly catalog: RoleCatalog;
  readonly nodeRoles: BoundNodeRole[] = [];
  readonly edges: Edge[] = [];
  readonly nodes: BindNode[];
  readonly deployments: BindDeployment[] = [
    { id: idOf('system'), name: 'system', parentId: null },
    { id: idOf('web'), name: 'web', parentId: idOf('system') },
    { id: idOf('storage'), name: 'storage', parentId: idOf('system') },
  ];

  constructor(roles: Readonly<Record<string, RoleSketch>>) {
    const known = new Set(Object.keys(roles));
    this.catalog = new RoleCatalog(Object.entries(roles).map(([name, sketch]) => roleOf(name, sketch, known)));
    const real = ['admin', 'n1', 'n2', 'n3'].map((name) => ({
      id: idOf<NodeId>(name),
      name,
      system: false,
      admin: false,
      deploymentId: idOf<DeploymentId>('web'),
    }));
    const phantoms = ['system', 'web'].map((name) => ({
      id: idOf<NodeId>(`phantom-${name}`),
      name: `phantom-${name}`,
      system: true,
      admin: false,
      deploymentId: idOf<DeploymentId>(name),
    }));
    this.nodes = [...real, ...phantoms];
  }

  /** Puts a noderole there, `role/node`, whatever its role needs. */
  has(name: string, deployment = 'web', state: NodeRoleState = 'active'): this {
    const [role, node] = name.split('/') as [string, string];
    this.nodeRoles.push({
      id: idOf(name),
      roleId: idOf(role),
      nodeId: idOf(node),
      deploymentId: idOf(deployment),
      state,
      cohort: 0,
      unmet: 0,
    });
    return this;
  }

  /** `parent → child` between noderoles that are there. */
  joined(parent: string, child: string, also: Partial<Edge> = {}): this {
    this.edges.push({ parentId: idOf(parent), childId: idOf(child), soft: false, pending: false, ...also });
    return this;
  }

  bind(name: string, deployment = 'web'): BindingPlan | Refusal {
    const [role, node] = name.split('/') as [string, string];
    let made = 0;
    return planBinding(
      this.catalog,
      new BindView(this),
      { roleId: idOf(role), nodeId: idOf(node), deploymentId: idOf(deployment) },
      () => idOf(`new${(made += 1)}`),
    );
  }

  /** The plan as lines of text: `parent → child (why)`, and `+ role/node cohort unmet`. */
  draw(name: string, deployment = 'web'): string[] {
    const plan = this.bind(name, deployment);
    if (isRefusal(plan)) return [plan.detail];
    const names = new Map<NodeRoleId, string>(this.nodeRoles.map(({ id }) => [id, id]));
    for (const { id, roleId, nodeId } of plan.nodeRoles) names.set(id, `${roleId}/${nodeId}`);
    return [
      ...plan.nodeRoles.map(({ id, cohort, unmet }) => `+ ${names.get(id)} cohort ${cohort} unmet ${unmet}`),
      ...plan.edges.map(
        ({ parentId, childId, why, soft, pending }) =>
          `${names.get(parentId)} ${soft ? '⇢' : '→'} ${names.get(childId)} (${why}${pending ? ', pending' : ''})`,
      ),
      ...plan.links.map(
        ({ parentId, childId, attrib }) => `${names.get(childId)} reads ${attrib} of ${names.get(parentId)}`,
      ),
      ...[...plan.cohorts].map(([id, cohort]) => `${names.get(id)} cohort ${cohort}`),
      ...[...plan.unmet].map(([id, unmet]) => `${names.get(id)} unmet ${unmet}`),
    ];
  }
}

const refusalOf = (answer: BindingPlan | Refusal): Refusal => {
  if (!isRefusal(answer)) throw new Error('it was not refused');
  return answer;
};

describe('binding a role', () => {
  //  a ← b ← c
  it('binds along, on the same node, what is bound nowhere', () => {
    const world = new World({ a: {}, b: { requires: ['a'] }, c: { requires: ['b'] } });
    expect(world.draw('c/n1')).toEqual([
      '+ a/n1 cohort 0 unmet 0',
      '+ b/n1 cohort 1 unmet 1',
      '+ c/n1 cohort 2 unmet 1',
      'a/n1 → b/n1 (created)',
      'b/n1 → c/n1 (created)',
    ]);
  });

  it('takes a parent from its own node before any other, in whatever deployment that is', () => {
    const world = new World({ a: {}, b: { requires: ['a'] } }).has('a/n1', 'storage').has('a/n2');
    expect(world.draw('b/n1')).toEqual(['+ b/n1 cohort 1 unmet 0', 'a/n1 → b/n1 (same-node)']);
  });

  it('takes a provider on its own node before the role itself elsewhere', () => {
    const world = new World({ a: {}, a2: { provides: ['a'] }, b: { requires: ['a'] } }).has('a2/n1').has('a/n2');
    expect(world.draw('b/n1')).toEqual(['+ b/n1 cohort 1 unmet 0', 'a2/n1 → b/n1 (provider-on-node)']);
  });

  it('takes a parent from its deployment, from the node with the lowest name whatever the states', () => {
    const world = new World({ a: {}, b: { requires: ['a'] } })
      .has('a/n3', 'web', 'active')
      .has('a/n2', 'web', 'error')
      .has('a/admin', 'system');
    expect(world.draw('b/n1')).toEqual(['+ b/n1 cohort 1 unmet 1', 'a/n2 → b/n1 (deployment)']);
    const plan = world.bind('b/n1') as BindingPlan;
    expect(plan.edges[0]?.candidates).toEqual(['a/n2', 'a/n3']);
  });

  it('takes a provider in its deployment before the role itself in the deployment above', () => {
    const world = new World({ a: {}, a2: { provides: ['a'] }, b: { requires: ['a'] } })
      .has('a2/n2')
      .has('a/admin', 'system');
    expect(world.draw('b/n1')).toContain('a2/n2 → b/n1 (provider-in-deployment)');
  });

  it('looks in the deployments above, never in one beside', () => {
    const world = new World({ a: {}, b: { requires: ['a'] } }).has('a/n2', 'storage');
    expect(world.draw('b/n1')).toContain('a/n1 → b/n1 (created)');
    world.has('a/admin', 'system');
    expect(world.draw('b/n1')).toContain('a/admin → b/n1 (ancestor-deployment)');
  });

  it('never takes an implicit parent from another node', () => {
    const world = new World({ a: { flags: ['implicit'] }, b: { requires: ['a'] } })
      .has('a/n2')
      .has('a/admin', 'system');
    expect(world.draw('b/n1')).toContain('a/n1 → b/n1 (created)');
  });

  it('binds a service that is bound nowhere to the node that stands in for the deployment', () => {
    const world = new World({ dns: { flags: ['service'] }, b: { requires: ['dns'] } });
    expect(world.draw('b/n1')).toContain('dns/phantom-web → b/n1 (created)');
    expect(world.draw('b/n1', 'storage')).toContain('dns/n1 → b/n1 (created)');
  });

  it('answers with the noderole that is there when the role is on the node already', () => {
    const world = new World({ a: {} }).has('a/n1', 'storage');
    expect(world.bind('a/n1')).toMatchObject({ nodeRoleId: 'a/n1', existing: true, nodeRoles: [], edges: [] });
  });

  it('makes a role that many need once', () => {
    //     a
    //    / \
    //   b   c
    //    \ /
    //     d
    const world = new World({ a: {}, b: { requires: ['a'] }, c: { requires: ['a'] }, d: { requires: ['b', 'c'] } });
    expect(world.draw('d/n1').filter((line) => line.startsWith('+'))).toEqual([
      '+ a/n1 cohort 0 unmet 0',
      '+ b/n1 cohort 1 unmet 1',
      '+ c/n1 cohort 1 unmet 1',
      '+ d/n1 cohort 2 unmet 2',
    ]);
  });

  it('names the deployment roles that must be there', () => {
    const plan = new World({ a: {}, b: { requires: ['a'] } }).bind('b/n1') as BindingPlan;
    expect(plan.deploymentRoles).toEqual([
      { deploymentId: 'web', roleId: 'a' },
      { deploymentId: 'web', roleId: 'b' },
    ]);
    expect(plan.events.map(({ kind, nodeRoleId }) => [kind, nodeRoleId])).toEqual([
      ['node_role.proposed', 'new2'],
      ['node_role.proposed', 'new1'],
    ]);
  });

  it('binds a provider instead when the role it provides would have been bound along beside it', () => {
    const world = new World({
      client: { flags: ['implicit'] },
      server: { provides: ['client'] },
      base: { requires: ['client'] },
      admin: { requires: ['base', 'server'] },
    });
    expect(world.draw('admin/n1')).toEqual([
      '+ server/n1 cohort 0 unmet 0',
      '+ base/n1 cohort 1 unmet 1',
      '+ admin/n1 cohort 2 unmet 2',
      'server/n1 → base/n1 (created)',
      'base/n1 → admin/n1 (created)',
      'server/n1 → admin/n1 (same-node)',
    ]);
  });
});

describe('wanted attributes', () => {
  it('make their owner a parent, and are read from it', () => {
    const world = new World({ a: {}, b: { wants: { port: 'a', memory: 'node' } } }).has('a/n2');
    expect(world.draw('b/n1')).toEqual([
      '+ b/n1 cohort 1 unmet 0',
      'a/n2 → b/n1 (deployment)',
      'b/n1 reads port of a/n2',
    ]);
  });

  it('are read from whichever role stands in for the owner', () => {
    const world = new World({ a: {}, a2: { provides: ['a'] }, b: { wants: { port: 'a' } } }).has('a2/n2');
    expect(world.draw('b/n1')).toContain('b/n1 reads port of a2/n2');
  });

  it('that the role owns itself need no parent', () => {
    expect(new World({ b: { wants: { port: 'b' } } }).draw('b/n1')).toEqual(['+ b/n1 cohort 0 unmet 0']);
  });
});

describe('cluster roles', () => {
  const roles = {
    m: { flags: ['cluster'] as const },
    c: { requires: ['m'], wants: { key: 'm' } },
    d: { requires: ['c'] },
  };

  it('are parents with all their instances in the deployment where one is found', () => {
    const world = new World(roles).has('m/n2').has('m/n3').has('m/admin', 'storage');
    expect(world.draw('c/n1')).toEqual([
      '+ c/n1 cohort 1 unmet 0',
      'm/n2 → c/n1 (deployment)',
      'm/n3 → c/n1 (cluster-peer)',
      'c/n1 reads key of m/n2',
      'c/n1 reads key of m/n3',
    ]);
  });

  //  m/n2 → c/n1 → d/n1, and m/n3 joins
  it('give a late instance the children of its peers, pending where the child is committed (W12)', () => {
    const world = new World(roles).has('m/n2').has('c/n1').joined('m/n2', 'c/n1');
    expect(world.draw('m/n3')).toEqual([
      '+ m/n3 cohort 0 unmet 0',
      'm/n3 → c/n1 (cluster-peer, pending)',
      'c/n1 reads key of m/n3',
      'c/n1 cohort 1',
    ]);
  });

  it('count at once where the child of the peers is still proposed', () => {
    const world = new World(roles).has('m/n2').has('c/n1', 'web', 'proposed').joined('m/n2', 'c/n1');
    expect(world.draw('m/n3')).toEqual(expect.arrayContaining(['m/n3 → c/n1 (cluster-peer)', 'c/n1 unmet 1']));
  });

  it('push what stands below a child whose cohort grows', () => {
    const world = new World({ ...roles, base: {}, m: { flags: ['cluster'], requires: ['base'] } })
      .has('base/n3')
      .has('m/n2')
      .has('c/n1')
      .has('d/n1')
      .joined('m/n2', 'c/n1')
      .joined('c/n1', 'd/n1');
    expect(world.draw('m/n3')).toEqual(
      expect.arrayContaining(['+ m/n3 cohort 1 unmet 0', 'c/n1 cohort 2', 'd/n1 cohort 3']),
    );
  });

  it('leave the children of an instance in another deployment alone', () => {
    const world = new World(roles).has('m/n2', 'storage').has('c/n1', 'storage').joined('m/n2', 'c/n1');
    expect(world.draw('m/n3')).toEqual(['+ m/n3 cohort 0 unmet 0']);
  });
});

describe('roles that precede others', () => {
  const roles = { raid: { precedes: ['os'] }, os: {} };

  it('are soft parents of those bound to the same node', () => {
    expect(new World(roles).has('raid/n1').draw('os/n1')).toEqual([
      '+ os/n1 cohort 1 unmet 0',
      'raid/n1 ⇢ os/n1 (precedes)',
    ]);
    expect(new World(roles).has('raid/n2').draw('os/n1')).toEqual(['+ os/n1 cohort 0 unmet 0']);
  });

  it('become so when they are bound later, pending where the other is committed', () => {
    expect(new World(roles).has('os/n1').draw('raid/n1')).toEqual([
      '+ raid/n1 cohort 0 unmet 0',
      'raid/n1 ⇢ os/n1 (precedes, pending)',
      'os/n1 cohort 1',
    ]);
  });

  it('do so on any node of a deployment that the other finishes, and of no other deployment', () => {
    const tests = { hosts: { precedes: ['test'] }, test: { flags: ['finishing'] } } satisfies Record<
      string,
      RoleSketch
    >;
    expect(new World(tests).has('hosts/n2').has('hosts/n3', 'storage').draw('test/n1')).toEqual([
      '+ test/n1 cohort 1 unmet 0',
      'hosts/n2 ⇢ test/n1 (precedes)',
    ]);
    expect(new World(tests).has('test/n1').draw('hosts/n2')).toEqual([
      '+ hosts/n2 cohort 0 unmet 0',
      'hosts/n2 ⇢ test/n1 (precedes, pending)',
      'test/n1 cohort 1',
    ]);
    expect(new World(tests).has('test/n1').draw('hosts/n1')).toHaveLength(3);
  });

  it('are not bound along', () => {
    expect(new World(roles).draw('os/n1')).toEqual(['+ os/n1 cohort 0 unmet 0']);
  });
});

describe('a binding is refused', () => {
  it('while something it needs, directly or not, has not been imported', () => {
    const world = new World({ a: { requires: ['ghost'] }, b: { requires: ['a'] }, c: { requires: ['b'] } }).has('a/n1');
    expect(world.bind('c/n1')).toMatchObject({
      code: 'unresolved-requirement',
      detail:
        'cannot bind c to n1: it needs b, which needs a, which needs ghost, and nobody has brought ghost yet: import the barclamp that declares it.',
      fields: { missing: 'ghost' },
    });
  });

  it('while nobody declares an attribute it wants', () => {
    expect(refusalOf(new World({ a: { wants: { size: null } } }).bind('a/n1')).detail).toBe(
      'cannot bind a to n1: it needs attribute size, and nobody has brought attribute size yet: import the barclamp that declares it.',
    );
  });

  it('when the role is abstract, naming what provides it', () => {
    const world = new World({
      disk: { flags: ['abstract'] },
      raid: { provides: ['disk'] },
      os: { requires: ['disk'] },
    });
    expect(world.bind('disk/n1')).toMatchObject({
      code: 'abstract-role',
      detail: 'cannot bind disk to n1: disk is abstract, a name for what others provide: bind one of raid instead.',
    });
    expect(refusalOf(world.bind('os/n1')).detail).toBe(
      'cannot bind os to n1: it needs disk, and disk is abstract, a name for what others provide: bind one of raid first.',
    );
    expect(world.has('raid/n1').draw('os/n1')).toContain('raid/n1 → os/n1 (provider-on-node)');
  });

  it('when the jig of the role, or of one to be bound along, is not active', () => {
    const world = new World({ a: { jig: 'chef', jigActive: false }, b: { requires: ['a'] } });
    expect(world.bind('b/n1')).toMatchObject({
      code: 'jig-inactive',
      detail:
        'cannot bind b to n1: it needs a, and a is carried out by the jig chef, which is not active: activate the jig first.',
    });
    expect(isRefusal(world.has('a/n1').bind('b/n1'))).toBe(false);
  });

  it('when it excludes what is on the node, whichever of the two says so', () => {
    const world = new World({ a: { conflicts: ['b'] }, b: {} });
    expect(refusalOf(world.has('b/n1', 'storage').bind('a/n1'))).toMatchObject({
      code: 'conflict',
      detail:
        'cannot bind a to n1: a and b exclude each other, and b is bound to n1 in deployment storage: unbind it there, or choose another node.',
    });
    expect(refusalOf(new World({ a: { conflicts: ['b'] }, b: {} }).has('a/n1').bind('b/n1')).code).toBe('conflict');
    expect(isRefusal(world.bind('a/n2'))).toBe(false);
  });

  it('when it excludes what it needs itself', () => {
    const world = new World({ a: {}, b: { conflicts: ['a'] }, c: { requires: ['a', 'b'] } });
    expect(refusalOf(world.bind('c/n1')).detail).toBe(
      'cannot bind c to n1: it needs b, and b and a exclude each other, and c needs both on n1: change what the roles need.',
    );
  });

  it('when it provides what is on the node, is provided there, or both provide the same', () => {
    const roles = { x: {}, p: { provides: ['x'] }, q: { provides: ['x'] } };
    expect(refusalOf(new World(roles).has('x/n1').bind('p/n1'))).toMatchObject({
      code: 'provides-overlap',
      detail:
        'cannot bind p to n1: p provides x, and x is bound to n1 in deployment web: unbind it there, or choose another node.',
    });
    expect(refusalOf(new World(roles).has('p/n1').bind('x/n1')).code).toBe('provides-overlap');
    expect(refusalOf(new World(roles).has('p/n1').bind('q/n1')).detail).toContain('q and p both provide x');
    expect(isRefusal(new World(roles).has('p/n2').bind('x/n1'))).toBe(false);
  });

  it('when roles need each other in a circle, with the path', () => {
    const world = new World({ a: { requires: ['b'] }, b: { requires: ['c'] }, c: { requires: ['a'] } });
    expect(world.bind('b/n1')).toMatchObject({ code: 'cycle', fields: { path: ['b', 'c', 'a', 'b'] } });
  });

  it('when a role that stands in for another would wait for itself', () => {
    const world = new World({ x: {}, y: { requires: ['x'] }, p: { provides: ['x'], requires: ['y'] } });
    expect(world.bind('p/n1')).toMatchObject({ code: 'cycle', fields: { path: ['p', 'y', 'p'] } });
  });

  it('when a new instance of a cluster would wait for a child of its peers', () => {
    //  m/n2 → c/n1, and m/n3 would need p/n3 that needs c/n1
    const world = new World({
      m: { flags: ['cluster'], requires: ['x'] },
      x: { flags: ['abstract'] },
      p: { provides: ['x'] },
      c: { requires: ['m'] },
    })
      .has('m/n2')
      .has('c/n1')
      .has('p/n3')
      .joined('m/n2', 'c/n1')
      .joined('c/n1', 'p/n3');
    expect(world.bind('m/n3')).toMatchObject({
      code: 'cycle',
      fields: { path: ['m on n3', 'p on n3', 'c on n1', 'm on n3'] },
    });
  });

  it('when the chain of what it needs is too long to ripple down', () => {
    const chain = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, at) => [`r${at}`, { requires: at === 0 ? [] : [`r${at - 1}`] }]));
    expect(refusalOf(new World(chain(COHORT_MAX + 1)).bind(`r${COHORT_MAX}/n1`)).code).toBe('too-large');
    expect(isRefusal(new World(chain(COHORT_MAX)).bind(`r${COHORT_MAX - 1}/n1`))).toBe(false);
  });

  it('when role, node or deployment do not exist', () => {
    const world = new World({ a: {} });
    expect(
      [world.bind('b/n1'), world.bind('a/n9'), world.bind('a/n1', 'nowhere')].map((answer) => refusalOf(answer).code),
    ).toEqual(['not-found', 'not-found', 'not-found']);
  });
});

describe('any graph that bindings make', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const sketch = (at: number): fc.Arbitrary<RoleSketch> =>
    fc.record({
      requires: at === 0 ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...names.slice(0, at)), { maxLength: 3 }),
      flags: fc.uniqueArray(fc.constantFrom<RoleFlag>('implicit', 'cluster', 'service', 'finishing'), { maxLength: 2 }),
      provides: fc.uniqueArray(fc.constantFrom(...names.filter((_, other) => other !== at)), { maxLength: 1 }),
      precedes: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 1 }),
    });
  const roles = fc
    .tuple(...names.map((_, at) => sketch(at)))
    .map((sketches) => Object.fromEntries(names.map((name, at) => [name, sketches[at] as RoleSketch])));
  const wishes = fc.array(
    fc.tuple(
      fc.constantFrom(...names),
      fc.constantFrom('n1', 'n2', 'n3', 'admin'),
      fc.constantFrom('web', 'storage', 'system'),
    ),
    { maxLength: 12 },
  );

  const applied = (world: World, plan: BindingPlan, commitAll: boolean): void => {
    world.nodeRoles.push(...plan.nodeRoles);
    world.edges.push(...plan.edges);
    for (const [at, nodeRole] of world.nodeRoles.entries()) {
      const cohort = plan.cohorts.get(nodeRole.id) ?? nodeRole.cohort;
      const unmet = plan.unmet.get(nodeRole.id) ?? nodeRole.unmet;
      world.nodeRoles[at] = { ...nodeRole, cohort, unmet, state: commitAll ? 'blocked' : nodeRole.state };
    }
  };

  it('has no circle, each role once on a node, and cohorts that are longest paths', () => {
    fc.assert(
      fc.property(roles, wishes, fc.boolean(), (sketches, wanted, commitAll) => {
        const world = new World(sketches);
        let made = 0;
        for (const [role, node, deployment] of wanted) {
          const plan = planBinding(
            world.catalog,
            new BindView(world),
            { roleId: idOf(role), nodeId: idOf(node), deploymentId: idOf(deployment) },
            () => idOf(`x${(made += 1)}`),
          );
          if (!isRefusal(plan)) applied(world, plan, commitAll);
        }
        const places = world.nodeRoles.map(({ roleId, nodeId }) => `${roleId} ${nodeId}`);
        expect(new Set(places).size).toBe(places.length);
        const children = (id: NodeRoleId) =>
          world.edges.filter((edge) => edge.parentId === id).map((edge) => edge.childId);
        const cohorts = longestPaths(
          world.nodeRoles.map(({ id }) => id),
          children,
        );
        expect(cohorts).not.toBeNull();
        for (const { id, cohort } of world.nodeRoles) expect(cohort).toBe(cohorts?.get(id));
        for (const { id, unmet } of world.nodeRoles)
          expect(unmet).toBe(world.edges.filter((edge) => edge.childId === id && !edge.pending).length);
        for (const { id, roleId, nodeId } of world.nodeRoles) {
          const parents = world.edges
            .filter((edge) => edge.childId === id && !edge.soft)
            .map(({ parentId }) => world.nodeRoles.find((other) => other.id === parentId) as BoundNodeRole);
          for (const needed of world.catalog.parentsOf(roleId)) {
            const serving = parents.filter(
              (parent) =>
                parent.roleId === needed.id || world.catalog.role(parent.roleId).provides.includes(needed.name),
            );
            expect(serving.length).toBeGreaterThan(0);
            if (needed.flags.has('implicit')) expect(serving.some((parent) => parent.nodeId === nodeId)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  const plain: RoleSketch = { requires: [], flags: [], provides: [], precedes: [] };
  /** The last binding closes two circles, of two and of three noderoles. */
  const TWO_CIRCLES: [Record<string, RoleSketch>, [string, string, string][], number] = [
    {
      ...Object.fromEntries(names.map((name) => [name, plain])),
      d: { ...plain, flags: ['cluster'], provides: ['c'] },
      e: { ...plain, requires: ['d'] },
      g: { ...plain, requires: ['e', 'c'], precedes: ['c'] },
    },
    [
      ['d', 'n1', 'web'],
      ['g', 'n3', 'web'],
      ['d', 'n3', 'web'],
    ],
    -1_299_112_934,
  ];

  it('is the same in whatever order the parts were read', () => {
    fc.assert(
      fc.property(roles, wishes, fc.integer(), (sketches, wanted, seed) => {
        const world = new World(sketches);
        let made = 0;
        for (const [role, node, deployment] of wanted) {
          const request = {
            roleId: idOf<RoleId>(role),
            nodeId: idOf<NodeId>(node),
            deploymentId: idOf<DeploymentId>(deployment),
          };
          const known = new Set(names);
          const shuffled = new RoleCatalog(
            shuffle(names, seed).map((name) =>
              roleOf(name, { ...sketches[name], requires: shuffle(sketches[name]?.requires ?? [], seed) }, known),
            ),
          );
          const view = new BindView({
            nodeRoles: shuffle(world.nodeRoles, seed),
            edges: shuffle(world.edges, seed),
            nodes: shuffle(world.nodes, seed),
            deployments: shuffle(world.deployments, seed),
          });
          const [first, second] = [made, made];
          const plan = planBinding(world.catalog, new BindView(world), request, idsFrom(first));
          const again = planBinding(shuffled, view, request, idsFrom(second));
          expect(sorted(again)).toEqual(sorted(plan));
          if (isRefusal(plan)) continue;
          applied(world, plan, false);
          made += 1000;
        }
      }),
      { numRuns: 150, examples: [TWO_CIRCLES] },
    );
  });

  it('is the same whether bindings are planned one by one or as a group', () => {
    fc.assert(
      fc.property(roles, wishes, (sketches, wanted) => {
        const world = new World(sketches);
        const view = new BindView(world);
        const [one, other] = [idsFrom(0), idsFrom(0)];
        for (const [role, node, deployment] of wanted) {
          const request = {
            roleId: idOf<RoleId>(role),
            nodeId: idOf<NodeId>(node),
            deploymentId: idOf<DeploymentId>(deployment),
          };
          const plan = planBinding(world.catalog, new BindView(world), request, one);
          const inGroup = planBinding(world.catalog, view, request, other);
          expect(inGroup).toEqual(plan);
          if (isRefusal(plan) || isRefusal(inGroup)) continue;
          applied(world, plan, false);
          view.apply(inGroup);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const idsFrom = (start: number) => {
  let made = start;
  return (): NodeRoleId => idOf(`x${String((made += 1)).padStart(6, '0')}`);
};

const shuffle = <Item>(items: readonly Item[], seed: number): Item[] => {
  let state = seed >>> 0 || 1;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
};

/** A plan without the order of its edges among equals. */
const sorted = (answer: BindingPlan | Refusal): unknown =>
  isRefusal(answer)
    ? answer
    : {
        ...answer,
        edges: [...answer.edges].sort(byPair),
        links: [...answer.links].sort(byPair),
        cohorts: [...answer.cohorts].sort(),
        unmet: [...answer.unmet].sort(),
      };

const byPair = (a: { parentId: string; childId: string }, b: { parentId: string; childId: string }): number =>
  `${a.parentId} ${a.childId}` < `${b.parentId} ${b.childId}` ? -1 : 1;
