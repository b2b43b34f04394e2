import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { Annealer, FinishRun, type Lease, type SliceRoots, type StageRuns, type Ticket } from '#app';
import { audit, GraphDraft, planPass, type Graph, type Outcome, type Refusal } from '#core';
import { openDatabase, PgEngineRecords, PgUnitOfWork, TimeOrderedIds } from '#store';
import { VirtualClock } from '#testkit';
import type { Decider } from './decisions.js';
import { emptyDatabase, layGraph } from './lay-graph.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Passes after which a graph that goes on changing will never be quiet. */
const PASSES_MAX = 300;

/** Longer than any pause that a leader makes before it looks again, in milliseconds. */
const PAUSE_MS = 2_000;

/**
 * A graph in PostgreSQL that a real leader anneals, step by step and with a clock that is told, while others write to it
 * behind the leader's back. Nothing but the history tells the leader of them.
 */
export class LedGraph implements Decider {
  readonly clock = new VirtualClock();
  graph: Graph;
  private readonly unitOfWork: PgUnitOfWork;
  private readonly records: PgEngineRecords;
  private readonly finishRun: FinishRun;
  private leader: Annealer;

  private constructor(
    dataSource: Database,
    readonly cap: number,
    graph: Graph,
  ) {
    this.graph = graph;
    this.unitOfWork = new PgUnitOfWork(dataSource);
    this.records = new PgEngineRecords(dataSource);
    this.finishRun = new FinishRun(this.unitOfWork, this.clock, async () => undefined);
    this.leader = null as never;
  }

  static async of(dataSource: Database, graph: Graph, cap: number): Promise<LedGraph> {
    await emptyDatabase(dataSource);
    await dataSource.query(`UPDATE settings SET value = $1 WHERE key = 'runs_at_once_max'`, [JSON.stringify(cap)]);
    await layGraph(dataSource, graph);
    const led = new LedGraph(dataSource, cap, graph);
    await led.changeLeader();
    return led;
  }

  /** Another process leads from now on, and has to look at everything anew. */
  async changeLeader(): Promise<void> {
    const lease = (await this.records.takeLease('anneal', randomUUID(), 0)) as Lease;
    const stage: StageRuns = async () => new Map();
    this.leader = new Annealer(this.unitOfWork, this.records, new TimeOrderedIds(), this.clock, stage, lease);
  }

  async decide(_: string, roots: SliceRoots, rule: (draft: GraphDraft) => Refusal | null): Promise<void> {
    await this.unitOfWork.write('operator', async (tx) => {
      const graph = await tx.graph.slice(roots);
      const draft = new GraphDraft(graph);
      const refusal = rule(draft);
      if (!refusal) await tx.graph.save(graph, draft.decision());
      return refusal;
    });
    await this.look();
  }

  /** A pass of the leader, with these ends of runs; returns what it handed out. */
  async pass(ends: readonly Ticket[] = []): Promise<number> {
    const { tickets, settled } = await this.leader.pass(ends);
    const counted = new Set(settled.tickets.map(({ runId }) => runId));
    for (const end of ends) if (!counted.has(end.runId)) await this.finish(end, { kind: 'succeeded' });
    await this.look();
    return tickets.length;
  }

  /** Open runs, begun. */
  async begunRuns(): Promise<Ticket[]> {
    const open = await this.records.openRuns();
    await this.records.begin(randomUUID(), open);
    return open.map(({ runId, attempt }) => ({ runId, attempt }));
  }

  async finish(ticket: Ticket, outcome: Outcome): Promise<void> {
    await this.finishRun.execute(ticket, { outcome });
    await this.look();
  }

  /** A worker elsewhere ends runs that went well, without the leader. */
  async settleElsewhere(tickets: readonly Ticket[]): Promise<void> {
    await this.unitOfWork.write('engine', (tx) => tx.engine.settle(tickets));
    await this.look();
  }

  /** Whether the leader would take news of everything that was committed for old. */
  async hasSeenAll(): Promise<boolean> {
    return this.leader.hasSeen(await this.records.lastEvent());
  }

  /** A pass, unless the leader has a reason to do without: it has seen everything, and waits for no time. */
  private async passIfNews(): Promise<void> {
    const wake = this.leader.nextWake;
    const isDue = wake !== null && wake <= this.clock.now();
    if (isDue || !(await this.hasSeenAll())) await this.pass();
  }

  /** Passes until nothing changes any more, pauses included. Ends with a pass: what became due since is not overlooked. */
  async beQuiet(): Promise<void> {
    for (let passes = 0, idle = 0; idle < 2; passes += 1) {
      if (idle > 0) this.clock.advance(PAUSE_MS);
      expect(passes, 'passes that change something').toBeLessThan(PASSES_MAX);
      const before = this.shape();
      await this.passIfNews();
      idle = before === this.shape() ? idle + 1 : 0;
    }
  }

  /** What the rules, looking at the whole graph, would still hand out. A quiet leader must have seen all of it. */
  overlooked(): string[] {
    const { runs, reruns, skips } = planPass(this.graph, { cap: this.cap, now: this.clock.now() });
    return [...runs, ...reruns, ...skips].map((id) => this.graph.nameOf(id));
  }

  private shape(): string {
    return [...this.graph.nodeRoles.values()]
      .map(({ id, state, dirty }) => `${id} ${state} ${dirty}`)
      .sort()
      .join();
  }

  private async look(): Promise<void> {
    this.graph = await this.unitOfWork.read((tx) => tx.graph.whole());
    expect(audit(this.graph)).toEqual([]);
    const open = [...this.graph.nodeRoles.values()].filter(({ state }) => state === 'transition');
    expect(open.length).toBeLessThanOrEqual(this.cap);
  }
}
