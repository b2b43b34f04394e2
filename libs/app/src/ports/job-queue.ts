import type { RunId } from '#core';

/** All that a queue carries: which attempt of which run. Everything else is in the rows. */
export interface Ticket {
  readonly runId: RunId;
  readonly attempt: number;
}

/** Tickets that travel together, so that one trip through the queue carries several runs. */
export type Envelope = readonly Ticket[];

/** What keeps the envelopes. */
export type QueueBackend = 'redis' | 'postgresql' | 'memory';

/** Takes envelopes off the queue until it is closed. */
export interface Receiver {
  /** Takes no more; resolves when the handlers that run have ended. */
  close(): Promise<void>;
}

/**
 * Tells some worker that runs wait. The queue is free to lose, repeat and reorder: it is never asked what became of a run,
 * it never retries, and losing all of it costs a few seconds (rescue hands out again what nobody began).
 * Every queue passes `test/contract/job-queue.contract.ts`.
 */
export abstract class JobQueue {
  abstract readonly backend: QueueBackend;
  /** Hands envelopes over. A failure is the caller's to report; the runs are found by rescue. */
  abstract deliver(envelopes: readonly Envelope[]): Promise<void>;
  /** Calls `handler` for each envelope, at most `handlersMax` at a time. The handler returns once it has taken the runs on. */
  abstract receive(handler: (envelope: Envelope) => Promise<void>, options: { handlersMax: number }): Promise<Receiver>;
  /**
   * How many envelopes nobody has taken yet. While the backend is away it fails, or answers when that is back: whoever asks
   * brings a deadline.
   */
  abstract waiting(): Promise<number>;
  abstract close(): Promise<void>;
}
