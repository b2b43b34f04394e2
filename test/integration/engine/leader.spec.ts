import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commitDeployment, type NodeRoleId, type Outcome } from '#core';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { openDatabase } from '#store';
import { drawn } from '#testkit';
import { histories, worldFrom, worldPlans, type Step, type WorldPlan } from '../../scenario/history.js';
import { DECISIONS, drawAct, oneOf, someOf } from './decisions.js';
import { known, onePhantom } from './lay-graph.js';
import { LedGraph } from './led-graph.js';

/** The leader keeps the ready set in memory and hears of everything else from the history: nothing may escape it. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 30);
vi.setConfig({ testTimeout: 60_000 + numRuns * 3_000 });

/** A failing history is made smaller for this long, in milliseconds, and then shown as it is. */
const SHRINK_MS_MAX = 30_000;

const outcomes: readonly Outcome[] = [
  { kind: 'succeeded' },
  { kind: 'failed', reason: 'it broke', exitCode: 1 },
  { kind: 'not-yet', reason: 'not yet', retryAfterMs: 1_000 },
  { kind: 'lost-contact', reason: 'the connection dropped' },
];

/** What is done once for good lost its node, and its input changed before the node came back: it is not skipped then. */
const CHANGED_WHILE_AWAY: [WorldPlan, Step[]] = [
  {
    cap: 1,
    committed: true,
    deployments: [{ below: 0, priority: 0 }],
    nodes: [{ alive: true, available: true, system: false }],
    roles: [
      {
        ...{ requires: [], flags: [], precedes: 0, onError: 'node', onRerunFailure: 'warn', scope: 'once' },
        ...{ priority: 0, retries: 0 },
      },
    ],
    bindings: [{ role: 0, node: 0, deployment: 0 }],
  },
  [
    { verb: 450, which: 0, how: 0 },
    { verb: 634, which: 0, how: 0 },
    { verb: 0, which: 0, how: 0 },
    { verb: 450, which: 0, how: 0 },
    { verb: 321, which: 917, how: 88 },
    { verb: 63, which: 946, how: 362 },
  ],
];

type Act = (led: LedGraph, step: Step) => Promise<unknown>;

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  ...DECISIONS,
  [20, (led) => led.pass()],
  [14, async (led, { which }) => led.pass(someOf(await led.begunRuns(), which))],
  [8, async (led, { which }) => led.settleElsewhere(someOf(await led.begunRuns(), which))],
  [
    12,
    async (led, { which, how }) => {
      const run = oneOf(await led.begunRuns(), which);
      if (run) await led.finish(run, oneOf(outcomes, how) as Outcome);
    },
  ],
  [2, (led) => led.changeLeader()],
  [4, async (led, { how }) => led.clock.advance(how * 5)],
];

describe('a leader', () => {
  let database: FreshDatabase;
  let dataSource: Awaited<ReturnType<typeof openDatabase>>;
  beforeAll(async () => {
    database = await freshDatabase('led');
    dataSource = await openDatabase({ url: database.url });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('hears of what a later commit no longer keeps back', async () => {
    const led = await LedGraph.of(dataSource, drawn('A todo'), 5);
    const commit = (held: ReadonlySet<NodeRoleId>) =>
      led.decide('a commit', { deploymentIds: [known('web')] }, (draft) =>
        commitDeployment(draft, known('web'), { changed: new Set(), held }),
      );
    await commit(new Set([known<NodeRoleId>('A')]));
    expect(await led.pass()).toBe(0);
    await commit(new Set());
    expect(await led.pass()).toBe(1);
  });

  it('knows without looking what it committed itself, and does not know what others did', async () => {
    const led = await LedGraph.of(dataSource, drawn('A todo --> B blocked'), 5);
    expect(await led.hasSeenAll()).toBe(false);
    await led.pass();
    expect(await led.hasSeenAll()).toBe(true);
    await led.settleElsewhere(await led.begunRuns());
    expect(await led.hasSeenAll()).toBe(false);
    expect(await led.pass()).toBe(1);
    expect(await led.hasSeenAll()).toBe(true);
  });

  it('overlooks nothing that may run, whatever others do behind its back, and keeps to the cap', async () => {
    await fc.assert(
      fc.asyncProperty(worldPlans, histories, async (plan, history) => {
        const led = await LedGraph.of(dataSource, worldFrom(onePhantom(plan)).graph, plan.cap);
        for (const step of history) await drawAct(ACTS, step.verb)(led, step);
        await led.beQuiet();
        expect(led.overlooked()).toEqual([]);
      }),
      { numRuns, examples: [CHANGED_WHILE_AWAY], interruptAfterTimeLimit: SHRINK_MS_MAX + numRuns * 2_000 },
    );
  });
});
