import fc from 'fast-check';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import type { Outcome } from '#core';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { openDatabase } from '#store';
import { histories, worldFrom, worldPlans, type Step } from '../../scenario/history.js';
import { DECISIONS, drawAct, nodeRolesOf, oneOf, someOf } from './decisions.js';
import { onePhantom } from './lay-graph.js';
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

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  ...DECISIONS,
  [22, (twin, { which, how }) => twin.pass(someOf(nodeRolesOf(twin), which + how))],
  [
    16,
    async (twin, { which }) => {
      await twin.begin(twin.runsIn('queued'), []);
      await twin.settle(someOf(twin.runsIn('running'), which).map(ticketOf));
    },
  ],
  [
    // Attempts that are too old, too new or over are in the group too.
    8,
    async (twin, { which, how }) => {
      const other = someOf([...twin.runs.values()], how).map((run) => ({
        runId: run.id,
        attempt: run.attempt + (how % 3) - 1,
      }));
      const group = [
        ...someOf(twin.runsIn('running'), which).map(ticketOf),
        ...other.filter(({ attempt }) => attempt > 0),
      ];
      await twin.settle([...new Map(group.map((ticket) => [`${ticket.runId} ${ticket.attempt}`, ticket])).values()]);
    },
  ],
  [
    6,
    (twin, { which, how }) =>
      twin.begin(
        someOf(twin.runsIn('queued'), which),
        [...twin.runs.values()].map((run) => ({ runId: run.id, attempt: run.attempt + 1 + (how % 2) })),
      ),
  ],
  [
    20,
    async (twin, { which, how }) => {
      const run = oneOf([...twin.runsIn('running'), ...twin.runsIn('queued')], which);
      if (run) await twin.finish(ticketOf(run), oneOf(outcomes, how) as Outcome);
    },
  ],
  [
    4,
    async (twin, { which, how }) => {
      const run = oneOf([...twin.runs.values()], which);
      if (run)
        await twin.finish({ runId: run.id, attempt: Math.max(1, run.attempt - 1) }, oneOf(outcomes, how) as Outcome);
    },
  ],
  [4, (twin, { which }) => twin.rescue(someOf([...twin.runs.values()], which))],
  [5, async (twin, { how }) => twin.clock.advance(how * 20)],
];

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
        for (const step of history) await drawAct(ACTS, step.verb)(twin, step);
      }),
      { numRuns, interruptAfterTimeLimit: SHRINK_MS_MAX + numRuns * 1_000 },
    );
  });
});
