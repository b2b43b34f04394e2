import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  identityOf,
  isRunning,
  programOnPath,
  startRedis,
  temporaryHome,
  type RunningService,
  type TemporaryHome,
} from '#runtime';

let home: TemporaryHome;
let server: RunningService | null;

beforeEach(() => {
  home = temporaryHome();
  server = null;
});
afterEach(async () => {
  await server?.stop();
  home.remove();
});

const start = async (): Promise<RunningService> => {
  server = await startRedis({ home, log: () => {}, externalUrl: null });
  return server!;
};

describe.skipIf(programOnPath('redis-server') === null)('the child Redis', () => {
  test('answers with its password, keeps nothing on disk and never throws jobs away', async () => {
    const { url } = await start();
    const client = new Redis(url);
    try {
      expect(await client.config('GET', 'save')).toEqual(['save', '']);
      expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'no']);
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
    } finally {
      client.disconnect();
    }
  });

  test('lets nobody in without the password', async () => {
    const guess = new URL((await start()).url);
    guess.password = '';
    const client = new Redis(guess.href, { lazyConnect: true });
    client.on('error', () => {});
    try {
      await expect(client.set('key', 'value')).rejects.toThrow(/NOAUTH/);
    } finally {
      client.disconnect();
    }
  });

  test('is found at the same address after a restart and leaves no process when it is stopped', async () => {
    const first = await start();
    const process_ = identityOf(first.pid!);
    await first.stop();
    expect(isRunning(process_)).toBe(false);
    expect((await start()).url).toBe(first.url);
  });
});

test('without a redis-server on the PATH there is none, and the log says what that means', async () => {
  const path = process.env['PATH'];
  const said: string[] = [];
  process.env['PATH'] = home.path;
  try {
    expect(await startRedis({ home, log: (line) => said.push(line), externalUrl: null })).toBeNull();
  } finally {
    process.env['PATH'] = path;
  }
  expect(said).toEqual(['no redis-server on the PATH: the queue works on PostgreSQL']);
});

test('a URL of another Redis is used as it is, and that one is never stopped', async () => {
  const external = await startRedis({ home, log: () => {}, externalUrl: 'redis://elsewhere' });
  expect(external).toMatchObject({ url: 'redis://elsewhere', pid: null, exited: null });
  await external!.stop();
});
