import fc from 'fast-check';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import {
  commitDeployment,
  commitNodeRole,
  markChanged,
  proposeDeployment,
  proposeNodeRole,
  recallDeployment,
  redeployNode,
  retryNodeRole,
  setAlive,
  setAvailable,
  type Outcome,
} from '#core';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { openDatabase } from '#store';
import { histories, worldFrom, worldPlans, type Step, type WorldPlan } from '../../scenario/history.js';
import { ticketOf, Twin } from './twin.js';

/**
 * Where SQL does what `core` also says (settle, claim, saved slices), both get the same random histories and must come to
 * the same graphs, answers and facts after every step. A failure prints the seed and the smallest history that shows it.
 */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 40);
vi.setConfig({ testTimeout: 60_000 + numRuns * 2_000 });

/** A failing history is made smaller for this long, in milliseconds, and then shown as it is. */
const SHRINK_MS_MAX = 30_000;

const outcomes: readonly Outcome[] = [
  { kind: 'succeeded' },
  { kind: 'succeeded' },
  { kind: 'failed', reason: 'it broke', exitCode: 1 },
  { kind: 'not-yet', reason: 'not yet', retryAfterMs: 5_000 },
  { kind: 'lost-contact', reason: 'the connection dropped' },
  { kind: 'cancelled', reason: 'an operator said so' },
];

type Act = (twin: Twin, step: Step) => Promise<unknown>;

const of = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items[number % Math.max(1, items.length)];
/** About half of the items, which ones depends on the number. */
const some = <Item>(items: readonly Item[], number: number): Item[] =>
  items.filter((_, index) => (number >> (index % 8)) % 2 === 0);
const nodeRoles = (twin: Twin) => [...twin.graph.nodeRoles.values()];

const workAll: Act = async (twin, { which }) => {
  await twin.begin(twin.runsIn('queued'), []);
  await twin.settle(some(twin.runsIn('running'), which).map(ticketOf));
};

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [22, (twin, { which, how }) => twin.pass(some(nodeRoles(twin), which + how))],
  [16, workAll],
  [
    // Attempts that are too old, too new or over are in the group too, and tickets that are there twice over.
    8,
    async (twin, { which, how }) => {
      const stale = some([...twin.runs.values()], how).map((run) => ({
        runId: run.id,
        attempt: run.attempt + (how % 3) - 1,
      }));
      const group = [
        ...some(twin.runsIn('running'), which).map(ticketOf),
        ...stale.filter(({ attempt }) => attempt > 0),
      ];
      await twin.settle([...new Map(group.map((ticket) => [`${ticket.runId} ${ticket.attempt}`, ticket])).values()]);
    },
  ],
  [
    6,
    (twin, { which, how }) =>
      twin.begin(
        some(twin.runsIn('queued'), which),
        [...twin.runs.values()].map((run) => ({ runId: run.id, attempt: run.attempt + 1 + (how % 2) })),
      ),
  ],
  [
    20,
    async (twin, { which, how }) => {
      const run = of([...twin.runsIn('running'), ...twin.runsIn('queued')], which);
      if (run) await twin.finish(ticketOf(run), of(outcomes, how) as Outcome);
    },
  ],
  [
    4,
    async (twin, { which, how }) => {
      const run = of([...twin.runs.values()], which);
      if (run)
        await twin.finish({ runId: run.id, attempt: Math.max(1, run.attempt - 1) }, of(outcomes, how) as Outcome);
    },
  ],
  [4, (twin, { which }) => twin.rescue(some([...twin.runs.values()], which))],
  [
    8,
    (twin, { which, how }) =>
      onNode(twin, which, 'a node dies or returns', (draft, id) => setAlive(draft, id, how % 3 !== 0, 'told so')),
  ],
  [
    4,
    (twin, { which, how }) =>
      onNode(twin, which, 'availability', (draft, id) => setAvailable(draft, id, how % 4 !== 0)),
  ],
  [2, (twin, { which }) => onNode(twin, which, 'redeploy', redeployNode)],
  [
    6,
    (twin, { which, how }) =>
      onNodeRole(twin, which, 'retry', (draft, id) => retryNodeRole(draft, id, { destroyAgain: how % 4 === 0 })),
  ],
  [3, (twin, { which }) => onNodeRole(twin, which, 'propose', proposeNodeRole)],
  [3, (twin, { which }) => onNodeRole(twin, which, 'commit', commitNodeRole)],
  [
    9,
    (twin, { which }) =>
      onNodeRole(twin, which, 'an input changes', (draft, id) => {
        markChanged(draft, id);
        return null;
      }),
  ],
  [
    2,
    (twin, { which, how }) =>
      onNodeRole(twin, which, 'hold', (draft, id) => {
        draft.patchNodeRole(id, how % 2 ? { held: how % 4 === 1 } : { available: how % 8 !== 0 });
        return null;
      }),
  ],
  [
    7,
    async (twin, { which, how }) => {
      const id = of([...twin.graph.deployments.keys()], which);
      const changed = new Set(some(nodeRoles(twin), how).map((nodeRole) => nodeRole.id));
      if (id)
        await twin.decide('a commit', { deploymentIds: [id], nodeRoleIds: [...changed] }, (draft) =>
          commitDeployment(draft, id, { changed, held: new Set() }),
        );
    },
  ],
  [
    3,
    async (twin, { which, how }) => {
      const id = of([...twin.graph.deployments.keys()], which);
      if (id)
        await twin.decide('a recall', { deploymentIds: [id] }, (draft) =>
          (how % 2 ? proposeDeployment : recallDeployment)(draft, id),
        );
    },
  ],
  [5, async (twin, { how }) => twin.clock.advance(how * 20)],
];
const WEIGHTS = ACTS.reduce((sum, [weight]) => sum + weight, 0);

const onNode = async (twin: Twin, which: number, step: string, rule: typeof redeployNode): Promise<void> => {
  const id = of([...twin.graph.nodes.keys()], which);
  if (id) await twin.decide(step, { nodeIds: [id] }, (draft) => rule(draft, id));
};

const onNodeRole = async (twin: Twin, which: number, step: string, rule: typeof proposeNodeRole): Promise<void> => {
  const nodeRole = of(nodeRoles(twin), which);
  if (nodeRole) await twin.decide(step, { nodeRoleIds: [nodeRole.id] }, (draft) => rule(draft, nodeRole.id));
};

const take = async (twin: Twin, step: Step): Promise<void> => {
  let roll = (step.verb * WEIGHTS) / 1_000;
  for (const [weight, act] of ACTS) {
    roll -= weight;
    if (roll < 0) return void (await act(twin, step));
  }
};

/** The database lets a deployment have one phantom node. */
const onePhantom = (plan: WorldPlan): WorldPlan => ({
  ...plan,
  nodes: plan.nodes.map((node, index) => ({ ...node, system: node.system && index === 0 })),
});

describe('what SQL does to the graph', () => {
  let database: FreshDatabase;
  let dataSource: Awaited<ReturnType<typeof openDatabase>>;
  beforeAll(async () => {
    database = await freshDatabase('twin');
    dataSource = await openDatabase({ url: database.url });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is what the rules say, after every step of every history', async () => {
    await fc.assert(
      fc.asyncProperty(worldPlans, histories, async (plan, history) => {
        const twin = await Twin.of(dataSource, worldFrom(onePhantom(plan)).graph, plan.cap);
        for (const step of history) await take(twin, step);
      }),
      { numRuns, interruptAfterTimeLimit: SHRINK_MS_MAX + numRuns * 1_000 },
    );
  });
});
