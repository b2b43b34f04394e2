import type { JobQueue } from '#app';
import { BullmqQueue } from './bullmq-queue.js';
import { postgresBackend } from './postgres-backend.js';
import { redisBackend } from './redis-backend.js';

export interface QueueOptions {
  /** `redis://host:port`; without it the queue lives in PostgreSQL. */
  readonly redisUrl?: string | undefined;
  readonly databaseUrl: string;
  readonly onError?: (error: Error) => void;
  /** Another name keeps queues apart that share a Redis. */
  readonly name?: string;
}

/** The queue of this installation: Redis when there is one, PostgreSQL else. */
export const openQueue = async (options: QueueOptions): Promise<JobQueue> => {
  const backend = options.redisUrl ? redisBackend(options.redisUrl) : await postgresBackend(options.databaseUrl);
  return new BullmqQueue(backend, options.onError, options.name);
};
