import { isRefusal, type JsonObject, type RoleId, type RunId } from '#core';
import { maskOf, maskOfInput, NO_MASK, type Mask } from '../attrib/mask-secrets.js';
import { openWith, type SealedAttribs } from '../attrib/sealed-attribs.js';
import type { BegunRun, EngineRecords, HeldRun, RoleWork } from '../ports/engine-store.js';
import type { AbortCause, Jig, JigOutcome, JigRun } from '../ports/jig.js';
import type { Envelope, Ticket } from '../ports/job-queue.js';
import type { Log } from '../ports/log.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import type { WorkerDoing } from '../ports/worker-store.js';
import type { Engine } from './engine.js';
import type { FinishRun, RunResult } from './finish-run.js';
import { HEARTBEAT_LOST_MS, RUNS_PER_WORKER_MAX, SHUTDOWN_MS, WRITE_AGAIN_MS } from './limits.js';
import type { LogBuffer } from './log-buffer.js';
import { resultOf } from './outcome.js';

interface Carried {
  readonly ticket: Ticket;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export interface CarryParts {
  readonly workerId: string;
  readonly records: EngineRecords;
  readonly unitOfWork: UnitOfWork;
  readonly engine: Engine;
  readonly finishRun: FinishRun;
  readonly jigs: ReadonlyMap<string, Jig>;
  readonly logBuffer: LogBuffer;
  readonly log: Log;
  /** Opens the secrets of inputs; without it runs that are given any fail. */
  readonly sealed?: SealedAttribs | undefined;
  /** Instead of HEARTBEAT_LOST_MS. */
  readonly heartbeatLostMs?: number | undefined;
  /** Instead of RUNS_PER_WORKER_MAX. */
  readonly runsMax?: number | undefined;
}

/**
 * The worker's side of the engine: begins runs, lets their jigs carry them out outside of any transaction, and brings back
 * what became of them. A run is this worker's from the moment that its row says so until it ends or another attempt is made.
 */
export class CarryRuns {
  private readonly carried = new Map<RunId, Carried>();
  private readonly work = new Map<RoleId, RoleWork>();
  private waitingForRoom: (() => void)[] = [];
  private lastBeatAt = performance.now();
  private stopping = false;
  /** Runs that are begun and wait for what their roles say. */
  private taking = 0;

  constructor(private readonly parts: CarryParts) {}

  get count(): number {
    return this.carried.size;
  }

  /** Takes an envelope on: returns when its runs are begun, and waits while this worker has its hands full. */
  async accept(envelope: Envelope): Promise<void> {
    while (this.carried.size >= (this.parts.runsMax ?? RUNS_PER_WORKER_MAX) && !this.stopping)
      await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
    if (this.stopping) return;
    const begun = await this.parts.records.begin(this.parts.workerId, envelope);
    await this.readWork(begun);
    for (const run of begun) this.carry(run);
  }

  /** What this worker may be given without being asked; null when it takes nothing any more. */
  room(): { carried: number; runsMax: number } | null {
    if (this.stopping) return null;
    return { carried: this.carried.size + this.taking, runsMax: this.parts.runsMax ?? RUNS_PER_WORKER_MAX };
  }

  /** Carries out runs that are this worker's already. What it cannot take on is found by rescue. */
  take(begun: readonly BegunRun[]): void {
    if (begun.length === 0 || this.stopping) return;
    this.taking += begun.length;
    this.readWork(begun)
      .then(() => begun.forEach((run) => this.carry(run)))
      .catch((cause: unknown) =>
        this.parts.log.error('runs were left to rescue: their roles could not be read', cause, { runs: begun.length }),
      )
      .finally(() => (this.taking -= begun.length));
  }

  /** Says that this worker lives and what it does, and drops what is no longer its own. */
  async heartbeat(doing: WorkerDoing): Promise<void> {
    const silentMs = performance.now() - this.lastBeatAt;
    // Rescue may have given our runs away while we could not speak; they must not go on beside the new attempts.
    if (silentMs > (this.parts.heartbeatLostMs ?? HEARTBEAT_LOST_MS)) this.abortAll('superseded');
    const held = await this.parts.records.heartbeat(
      this.parts.workerId,
      [...this.carried.values()].map(({ ticket }) => ticket),
      doing,
    );
    this.lastBeatAt = performance.now();
    for (const run of held) this.heed(run);
  }

