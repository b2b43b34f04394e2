import type { Queue, Worker } from 'bullmq';
import { JobQueue, type Envelope, type QueueBackend, type Receiver } from '#app';

/** Name of the one queue. */
export const QUEUE_NAME = 'anneal-runs';

/** A job is open only while its runs are being taken on, which takes milliseconds; a worker that dies then loses it soon. */
export const LOCK_MS = 30_000;

/** How long a worker waits for work before it looks around again, in seconds; it also bounds how long closing takes. */
export const BLOCK_SECONDS = 2;

/**
 * How long closing waits for the backend, in milliseconds. A backend that is away never says that it is done, and there is
 * nothing in it that anybody needs.
 */
export const CLOSE_MS_MAX = 3_000;

interface JobData {
  readonly envelope: Envelope;
}

/** What differs between the backends: how the two halves are made, and what else has to be closed. */
export interface Backend {
  readonly name: QueueBackend;
  queue(name: string): Queue<JobData>;
  worker(name: string, handler: (job: { data: JobData }) => Promise<void>, options: WorkerTuning): Worker<JobData>;
  close(): Promise<void>;
}

export interface WorkerTuning {
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly maxStalledCount: number;
  readonly drainDelay: number;
  readonly removeOnComplete: { count: number };
  readonly removeOnFail: { count: number };
}

/** BullMQ over whichever backend. Its errors are reported to `onError` and change nothing: the rows decide. */
export class BullmqQueue extends JobQueue {
  private readonly queue: Queue<JobData>;
  private readonly workers = new Set<Worker<JobData>>();

  constructor(
    private readonly place: Backend,
    private readonly onError: (error: Error) => void = () => undefined,
    private readonly name = QUEUE_NAME,
  ) {
    super();
    this.queue = place.queue(name);
    this.queue.on('error', onError);
  }

  override get backend(): QueueBackend {
    return this.place.name;
  }

  override async deliver(envelopes: readonly Envelope[]): Promise<void> {
    if (envelopes.length === 0) return;
    await this.queue.addBulk(
      envelopes.map((envelope) => ({
        name: 'runs',
        data: { envelope },
        opts: { attempts: 1, removeOnComplete: true, removeOnFail: true },
      })),
    );
  }

  override async receive(
    handler: (envelope: Envelope) => Promise<void>,
    options: { handlersMax: number },
  ): Promise<Receiver> {
    const handling = new Set<Promise<void>>();
    const handle = ({ data }: { data: JobData }): Promise<void> => {
      const handled = handler(data.envelope).finally(() => handling.delete(handled));
      handling.add(handled);
      return handled;
    };
    const worker = this.place.worker(this.name, handle, {
      concurrency: options.handlersMax,
      lockDuration: LOCK_MS,
      // A stalled job is never handed out again: rescue decides about its runs.
      maxStalledCount: 0,
      drainDelay: BLOCK_SECONDS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', this.onError);
    this.workers.add(worker);
    await worker.waitUntilReady();
    return {
      close: async () => {
        this.workers.delete(worker);
        await atMost(worker.close());
        await Promise.allSettled(handling);
      },
    };
  }

  override waiting(): Promise<number> {
    return this.queue.getWaitingCount();
  }

  override async close(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => atMost(worker.close())));
    await atMost(this.queue.close());
    await this.place.close();
  }
}

/** Waits for the backend, and not for ever. What goes wrong in closing concerns nobody. */
const atMost = async (closing: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS_MAX)));
  await Promise.race([closing.catch(() => undefined), late]).finally(() => clearTimeout(timer));
};
