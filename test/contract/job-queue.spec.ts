import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { BullmqQueue, MemoryQueue, postgresBackend, redisBackend } from '#queue';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { jobQueueContract } from './job-queue.contract.js';

jobQueueContract('MemoryQueue', async () => {
  const queue = new MemoryQueue();
  return { queue, again: async () => queue };
});

const redisUrl = process.env['ANNEAL_TEST_REDIS_URL'];
describe.skipIf(!redisUrl)('with a redis-server on the PATH', () => {
  jobQueueContract('BullMQ over Redis', async () => {
    const name = randomUUID();
    const open = async () => new BullmqQueue(redisBackend(redisUrl as string), undefined, name);
    return { queue: await open(), again: open };
  });
});

describe('with PostgreSQL alone', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase('queue');
  });
  afterAll(() => database.drop());
  jobQueueContract('BullMQ over PostgreSQL', async () => {
    const name = randomUUID();
    const open = async () => new BullmqQueue(await postgresBackend(database.url), undefined, name);
    return { queue: await open(), again: open };
  });
});