  /** Ends what runs: gives it a moment, then leaves it to other workers. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const resolve of this.waitingForRoom.splice(0)) resolve();
    this.abortAll('shutdown');
    const ended = Promise.all([...this.carried.values()].map(({ ended: end }) => end));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, SHUTDOWN_MS)));
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  private heed(run: HeldRun): void {
    const carried = this.carried.get(run.runId);
    if (!carried || carried.ticket.attempt !== run.attempt) return;
    if (!run.mine) carried.abort.abort('superseded' satisfies AbortCause);
    else if (run.cancelRequestedBy) carried.abort.abort('cancelled' satisfies AbortCause);
  }

  private abortAll(cause: AbortCause): void {
    for (const { abort } of this.carried.values()) abort.abort(cause);
  }

  private async readWork(runs: readonly BegunRun[]): Promise<void> {
    const missing = new Set<RoleId>();
    for (const run of runs) if (this.work.get(run.roleId)?.version !== run.roleVersion) missing.add(run.roleId);
    if (missing.size === 0) return;
    for (const work of await this.parts.records.roleWork([...missing])) this.work.set(work.roleId, work);
  }

  private carry(run: BegunRun): void {
    const ticket: Ticket = { runId: run.runId, attempt: run.attempt };
    const abort = new AbortController();
    const timer =
      run.timeoutMs === null ? null : setTimeout(() => abort.abort('deadline' satisfies AbortCause), run.timeoutMs);
    const ended = this.perform(run, abort.signal)
      .then((outcome) => this.bringBack(run, ticket, outcome, abort.signal))
      .catch((cause: unknown) =>
        this.parts.log.error('a run was left to rescue', cause, { runId: run.runId, attempt: run.attempt }),
      )
      .finally(() => {
        if (timer) clearTimeout(timer);
        if (this.carried.get(run.runId)?.ticket === ticket) this.carried.delete(run.runId);
        this.waitingForRoom.shift()?.();
      });
    this.carried.set(run.runId, { ticket, abort, ended });
  }

  private async perform(run: BegunRun, signal: AbortSignal): Promise<JigOutcome> {
    const jig = this.parts.jigs.get(run.jig);
    if (!jig)
      return {
        kind: 'failed',
        reason: `this worker has no jig named ${run.jig}; it knows ${[...this.parts.jigs.keys()].join(', ')}`,
      };
    const work = this.work.get(run.roleId);
    if (!work) return { kind: 'failed', reason: 'its role was deleted' };
    // Nobody but the jig is given them, so hints and whatever else the input has besides stays sealed.
    const opened = openWith(this.parts.sealed, {
      attribs: run.input['attribs'] ?? {},
      tree: run.input['tree'] ?? {},
      ...(run.input['secrets'] === undefined ? {} : { secrets: run.input['secrets'] }),
    });
    if (isRefusal(opened)) return { kind: 'failed', reason: opened.detail };
    const input = opened.value as JsonObject;
    const mask = bothMasks(maskOfInput(input), maskOf(opened.secrets));
    const write = this.parts.logBuffer.writer(run.runId, run.attempt);
    const jigRun: JigRun = {
      runId: run.runId,
      nodeRoleId: run.nodeRoleId,
      attempt: run.attempt,
      fence: run.fence,
      roleName: work.name,
      node: {
        nodeId: run.node.id,
        name: run.node.name,
        address: run.node.address,
        sshPort: run.node.sshPort,
        hostKey: run.node.hostKey,
      },
      files: work.files,
      // By name, and by the path that the catalog gives a value; names count more where the two meet.
      attribs: {
        ...(input['tree'] as JsonObject),
        ...(input['attribs'] as JsonObject),
      },
      outputs: work.outputs,
      signal,
      mask,
      log: mask === NO_MASK ? write : (line, stream) => write(mask(line), stream),
    };
    try {
      const outcome = await jig.run(jigRun);
      return 'reason' in outcome ? { ...outcome, reason: mask(outcome.reason) } : outcome;
    } catch (cause) {
      this.parts.log.error(`the ${run.jig} jig failed`, cause, { runId: run.runId, attempt: run.attempt });
      return {
        kind: 'failed',
        reason: mask(`the ${run.jig} jig itself failed: ${cause instanceof Error ? cause.message : String(cause)}`),
      };
    }
  }

  private async bringBack(run: BegunRun, ticket: Ticket, outcome: JigOutcome, signal: AbortSignal): Promise<void> {
    if (outcome.kind === 'waiting' && signal.reason !== 'deadline')
      return this.write(signal, () => this.wait(ticket, outcome.deadlineAt));
    const result = resultOf(outcome.kind === 'waiting' ? TOO_LATE : outcome, run.timeoutMs);
    if (!result) return;
    const plain =
      result.outcome.kind === 'succeeded' && !result.rebootNeeded && Object.keys(result.outputs ?? {}).length === 0;
    if (plain) return this.parts.engine.settle(ticket);
    // Its lines first: who reads that a run failed wants to see why.
    await this.parts.logBuffer.flush().catch(() => undefined);
    await this.write(signal, () => this.finish(ticket, result));
    this.parts.engine.nudge();
  }

  private async finish(ticket: Ticket, result: RunResult): Promise<void> {
    if (result.outcome.kind !== 'lost-contact') return void (await this.parts.finishRun.execute(ticket, result));
    // Nobody here knows what happened on the node; but it may have told us itself.
    await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const reported = (await tx.runs.reports([ticket])).get(ticket.runId);
      await this.parts.finishRun.within(tx, ticket, reported ?? result);
    });
  }

  /** Leaves the run to the node's report, unless that has come already or somebody has asked for its end. */
  private async wait(ticket: Ticket, deadlineAt: Date): Promise<void> {
    const ended = await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const run = await tx.runs.lockOpen(ticket.runId, ticket.attempt);
      if (run?.state !== 'running') return false;
      const reported = (await tx.runs.reports([ticket])).get(run.id);
      const end = run.cancelRequestedBy === null ? reported : cancelledBy(run.cancelRequestedBy);
      if (end) await this.parts.finishRun.within(tx, ticket, end);
      else await tx.runs.wait(run.id, deadlineAt);
      return end !== undefined;
    });
    if (ended) this.parts.engine.nudge();
  }

  /** Writes until it is written, or until the run is somebody else's. */
  private async write(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (cause) {
        if (signal.reason === 'superseded' || this.stopping) throw cause;
        this.parts.log.error('an end could not be written and will be tried again', cause);
        await new Promise((resolve) => setTimeout(resolve, WRITE_AGAIN_MS));
      }
    }
  }
}

/** The scripts were done just when the time was up. */
const TOO_LATE: JigOutcome = { kind: 'aborted', cause: 'deadline' };

const cancelledBy = (actor: string): RunResult => ({ outcome: { kind: 'cancelled', reason: `cancelled by ${actor}` } });

const bothMasks = (one: Mask, other: Mask): Mask =>
  one === NO_MASK ? other : other === NO_MASK ? one : (text) => one(other(text));
