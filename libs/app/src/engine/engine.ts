import type { Clock } from '../ports/clock.js';
import type { BegunRun, EngineRecords, Lease } from '../ports/engine-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { JobQueue, Ticket } from '../ports/job-queue.js';
import type { Log } from '../ports/log.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import type { LoopStatus } from '../ports/worker-store.js';
import { Annealer, LostLease, type Here, type StageRuns } from './annealer.js';
import { intoEnvelopes } from './envelopes.js';
import type { FinishRun } from './finish-run.js';
import { ANNEAL_PERIOD_MS, ENDS_PER_GROUP_MAX, SWEEP_PERIOD_MS, WRITE_AGAIN_MS } from './limits.js';
import { LoopRecord } from './loop-record.js';
import { SingleFlight } from './single-flight.js';

interface End {
  readonly ticket: Ticket;
  readonly written: () => void;
}

export interface EngineParts {
  readonly unitOfWork: UnitOfWork;
  readonly records: EngineRecords;
  readonly queue: JobQueue;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly stage: StageRuns;
  readonly finishRun: FinishRun;
  readonly log: Log;
  /** How many workers take envelopes now. */
  readonly workers: () => number;
  /** This worker, which carries its share of what it plans without the way through the queue; null while it takes none. */
  readonly here: () => Here | null;
  /** Carries out runs that were begun for this worker. */
  readonly carry: (runs: readonly BegunRun[]) => void;
}

/**
 * Plans runs where this process leads, and writes the ends of runs wherever they come back. Ends that arrive together are
 * written together; a leader plans their successors in the same transaction.
 */
export class Engine {
  private annealer: Annealer | null = null;
  private readonly ends: End[] = [];
  private readonly flight: SingleFlight;
  private readonly record = new LoopRecord('anneal', ANNEAL_PERIOD_MS);
  private readonly timers: NodeJS.Timeout[] = [];
  private wake: NodeJS.Timeout | null = null;
  /** Somebody has a reason to look that the history does not tell of. */
  private mustLook = false;
  /** The last event that we were told of. */
  private heard = 0;
  private onLostLease: () => void = () => undefined;

  constructor(private readonly parts: EngineParts) {
    this.flight = new SingleFlight(() => this.turn());
  }

  start(onLostLease: () => void): void {
    this.onLostLease = onLostLease;
    this.timers.push(setInterval(() => this.nudge(), ANNEAL_PERIOD_MS));
    this.timers.push(setInterval(() => this.annealer?.forget(), SWEEP_PERIOD_MS));
  }

  /** Called when this process begins to lead, or ceases to. */
  lead(lease: Lease | null): void {
    const { unitOfWork, records, ids, clock, stage, here } = this.parts;
    this.annealer = lease ? new Annealer(unitOfWork, records, ids, clock, stage, lease, here) : null;
    if (lease) this.nudge();
  }

  /** What the passes did, where this process leads; null elsewhere. */
  get status(): LoopStatus | null {
    return this.annealer && this.record.status;
  }

  /** There may be something to do. */
  nudge(): void {
    this.mustLook = true;
    this.flight.nudge();
  }

  /** Somebody committed events, `last` being the newest: ourselves, most often, and then there is nothing to look for. */
  news(last?: number): void {
    if (last === undefined) return this.nudge();
    this.heard = Math.max(this.heard, last);
    if (!this.annealer?.hasSeen(last)) this.flight.nudge();
  }

  /** Writes a plain success. Resolves when it is durable, or when it turned out not to count. */
  settle(ticket: Ticket): Promise<void> {
    return new Promise((written) => {
      this.ends.push({ ticket, written });
      // Ends of the same moment share a transaction.
      setImmediate(() => this.flight.nudge());
    });
  }

  async stop(): Promise<void> {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    if (this.wake) clearTimeout(this.wake);
    await this.flight.stop();
    if (this.ends.length > 0) await this.turn();
  }

  private async turn(): Promise<void> {
    const group = this.ends.splice(0, ENDS_PER_GROUP_MAX);
    // Our own commit is news as well, and reaches us while we are still waiting for its answer.
    if (group.length === 0 && !this.mustLook && this.annealer?.hasSeen(this.heard)) return;
    this.mustLook = false;
    const end = this.record.begin();
    try {
      const counted = this.annealer ? await this.pass(this.annealer, group) : await this.settleOnly(group);
      const done = new Set(counted.map(({ runId }) => runId));
      for (const each of group) {
        if (done.has(each.ticket.runId)) each.written();
        else await this.finishAlone(each);
      }
      end();
    } catch (cause) {
      end({ cause });
      this.ends.unshift(...group);
      this.mustLook = true;
      if (cause instanceof LostLease) {
        this.annealer = null;
        this.onLostLease();
        return this.again(0);
      }
      this.parts.log.error('an annealing pass failed and will be repeated', cause, { ends: group.length });
      return this.again(WRITE_AGAIN_MS);
    }
    if (this.ends.length > 0) this.again(0);
  }

  private async pass(annealer: Annealer, group: readonly End[]): Promise<readonly Ticket[]> {
    const { begun, tickets, settled } = await annealer.pass(group.map(({ ticket }) => ticket));
    this.parts.carry(begun);
    this.deliver(tickets);
    const { nextWake } = annealer;
    if (nextWake !== null) this.again(Math.max(1, nextWake - this.parts.clock.now()));
    return settled.tickets;
  }

  private async settleOnly(group: readonly End[]): Promise<readonly Ticket[]> {
    if (group.length === 0) return [];
    const settled = await this.parts.unitOfWork.write(ENGINE, (tx) =>
      tx.engine.settle(group.map(({ ticket }) => ticket)),
    );
    return settled.tickets;
  }

  /** One that the set left out is doubted or stale: the rules say what becomes of it. */
  private async finishAlone(end: End): Promise<void> {
    try {
      await this.parts.finishRun.execute(end.ticket, { outcome: { kind: 'succeeded' } });
      end.written();
    } catch (cause) {
      this.parts.log.error('an end could not be written and will be tried again', cause, { runId: end.ticket.runId });
      setTimeout(() => {
        this.ends.push(end);
        this.nudge();
      }, WRITE_AGAIN_MS);
    }
  }

  /** Not waited for: what a queue cannot take now is found by rescue. */
  private deliver(tickets: readonly Ticket[]): void {
    if (tickets.length === 0) return;
    const { queue, log, workers } = this.parts;
    queue.deliver(intoEnvelopes(tickets, workers())).catch((cause: unknown) =>
      log.error('the queue did not take the runs; they are handed out again in seconds', cause, {
        runs: tickets.length,
      }),
    );
  }

  private again(afterMs: number): void {
    if (this.wake) clearTimeout(this.wake);
    this.wake = setTimeout(() => this.nudge(), afterMs);
  }
}
