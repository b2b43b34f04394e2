import { createPostgresBackend, runMigrations, withBackend, type Queue, type Worker } from 'bullmq';
import pg from 'pg';
import type { Backend } from './bullmq-queue.js';

/** The schema in which BullMQ keeps its tables, apart from ours. */
export const QUEUE_SCHEMA = 'bullmq';

/** Connections of the queue: one listens, the others claim and finish. */
const CONNECTIONS_MAX = 6;

/** BullMQ over PostgreSQL, for installations without Redis. Makes its tables when they are missing. */
export const postgresBackend = async (url: string): Promise<Backend> => {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    options: `-c search_path=${QUEUE_SCHEMA}`,
    application_name: 'anneal queue',
  });
  // A broken idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const client = await pool.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    client.release();
  }
  const classes = withBackend(createPostgresBackend);
  return {
    name: 'postgresql',
    queue: (name) => new classes.Queue(name, { connection: pool }) as unknown as Queue,
    worker: (name, handler, tuning) =>
      new classes.Worker(name, handler as never, { connection: pool, ...tuning }) as unknown as Worker,
    close: () => pool.end(),
  };
};
