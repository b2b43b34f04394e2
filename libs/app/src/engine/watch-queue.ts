import type { JobQueue } from '../ports/job-queue.js';
import type { QueueStatus } from '../ports/worker-store.js';
import { QUEUE_ANSWER_MS_MAX } from './limits.js';

/**
 * Asks the queue now and then how much waits in it, so that health can tell one that is away from one that is empty. A queue
 * that is away is nobody's failure: runs are found by rescue, and this only says so. It never asks twice at once.
 */
export class WatchQueue {
  private seen: QueueStatus | null = null;
  private asked: Promise<number | null> | null = null;

  constructor(
    private readonly queue: Pick<JobQueue, 'backend' | 'waiting'>,
    private readonly withinMs = QUEUE_ANSWER_MS_MAX,
  ) {}

  /** Null until it was asked for the first time. */
  get status(): QueueStatus | null {
    return this.seen;
  }

  async execute(): Promise<void> {
    const askedAt = Date.now();
    // An answer that is owed since an earlier turn is the same answer.
    this.asked ??= this.queue.waiting().then(
      (count) => this.answered(count),
      () => this.answered(null),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), this.withinMs)));
    const waiting = await Promise.race([this.asked, late]);
    clearTimeout(timer);
    this.seen = { backend: this.queue.backend, answers: waiting !== null, waiting, askedAt };
  }

  private answered(count: number | null): number | null {
    this.asked = null;
    return count;
  }
}
