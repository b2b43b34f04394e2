import { describe, expect, it } from 'vitest';
import { EffectSink } from '#app';
import { commitDeployment, markChanged, retryNodeRole, setAlive, type JsonObject } from '#core';
import { TEST_ATTRIBS, TestJig } from '#jigs';
import { drawn } from '#testkit';
import type { EffectLine } from '../../chaos/effects/effect-log.js';
import { NodeFences } from '../../chaos/effects/node-fences.js';
import { checkHistory } from '../../chaos/history-checker.js';
import { readHistory } from '../../chaos/history/read-history.js';
import { Installation } from './installation.js';
import { known, uuidOf } from './lay-graph.js';
import { Life } from './mortal.js';

/**
 * A worker is killed at every call by which it reaches the world, just before and just after it: between each commit and
 * what should have followed from it. Another worker then has to bring everything to its end, and the history checker, which
 * knows nothing of the engine, must find nothing wrong.
 */

/** A needs nothing; B wants a reboot; C fails once and is tried again; D destroys; E is not ready at first. */
const GRAPH = `A --> B --> C
  A --> D@n2 --> E@n2`;

/** What each role does the first time; afterwards it succeeds. */
const FIRST: Readonly<Record<string, JsonObject>> = {
  B: { [TEST_ATTRIBS.reboot]: true, [TEST_ATTRIBS.lines]: 2 },
  C: { [TEST_ATTRIBS.fail]: 'it breaks once', [TEST_ATTRIBS.lines]: 1 },
  'E@n2': { [TEST_ATTRIBS.notYet]: 0.05 },
};

/** Calls of one kind that are tried: these many of a life hold every kind of transaction, and of what loops do one is like another. */
const OF_A_KIND_MAX = 12;
const OF_A_LOOP_MAX = 2;
const LOOPING = [
  'queue.waiting',
  'records.heartbeat',
  'records.lastEvent',
  'records.liveWorkers',
  'records.openRuns',
  'records.lastEvent',
  'records.runsAtOnceMax',
  'records.takeLease',
  'runLog.append',
];

/** Histories that are played at the same time: they mostly wait. */
const AT_ONCE = 10;

const drawnGraph = () =>
  drawn(GRAPH, {
    deployments: { web: { state: 'proposed' } },
    roles: { C: { retry: { max: 5, backoffMs: 20, exitCodes: [] } }, D: { destructive: true } },
  });

/** Tells the nodes what a worker does, as long as it lives; they notice when it dies. */
class NodeEffects extends EffectSink {
  constructor(private readonly nodes: NodeFences) {
    super();
  }
  override async begin(effect: {
    runId: string;
    attempt: number;
    fence: number;
    nodeId: string;
  }): Promise<'begun' | 'superseded'> {
    return this.nodes.begin(effect, this) ? 'begun' : 'superseded';
  }
  override async end(effect: { runId: string; attempt: number; fence: number; nodeId: string }): Promise<void> {
    this.nodes.end(effect);
  }
}

/** Plays a history in which a worker may die; gives back what went wrong, and the calls that the worker made. */
const play = async (
  life: Life,
  alsoMortal: Life | null = null,
): Promise<{ wrong: string[]; calls: readonly string[] }> => {
  const installation = await Installation.open(drawnGraph());
  const lines: EffectLine[] = [];
  const nodes = new NodeFences((what, accepted, { runId, attempt, fence, nodeId }) =>
    lines.push({ n: lines.length + 1, at: Date.now(), what, accepted, runId, attempt, fence, nodeId }),
  );
  const planned = new Set<string>();
  const stage = async (_: unknown, ids: readonly string[]) =>
    new Map(ids.map((id) => [id as never, { attribs: attribsOf(id, planned) }]));
  const hire = async (as: Life): Promise<void> => {
    const effects = new NodeEffects(nodes);
    as.onDeath(() => nodes.lose(effects));
    await installation
      .hire({ life: as, jig: new TestJig({ effects: as.mortal('effects', effects) }), stage: stage as never })
      .catch((error: unknown) => {
        // It may die while it starts.
        if (!as.dead) throw error;
      });
  };
  try {
    await hire(life);
    const next = alsoMortal ?? new Life();
    const relieved: Promise<void>[] = [];
    const relieve = (): void => void relieved.push(hire(next));
    if (life.dead) relieve();
    else life.onDeath(relieve);
    alsoMortal?.onDeath(() => void relieved.push(hire(new Life())));
    const changed = new Set<never>();
    await installation.decide({ deployments: ['web'] }, (draft) =>
      commitDeployment(draft, known('web'), { changed, held: changed }),
    );
    await mended(installation);
    await installation.decide({ nodeRoles: ['A', 'B'] }, (draft) => {
      for (const name of ['A', 'B']) markChanged(draft, known(name));
      return null;
    });
    await mended(installation);
    for (const alive of [false, true])
      await installation.decide({ nodes: ['n2'] }, (draft) => setAlive(draft, known('n2'), alive, 'told so'));
    await mended(installation);
    await Promise.all(relieved);
    const history = await readHistory(installation.url, lines, null);
    const wrong = [
      ...checkHistory(history).map(({ rule, sentence }) => `${rule}: ${sentence}`),
      ...(await installation.findings()),
    ];
    return { wrong, calls: [...life.calls] };
  } finally {
    await installation.close();
  }
};

