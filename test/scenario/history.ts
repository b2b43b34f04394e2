import fc from 'fast-check';
import { ROLE_SCOPES, type NodeRole, type Outcome, type RoleFlag, type RoleScope } from '#core';
import { World, type WorldWatch } from '#testkit';

/**
 * Random worlds and random histories for property tests. A world is a plan of plain numbers, so that a failing case
 * shrinks to a small one and can be repeated from what the failure prints.
 */
export interface WorldPlan {
  readonly cap: number;
  /** Whether everything is committed before the history begins. */
  readonly committed: boolean;
  readonly deployments: readonly { readonly below: number; readonly priority: number }[];
  readonly nodes: readonly { readonly alive: boolean; readonly available: boolean; readonly system: boolean }[];
  readonly roles: readonly RolePlan[];
  readonly bindings: readonly { readonly role: number; readonly node: number; readonly deployment: number }[];
}

interface RolePlan {
  readonly requires: readonly number[];
  readonly flags: readonly RoleFlag[];
  /** The number of a role that this one comes before; past the last one means none. */
  readonly precedes: number;
  readonly onError: 'node' | 'descendants';
  readonly onRerunFailure: 'warn' | 'block';
  readonly scope: RoleScope;
  readonly priority: number;
  readonly retries: number;
}

export interface Step {
  readonly verb: number;
  readonly which: number;
  readonly how: number;
}

/** Every number is equally likely: the usual preference for small ones would choose the first verbs over and over. */
const evenly = (max: number) => fc.noBias(fc.nat(max));
const often = (weight: number) => fc.noBias(fc.nat(9)).map((roll) => roll < weight);

export const worldPlans: fc.Arbitrary<WorldPlan> = fc.record({
  cap: fc.integer({ min: 1, max: 6 }),
  committed: often(6),
  deployments: fc.array(fc.record({ below: fc.nat(5), priority: fc.nat(1) }), { minLength: 1, maxLength: 3 }),
  nodes: fc.array(fc.record({ alive: often(8), available: often(8), system: often(1) }), {
    minLength: 1,
    maxLength: 4,
  }),
  roles: fc.array(
    fc.record({
      requires: fc.array(fc.nat(20), { maxLength: 2 }),
      flags: fc.subarray<RoleFlag>(['implicit', 'cluster', 'destructive', 'service']),
      precedes: evenly(20),
      onError: fc.constantFrom('node' as const, 'descendants' as const),
      onRerunFailure: fc.constantFrom('warn' as const, 'block' as const),
      scope: fc.constantFrom(...ROLE_SCOPES),
      priority: fc.nat(1),
      retries: fc.constantFrom(0, 0, 2),
    }),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  bindings: fc.array(fc.record({ role: fc.nat(20), node: fc.nat(20), deployment: fc.nat(20) }), {
    minLength: 3,
    maxLength: 12,
    size: 'max',
  }),
});

export const histories: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ verb: evenly(999), which: evenly(999), how: evenly(999) }),
  {
    minLength: 5,
    maxLength: 80,
    size: 'max',
  },
);

/** Builds the world that a plan describes. A role requires only earlier ones, so that requirements form no cycle. */
export const worldFrom = (plan: WorldPlan, watch: WorldWatch = {}): World => {
  const world = new World({ seed: 7, cap: plan.cap, watch });
  const deployments = [world.deploymentNamed('system')];
  for (const [at, { below, priority }] of plan.deployments.entries())
    deployments.push(world.addDeployment(`d${at}`, { parentId: pick(deployments, below), priority }));
  const nodes = plan.nodes.map((says, at) => world.addNode(`n${at}`, says));
  const roles: ReturnType<World['addRole']>[] = [];
  for (const [at, { requires, retries, precedes, ...rest }] of plan.roles.entries()) {
    const above = at === 0 ? [] : [...new Set(requires.map((number) => roles[number % at] as (typeof roles)[number]))];
    const retry = retries > 0 ? { max: retries, backoffMs: 1000, exitCodes: [] } : null;
    roles.push(
      world.addRole({
        name: `r${at}`,
        requires: above,
        retry,
        precedes: precedes > at && precedes < plan.roles.length ? [`r${precedes}`] : [],
        ...rest,
      }),
    );
  }
  for (const { role, node, deployment } of plan.bindings)
    world.bind(pick(roles, role), pick(nodes, node), pick(deployments, deployment));
  if (plan.committed) for (const id of deployments) world.commit(id);
  return world;
};

const pick = <Item>(items: readonly Item[], number: number): Item => items[number % items.length] as Item;

const outcomes: readonly Outcome[] = [
  { kind: 'succeeded' },
  { kind: 'succeeded' },
  { kind: 'succeeded' },
  { kind: 'failed', reason: 'it broke', exitCode: 1 },
  { kind: 'not-yet', reason: 'not yet', retryAfterMs: 5_000 },
  { kind: 'lost-contact', reason: 'the connection dropped' },
  { kind: 'cancelled', reason: 'an operator said so' },
];

