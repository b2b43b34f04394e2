import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { startRedis, temporaryHome, testRedisUrl, type RunningService } from '#runtime';
import { drawn } from '#testkit';
import { Installation, type QueueKind } from './installation.js';

let installation: Installation;
afterEach(() => installation.close());

const fleet = (nodes: number): string =>
  Array.from({ length: nodes }, (_, index) => `A@n${index} todo --> B@n${index} blocked --> C@n${index} blocked`).join(
    '\n',
  );

const overQueue = (kind: QueueKind): void => {
  it('settles a fleet, with two workers', async () => {
    installation = await Installation.open(drawn(fleet(10)), { queue: kind, cap: 8 });
    await Promise.all([installation.hire(), installation.hire()]);
    await installation.untilAllActive();
    expect(installation.jig.runs).toHaveLength(30);
    expect(await installation.findings()).toEqual([]);
  });

  it('settles although everything is delivered twice', async () => {
    installation = await Installation.open(drawn(fleet(4)), { queue: kind });
    await installation.hire();
    const again = await installation.queue();
    installation.jig.tell('A', async ({ runId, attempt }) => {
      await again.deliver([[{ runId, attempt }], [{ runId, attempt }]]);
      return { kind: 'succeeded' };
    });
    await installation.untilAllActive();
    expect(installation.jig.runs).toHaveLength(12);
    expect(await installation.findings()).toEqual([]);
  });

  it('is not troubled by tickets of runs that do not exist', async () => {
    installation = await Installation.open(drawn(fleet(2)), { queue: kind });
    await (
      await installation.queue()
    ).deliver([[{ runId: '01900000-0000-7000-8000-000000000009' as never, attempt: 1 }]]);
    await installation.hire();
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });
};

describe('over a queue in memory', () => {
  overQueue('memory');
});
describe('over a queue in PostgreSQL', () => {
  overQueue('postgres');

  it('settles although the queue is emptied in the middle', async () => {
    installation = await Installation.open(drawn(fleet(6)), { queue: 'postgres', cap: 4 });
    await installation.hire();
    await installation.jig.begun('B');
    await installation.dataSource.query(`DELETE FROM bullmq.job`);
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });
});
describe.skipIf(!testRedisUrl())('over a queue in Redis', () => {
  overQueue('redis');

  it('settles although Redis is emptied again and again', async () => {
    // One of its own: others use the one of the test run.
    const home = temporaryHome();
    const redis = (await startRedis({ home, log: () => undefined, externalUrl: null })) as RunningService;
    try {
      installation = await Installation.open(drawn(fleet(8)), { queue: 'redis', cap: 4, redisUrl: redis.url });
      installation.jig.tell('B', async () => {
        if (installation.jig.countOf('B') % 3 === 0) await flush(redis.url);
        return { kind: 'succeeded' };
      });
      await Promise.all([installation.hire(), installation.hire()]);
      await installation.untilAllActive();
      expect(installation.jig.countOf('C')).toBe(8);
      expect(await installation.findings()).toEqual([]);
    } finally {
      await installation.close();
      await redis.stop();
      home.remove();
    }
  });

  it('stops within seconds when told, although Redis is gone', async () => {
    const home = temporaryHome();
    const redis = (await startRedis({ home, log: () => undefined, externalUrl: null })) as RunningService;
    try {
      installation = await Installation.open(drawn(fleet(4)), { queue: 'redis', redisUrl: redis.url });
      const { worker } = await installation.hire();
      await installation.jig.begun('B');
      process.kill(redis.pid as number, 'SIGKILL');
      await redis.exited;
      const before = performance.now();
      await worker.stop();
      expect(performance.now() - before).toBeLessThan(10_000);
      expect(await installation.rows('SELECT * FROM workers')).toEqual([]);
    } finally {
      await installation.close();
      home.remove();
    }
  });

  it('settles although Redis is killed in the middle and comes back empty', async () => {
    const home = temporaryHome();
    const log = (): void => undefined;
    let redis = (await startRedis({ home, log, externalUrl: null })) as RunningService;
    try {
      installation = await Installation.open(drawn(fleet(8)), { queue: 'redis', cap: 4, redisUrl: redis.url });
      await installation.hire();
      await installation.jig.begun('B');
      process.kill(redis.pid as number, 'SIGKILL');
      await redis.exited;
      redis = (await startRedis({
        home,
        log,
        externalUrl: null,
        port: Number(new URL(redis.url).port),
      })) as RunningService;
      await installation.untilAllActive();
      expect(await installation.findings()).toEqual([]);
    } finally {
      await installation.close();
      await redis.stop();
      home.remove();
    }
  });
});

const flush = async (url: string): Promise<void> => {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  await client.flushall();
  client.disconnect();
};