const attribsOf = (id: string, planned: Set<string>): JsonObject => {
  const name = Object.keys(FIRST).find((each) => uuidOf(each) === id);
  if (!name || planned.has(id)) return {};
  planned.add(id);
  return FIRST[name] as JsonObject;
};

/** Waits until all is active; what destroys and lost its worker in the middle is retried by a person. */
const mended = async (installation: Installation): Promise<void> => {
  await installation.until('everything is active', async () => {
    const [left] = await installation.rows<{ broken: boolean; more: boolean }>(
      `SELECT bool_or(state = -1) AS broken, bool_or(state <> 0 OR dirty) AS more FROM node_roles`,
    );
    if (left?.broken)
      await installation.decide({ nodeRoles: ['D@n2'] }, (draft) =>
        retryNodeRole(draft, known('D@n2'), { destroyAgain: true }),
      );
    return !left?.more;
  });
};

/** Plays all, some at once; what went wrong, by name. */
const playAll = async (
  histories: readonly (readonly [name: string, play: () => ReturnType<typeof play>])[],
): Promise<Record<string, string[]>> => {
  const wrong: Record<string, string[]> = {};
  const left = histories[Symbol.iterator]();
  const player = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const [name, begin] = next.value;
      const said = await begin().then(
        (played) => played.wrong,
        (error: Error) => [error.message],
      );
      if (said.length > 0) wrong[name] = said;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return wrong;
};

describe('a worker that is killed', () => {
  it('at any call by which it reaches the world leaves nothing behind that another does not bring to its end', async () => {
    const { wrong, calls } = await play(new Life());
    expect(wrong).toEqual([]);
    const kindOf = (call: string): string => call.split('#')[0] as string;
    const few = calls.filter(
      (call) => Number(call.split('#')[1]) <= (LOOPING.includes(kindOf(call)) ? OF_A_LOOP_MAX : OF_A_KIND_MAX),
    );
    // Each kind of transaction is among them.
    expect([...new Set(few.map(kindOf))]).toEqual(expect.arrayContaining(CALLS));
    const deaths = few.flatMap((call) => (['before', 'after'] as const).map((when) => ({ call, when })));
    expect(
      await playAll(deaths.map((at) => [`killed ${at.when} ${at.call}`, () => play(new Life(at))] as const)),
    ).toEqual({});
  }, 600_000);

  it('while it picks up what another left is itself picked up after', async () => {
    const first = { call: 'effects.begin#2', when: 'after' } as const;
    const second = [
      'records.openRuns#1',
      'records.takeLease#1',
      'unitOfWork.write#1',
      'unitOfWork.write#2',
      'queue.deliver#1',
      'records.begin#1',
    ];
    const deaths = second.flatMap((call) => (['before', 'after'] as const).map((when) => ({ call, when })));
    expect(
      await playAll(
        deaths.map((at) => [`killed ${at.when} ${at.call}`, () => play(new Life(first), new Life(at))] as const),
      ),
    ).toEqual({});
  }, 300_000);
});

/** Everything by which a worker reaches the world. */
const CALLS = [
  'effects.begin',
  'effects.end',
  'queue.deliver',
  'queue.receive',
  'queue.waiting',
  'records.begin',
  'records.enrolWorker',
  'records.heartbeat',
  'records.lastEvent',
  'records.liveWorkers',
  'records.openRuns',
  'records.roleWork',
  'records.runsAtOnceMax',
  'records.takeLease',
  'runLog.append',
  'unitOfWork.read',
  'unitOfWork.write',
];
