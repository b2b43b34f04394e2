import type { ModelParts } from '../model-parts.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';
import { readSetting, type NumberSettingKey } from '../setting/settings.js';

/** How long an answer is kept for a client that sends the same request again, in milliseconds. */
export const IDEMPOTENCY_MS = 86_400_000;

/**
 * How long a worker that vanished is shown as silent, in milliseconds: long enough for whoever comes to look, and not so long
 * that those of last week hide those of today. Rescue has given its runs to others by then.
 */
export const VANISHED_WORKER_MS = 3_600_000;

/** Rows that one transaction deletes at the most: it stays short, and what it locks nobody waits for long. */
const ROWS_PER_TURN_MAX = 5_000;

/** The same for raw streams, each of which has hundreds of large pieces. */
const STREAMS_PER_TURN_MAX = 20;

const DAY_MS = 86_400_000;

export type Forgotten = Readonly<
  Record<
    | 'idempotencyKeys'
    | 'events'
    | 'runs'
    | 'runLogs'
    | 'audit'
    | 'workers'
    | 'bootSessions'
    | 'providedNodes'
    | 'certificationStreams',
    number
  >
>;

/**
 * Deletes what is older than the settings say, a piece at a time; the loop that calls it calls again while something was
 * deleted. The last run of each noderole stays with its log, and so do events that a hook has not heard of.
 */
export class ForgetOld {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  async execute(): Promise<Forgotten> {
    return {
      idempotencyKeys: await this.once((tx) =>
        tx.cleaning.idempotencyKeys(new Date(this.parts.clock.now() - IDEMPOTENCY_MS), ROWS_PER_TURN_MAX),
      ),
      events: await this.byDays('event_days', (tx, before) => tx.cleaning.events(before, ROWS_PER_TURN_MAX)),
      runs: await this.byDays('run_days', (tx, before) => tx.cleaning.runs(before, ROWS_PER_TURN_MAX)),
      runLogs: await this.byDays('run_log_days', (tx, before) => tx.cleaning.runLogs(before, ROWS_PER_TURN_MAX)),
      audit: await this.byDays('audit_days', (tx, before) => tx.cleaning.audit(before, ROWS_PER_TURN_MAX)),
      workers: await this.once((tx) =>
        tx.cleaning.workers(new Date(this.parts.clock.now() - VANISHED_WORKER_MS), ROWS_PER_TURN_MAX),
      ),
      // Days are long against the life of a ticket: what is forgotten could not be used again.
      bootSessions: await this.byDays('run_days', (tx, before) =>
        tx.machines.forgetSessions(before, ROWS_PER_TURN_MAX),
      ),
      // What was given back; with it goes what its cloud answered.
      providedNodes: await this.byDays('run_days', (tx, before) => tx.provided.forget(before, ROWS_PER_TURN_MAX)),
      certificationStreams: await this.byDays('certification_stream_days', (tx, before) =>
        tx.certifications.forgetStreams(before, STREAMS_PER_TURN_MAX),
      ),
    };
  }

  private once(work: (tx: Transaction) => Promise<number>): Promise<number> {
    return this.parts.unitOfWork.write(ENGINE, work);
  }

  private byDays(key: NumberSettingKey, remove: (tx: Transaction, before: Date) => Promise<number>): Promise<number> {
    return this.once(async (tx) => {
      const days = await readSetting(tx, key);
      return days === 0 ? 0 : remove(tx, new Date(this.parts.clock.now() - days * DAY_MS));
    });
  }
}