/** Verbs with their weights; which thing they mean is chosen by the step. Whatever is refused is simply refused. */
const VERBS: readonly [weight: number, act: (world: World, step: Step) => void][] = [
  [18, (world) => void world.pass()],
  [14, (world) => succeedAll(world)],
  [
    26,
    (world, { which, how }) =>
      withOne(inTransition(world), which, ({ id }) => {
        const run = world.runOf(id);
        if (run) world.report(run.id, run.attempt, pick(outcomes, how));
      }),
  ],
  [
    4,
    (world, { which }) =>
      withOne(
        [...world.runs.values()].filter(({ open }) => open),
        which,
        ({ id, attempt }) => {
          world.loseWorker(id);
          world.report(id, attempt, { kind: 'failed', reason: 'reported by an attempt that lost its run' });
        },
      ),
  ],
  [
    4,
    (world, { which, how }) =>
      withOne(
        [...world.runs.values()],
        which,
        ({ id, attempt }) => void world.report(id, attempt - 1, pick(outcomes, how)),
      ),
  ],
  [
    8,
    (world, { which, how }) =>
      withOne([...world.graph.nodes.keys()], which, (id) => void world.setAlive(id, how % 3 !== 0)),
  ],
  [
    5,
    (world, { which, how }) =>
      withOne([...world.graph.nodes.keys()], which, (id) => void world.setAvailable(id, how % 4 !== 0)),
  ],
  [7, (world, { which }) => withOne([...world.graph.deployments.keys()], which, (id) => void world.commit(id))],
  [
    3,
    (world, { which, how }) =>
      withOne(
        [...world.graph.deployments.keys()],
        which,
        (id) => void (how % 2 ? world.propose(id) : world.recall(id)),
      ),
  ],
  [3, (world, { which }) => withOne(nodeRoles(world), which, ({ id }) => void world.commitNodeRole(id))],
  [3, (world, { which }) => withOne(nodeRoles(world), which, ({ id }) => void world.proposeNodeRole(id))],
  [
    6,
    (world, { which, how }) =>
      withOne(nodeRoles(world), which, ({ id }) => void world.retry(id, { destroyAgain: how % 4 === 0 })),
  ],
  [10, (world, { which }) => withOne(nodeRoles(world), which, ({ id }) => void world.change(id))],
  [2, (world, { which }) => withOne([...world.graph.nodes.keys()], which, (id) => void world.commitNode(id))],
  [2, (world, { which }) => withOne([...world.graph.nodes.keys()], which, (id) => void world.redeploy(id))],
  [2, (world, { which, how }) => withOne(nodeRoles(world), which, ({ id }) => void world.hold(id, how % 4 === 0))],
  [2, (world, { which, how }) => withOne(nodeRoles(world), which, ({ id }) => void world.switch(id, how % 4 !== 0))],
  [4, (world, { which, how }) => bindLater(world, which, how)],
  [2, (world, { which }) => withOne(nodeRoles(world), which, ({ id }) => void world.unbind(id))],
  [3, (world, { which, how }) => pointElsewhere(world, which, how)],
  [
    1,
    (world, { which, how }) =>
      withOne(
        [...world.graph.nodes.keys()],
        which,
        (id) => void world.move(id, pick([...world.graph.deployments.keys()], how)),
      ),
  ],
  [4, (world, { how }) => world.clock.advance(how * 20)],
];
const ALL_WEIGHTS = VERBS.reduce((sum, [weight]) => sum + weight, 0);

/** Does one step of a history. */
export const takeStep = (world: World, step: Step): void => {
  let roll = (step.verb * ALL_WEIGHTS) / 1000;
  for (const [weight, act] of VERBS) {
    roll -= weight;
    if (roll < 0) return act(world, step);
  }
};

/** Opens every door: all nodes alive and available, everything committed, retried and unheld; then jigs succeed until nothing moves. */
export const letSettle = (world: World): void => {
  for (const id of world.graph.nodes.keys()) {
    world.setAlive(id, true);
    world.setAvailable(id, true);
  }
  for (const { id } of nodeRoles(world)) {
    world.hold(id, false);
    world.switch(id, true);
  }
  for (const id of world.graph.deployments.keys()) world.commit(id);
  for (const { id } of nodeRoles(world)) world.commitNodeRole(id);
  for (let round = 0; round < 500; round += 1) {
    succeedAll(world);
    for (const { id, state } of nodeRoles(world)) if (state === 'error') world.retry(id, { destroyAgain: true });
    if (world.running > 0) continue;
    if (world.pass() > 0) continue;
    const wake = world.nextWake();
    if (wake === null) return;
    world.clock.advanceTo(wake);
  }
  throw new Error('five hundred rounds did not settle the world');
};

/** Whatever may run runs and ends well. */
const succeedAll = (world: World): void => {
  world.passAll();
  for (const run of [...world.runs.values()].filter(({ open }) => open))
    world.report(run.id, run.attempt, { kind: 'succeeded' });
};

/** A child, one of its parents, and another instance of that parent's role. */
const pointElsewhere = (world: World, which: number, how: number): void =>
  withOne(nodeRoles(world), which, ({ id }) =>
    withOne(world.graph.parents(id), how, (parent) => {
      const others = nodeRoles(world).filter((other) => other.roleId === parent.roleId && other.id !== parent.id);
      withOne(others, which + how, (other) => void world.repoint(id, parent.id, other.id));
    }),
  );

const nodeRoles = (world: World): NodeRole[] => [...world.graph.nodeRoles.values()];
const inTransition = (world: World): NodeRole[] => nodeRoles(world).filter(({ state }) => state === 'transition');

const withOne = <Item>(items: readonly Item[], number: number, act: (item: Item) => void): void => {
  if (items.length > 0) act(pick(items, number));
};

const bindLater = (world: World, which: number, how: number): void => {
  const { roles, nodes, deployments } = world.graph;
  world.bind(pick([...roles.keys()], which), pick([...nodes.keys()], how), pick([...deployments.keys()], which + how));
};
