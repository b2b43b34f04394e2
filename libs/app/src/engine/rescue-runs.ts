import { rescueRun, RESCUE_LIMITS, type Rescue, type RescueLimits } from '#core';
import type { EngineRecords, OpenRun } from '../ports/engine-store.js';
import type { JobQueue, Ticket } from '../ports/job-queue.js';
import type { Log } from '../ports/log.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { intoEnvelopes } from './envelopes.js';
import type { FinishRun } from './finish-run.js';

/**
 * Looks after runs that nobody looks after: queued ones that the queue lost, running ones whose worker vanished, waiting
 * ones whose deadline passed. Takes no input; one leader does it.
 */
export class RescueRuns {
  constructor(
    private readonly records: EngineRecords,
    private readonly unitOfWork: UnitOfWork,
    private readonly finishRun: FinishRun,
    private readonly queue: JobQueue,
    private readonly workers: () => number,
    private readonly log: Log,
    private readonly limits: RescueLimits = RESCUE_LIMITS,
  ) {}

  async execute(): Promise<void> {
    const open = (await this.records.openRuns()).map((run) => ({ run, rescue: rescueRun(run, this.limits) }));
    const runs = await this.withoutReported(open);
    const of = (kind: string): OpenRun[] => runs.filter(({ rescue }) => rescue.kind === kind).map(({ run }) => run);
    for (const { run, rescue } of runs) if (rescue.kind === 'give-up') await this.giveUp(run, rescue.reason);
    const lost = of('dispatch-again');
    const orphans = of('new-attempt');
    const tickets: Ticket[] = [
      ...(lost.length > 0 ? await this.records.dispatchAgain(lost.map(({ runId }) => runId)) : []),
      ...(orphans.length > 0 ? await this.unitOfWork.write(ENGINE, (tx) => tx.engine.newAttempts(orphans)) : []),
    ];
    if (tickets.length === 0) return;
    this.log.warn('handing runs out again', { dispatchedAgain: lost.length, newAttempts: orphans.length });
    this.deliver(tickets);
  }

  /** Runs that nobody carries any more and whose end the node itself has told are ended so, and left out. */
  private async withoutReported<Row extends { run: OpenRun; rescue: Rescue }>(rows: readonly Row[]): Promise<Row[]> {
    const abandoned = rows.flatMap(({ run, rescue }) =>
      run.state === 'running' && rescue.kind !== 'leave' ? [run] : [],
    );
    if (abandoned.length === 0) return [...rows];
    const reports = await this.unitOfWork.read((tx) => tx.runs.reports(abandoned));
    for (const run of abandoned) {
      const report = reports.get(run.runId);
      if (report) await this.finishRun.execute(run, report);
    }
    return rows.filter(({ run }) => !reports.has(run.runId));
  }

  /** Not waited for: a queue that is away may take for ever, and must not keep us from what needs no queue. */
  private deliver(tickets: readonly Ticket[]): void {
    this.queue.deliver(intoEnvelopes(tickets, this.workers())).catch((cause: unknown) =>
      this.log.error('the queue did not take the runs; they are handed out again in seconds', cause, {
        runs: tickets.length,
      }),
    );
  }

  private async giveUp(run: OpenRun, reason: string): Promise<void> {
    this.log.warn('giving a run up', { runId: run.runId, attempt: run.attempt, reason });
    await this.finishRun.execute(run, { outcome: { kind: 'failed', reason } });
  }
}
