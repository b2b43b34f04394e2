import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Backend } from './bullmq-queue.js';

/** BullMQ over Redis. Nothing in Redis needs to survive: it may be emptied or killed at any instant. */
export const redisBackend = (url: string): Backend => {
  const connections: Redis[] = [];
  // A worker's connection blocks, so each half has its own. Commands wait for a Redis that comes back (null: no limit).
  const connect = (): Redis => {
    const connection = new Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(times * 100, 1_000),
    });
    // Without a listener a lost connection would end the process; BullMQ reports it, and ioredis connects again.
    connection.on('error', () => undefined);
    connections.push(connection);
    // BullMQ makes the one that blocks from this one; it has to end with it.
    const duplicate = connection.duplicate.bind(connection);
    connection.duplicate = (override) => {
      const another = duplicate(override);
      connections.push(another);
      return another;
    };
    return connection;
  };
  return {
    name: 'redis',
    queue: (name) => new Queue(name, { connection: connect() }),
    worker: (name, handler, tuning) => new Worker(name, handler, { connection: connect(), ...tuning }),
    close: async () => {
      for (const connection of connections) connection.disconnect();
    },
  };
};
