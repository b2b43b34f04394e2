import {
  GraphDraft,
  isReady,
  isRefusal,
  ReadySet,
  refuse,
  rerunNodeRole,
  skipNodeRole,
  type JsonObject,
  type NodeRoleId,
  type ReadyItem,
  type Refusal,
  type RunId,
} from '#core';
import type { Clock } from '../ports/clock.js';
import type { BegunRun, Claim, Claimed, EngineRecords, Lease, NewsRange, Settled } from '../ports/engine-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { Ticket } from '../ports/job-queue.js';
import { ENGINE, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';
import { CAP_AGE_MS_MAX, REFUSED_PAUSE_MS, RUNS_PER_PASS_MAX } from './limits.js';
import { seat, seatAll } from './seating.js';

/** Freezes the inputs of runs that are about to be planned. */
export type StageRuns = (tx: Transaction, ids: readonly NodeRoleId[]) => Promise<ReadonlyMap<NodeRoleId, JsonObject>>;

/** The lease was lost: another leads now, and this one must look at everything anew before it plans again. */
export class LostLease extends Error {
  override readonly name = 'LostLease';
}

/** The worker that leads, as far as it carries runs out itself. */
export interface Here {
  readonly workerId: string;
  /** Runs that it carries now, those included whose ends are being written. */
  readonly carried: number;
  readonly runsMax: number;
  /** All workers, itself included. */
  readonly workers: number;
}

/** What a pass did. */
export interface Passed {
  readonly begun: readonly BegunRun[];
  readonly tickets: readonly Ticket[];
  readonly settled: Settled;
}

const NOTHING: Settled = { tickets: [], standings: [] };

/**
 * The leader's side of the engine. It keeps the ready set in memory, brings it up to date from the history, and hands out
 * runs; the rows guard every claim, so a wrong ready set costs time and nothing else. When anything goes wrong it forgets
 * what it knew and reads it again.
 *
 * Calls must not overlap: `AnnealLoop` sees to that.
 */
export class Annealer {
  private ready: ReadySet | null = null;
  /** Every event up to this number has been taken in. */
  private position = 0;
  /** The last pass handed out as many runs as one pass may, so there may be more. */
  private more = false;
  private cap = { value: 0, readAt: -Infinity };

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly records: EngineRecords,
    private readonly ids: IdSource,
    private readonly clock: Clock,
    private readonly stage: StageRuns,
    private readonly lease: Lease,
    private readonly here: () => Here | null = () => null,
  ) {}

  /** Forgets the ready set; the next pass reads it again. */
  forget(): void {
    this.ready = null;
  }

  /** Whether every event up to `last` has been taken in, and no pass is owed for another reason that we know of. */
  hasSeen(last: number): boolean {
    return this.ready !== null && !this.more && last <= this.position;
  }

  /** When the next noderole that waits for its time may run, in milliseconds since the epoch; null when none does. */
  get nextWake(): number | null {
    return this.ready?.nextWake() ?? null;
  }

  /**
   * One pass: writes the ends of runs that went well, takes in what happened, and plans. Returns the runs that this worker
   * has begun, the tickets to deliver of the others, and which of the ends counted.
   */
  async pass(ends: readonly Ticket[] = []): Promise<Passed> {
    try {
      const before = this.cap.value;
      const cap = await this.runsAtOnceMax();
      if (ends.length === 0 && cap === before && (await this.nothingNew()))
        return { begun: [], tickets: [], settled: NOTHING };
      const ready = this.ready ?? (await this.firstLook());
      this.ready = ready;
      return await this.plan(ready, ends, cap);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  private async runsAtOnceMax(): Promise<number> {
    const now = this.clock.now();
    if (now - this.cap.readAt > CAP_AGE_MS_MAX) this.cap = { value: await this.records.runsAtOnceMax(), readAt: now };
    return this.cap.value;
  }

  /**
   * Whether a pass would find everything as the last one left it. Our own commits are news to ourselves as well, and a
   * transaction that only says so would cost a write to disk each time.
   */
  private async nothingNew(): Promise<boolean> {
    if (!this.ready || this.more) return false;
    const wake = this.ready.nextWake();
    return (wake === null || wake > this.clock.now()) && (await this.records.lastEvent()) === this.position;
  }

  private async firstLook(): Promise<ReadySet> {
    const look = await this.unitOfWork.read((tx) => tx.engine.firstLook());
    this.position = look.position;
    return seatAll(look);
  }

  private async plan(ready: ReadySet, ends: readonly Ticket[], cap: number): Promise<Passed> {
    let taken: ReadyItem[] = [];
    const pass = async (tx: Transaction) => {
      // A repetition after a conflict takes the same turn again.
      for (const item of taken) this.putBack(ready, item);
      taken = [];
      // Sent together: where the lease is another's, what was settled is undone with the rest.
      const [last, settled] = await Promise.all([
        tx.engine.holdLease(this.lease),
        ends.length > 0 ? tx.engine.settle(ends) : NOTHING,
      ]);
      if (last === null) throw new LostLease(`another process leads ${this.lease.name}`);
      await this.takeIn(tx, ready, last);
      for (const standing of settled.standings) seat(ready, standing);
      taken = ready.take(Math.min(RUNS_PER_PASS_MAX, Math.max(0, cap - ready.running)), this.clock.now());
      const first = taken.filter((item) => !item.rerun && !item.done);
      const claimed = await this.claim(tx, first, this.shareOf(ready, ends.length));
      return { tx, settled, first, claimed };
    };
    const written = await this.unitOfWork.write(ENGINE, pass, { locksFirst: true });
    this.skipOwn(written.tx.news);
    this.more = taken.length === RUNS_PER_PASS_MAX;
    const agreed = new Set(written.claimed.map(({ nodeRoleId }) => nodeRoleId));
    // What the rows refused has changed; its event is on the way and puts it where it belongs.
    for (const item of written.first) if (!agreed.has(item.id)) ready.release(item.id);
    const begun = written.claimed.flatMap((claimed) => claimed.begun ?? []);
    const tickets = written.claimed.filter((each) => !each.begun).map(({ runId }): Ticket => ({ runId, attempt: 1 }));
    for (const item of taken) {
      if (item.rerun) tickets.push(...(await this.rerun(ready, item)));
      else if (item.done) await this.skip(ready, item);
    }
    return { begun, tickets, settled: written.settled };
  }

  /** How many more runs this worker takes on itself: what makes its part of all of them a fair one. */
  private shareOf(ready: ReadySet, ending: number): number {
    const here = this.here();
    if (!here) return 0;
    const fair = Math.ceil(ready.running / Math.max(1, here.workers));
    return Math.max(0, Math.min(fair, here.runsMax) - (here.carried - ending));
  }

  private async claim(tx: Transaction, items: readonly ReadyItem[], share: number): Promise<Claimed[]> {
    if (items.length === 0) return [];
    const inputs = await this.stage(
      tx,
      items.map(({ id }) => id),
    );
    const claims: Claim[] = items.map(({ id, nodeId }, at) => ({
      nodeRoleId: id,
      nodeId,
      runId: this.ids.next<RunId>(),
      input: inputs.get(id) ?? {},
      begin: at < share,
    }));
    return tx.engine.claim(claims, this.here()?.workerId);
  }

  /** Runs an active noderole again. Rare, so it goes through the rules one by one. */
  private async rerun(ready: ReadySet, item: ReadyItem): Promise<Ticket[]> {
    const result = await this.unitOfWork.write(ENGINE, async (tx): Promise<Ticket | Refusal> => {
      if ((await tx.engine.holdLease(this.lease)) === null)
        throw new LostLease(`another process leads ${this.lease.name}`);
      const graph = await tx.graph.slice({ nodeRoleIds: [item.id] });
      const nodeRole = graph.nodeRoles.get(item.id);
      if (!nodeRole) return refuse('not-found', 'it was deleted');
      const node = graph.node(nodeRole.nodeId);
      if (!isReady(node) || node.frozen > 0 || !nodeRole.dirty) return refuse('wrong-state', 'it may not run now');
      const runId = this.ids.next<RunId>();
      const draft = new GraphDraft(graph);
      const refusal = rerunNodeRole(draft, item.id, runId);
      if (refusal) return refusal;
      const inputs = await this.stage(tx, [item.id]);
      const jig = graph.role(nodeRole.roleId).jig;
      await tx.graph.save(graph, draft.decision());
      await tx.runs.insert([
        { id: runId, nodeRoleId: item.id, nodeId: nodeRole.nodeId, jig, rerun: true, input: inputs.get(item.id) ?? {} },
      ]);
      return { runId, attempt: 1 };
    });
    if (!isRefusal(result)) return [result];
    this.putBack(ready, item, this.clock.now() + REFUSED_PAUSE_MS);
    return [];
  }

  /** Lets a noderole that was done before count as done. Where the rows say otherwise, their event puts it where it belongs. */
  private async skip(ready: ReadySet, item: ReadyItem): Promise<void> {
    await this.unitOfWork.write(ENGINE, async (tx) => {
      const graph = await tx.graph.slice({ nodeRoleIds: [item.id] });
      if (!graph.nodeRoles.has(item.id)) return;
      const draft = new GraphDraft(graph);
      if (skipNodeRole(draft, item.id) === null) await tx.graph.save(graph, draft.decision());
    });
    ready.release(item.id);
  }

  private putBack(ready: ReadySet, item: ReadyItem, notBefore = item.notBefore): void {
    ready.release(item.id);
    ready.put({ ...item, notBefore });
  }

  /** Brings the ready set up to the event `last`. */
  private async takeIn(tx: Transaction, ready: ReadySet, last: number): Promise<void> {
    if (last <= this.position) return;
    const news = await tx.engine.news({ first: this.position + 1, last });
    for (const { id, open } of await tx.engine.nodes(news.nodeIds)) ready.setNode(id, open);
    for (const { id, committed, priority } of await tx.engine.deployments(news.deploymentIds))
      ready.setDeployment(id, committed, priority);
    const standings = await tx.engine.standings(news.nodeRoleIds);
    for (const standing of standings) seat(ready, standing);
    const found = new Set(standings.map(({ id }) => id));
    for (const id of news.nodeRoleIds) {
      if (found.has(id)) continue;
      ready.release(id);
      ready.remove(id);
    }
    this.position = last;
  }

  /** Our own events tell us nothing new, unless somebody else's came in between. */
  private skipOwn(own: NewsRange | null): void {
    if (own && own.first === this.position + 1) this.position = own.last;
  }
}
