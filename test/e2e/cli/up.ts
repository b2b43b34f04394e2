import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, testRedisUrl } from '#runtime';
import { annealWith, start, type Anneal, type Ended, type Running } from './anneal-command.js';

/** `anneal up` as a process, on a database of its own of the test run's PostgreSQL. */
export interface UpHere {
  readonly anneal: Anneal;
  readonly env: NodeJS.ProcessEnv;
  readonly running: Running;
  /** What it printed until it was up. */
  readonly said: readonly string[];
  stop(): Promise<Ended>;
}

/** How long one stays up at most, in milliseconds, when nobody says otherwise: none outlives its test for long. */
const UP_MS_MAX = 300_000;

/** With `shipped`, the catalog begins with the barclamps that come with Anneal. */
export const upHere = async (name: string, { shipped = false, withinMs = UP_MS_MAX } = {}): Promise<UpHere> => {
  const database = await freshDatabase(name, { migrated: false });
  const home = mkdtempSync(join(tmpdir(), 'anneal-up-'));
  const redis = testRedisUrl();
  const env = {
    ANNEAL_HOME: home,
    HOME: home,
    DATABASE_URL: database.url,
    ...(redis ? { REDIS_URL: redis } : {}),
    ...(shipped ? {} : { ANNEAL_SHIPPED_BARCLAMPS: 'no' }),
  };
  const running = start(['up', '--port', String(await freePort())], env, { withinMs });
  const said: string[] = [];
  const up = (async () => {
    for await (const line of running.lines()) {
      said.push(line);
      if (line.startsWith('One-time code')) return;
    }
    const { err } = await running.ended;
    throw new Error(`anneal up ended: ${err}`);
  })();
  const tidy = async (): Promise<void> => {
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  };
  await up.catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  return {
    anneal: annealWith({ ANNEAL_HOME: home, HOME: home }),
    env,
    running,
    said,
    stop: async () => {
      running.child.kill('SIGTERM');
      const ended = await running.ended;
      await tidy();
      return ended;
    },
  };
};

/** A port that was free a moment ago: `anneal up` wants to be told one. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
