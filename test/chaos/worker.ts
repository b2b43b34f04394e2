import { startWorker } from '../../apps/worker/src/worker.js';
import { Log, type StageRuns } from '#app';
import type { JsonObject } from '#core';
import { TestJig } from '#jigs';
import { openQueue } from '#queue';
import { untilTold } from '#runtime';
import { openDatabase, PgEngineRecords, PgNews, PgRunLog, PgUnitOfWork, TimeOrderedIds } from '#store';
import { Chance } from '#testkit';
import { SocketEffects } from './effects/socket-effects.js';
import { READY } from './ready.js';
import { drawWork } from './work.js';

/**
 * One engine process of the chaos test: the product's worker over real PostgreSQL and the real queue, with the test jig
 * whose effects go to the recorder. What a run does is drawn when it is planned. Settings come from the environment:
 * DATABASE_URL, REDIS_URL (absent: the queue lives in PostgreSQL), CHAOS_EFFECTS, CHAOS_SEED, CHAOS_WORK_MS,
 * CHAOS_HASTY (set: limits of a short storm).
 */

/** Milliseconds after which a stop that hangs is a fault: the process says so by its exit code. */
const END_WITHIN_MS = 20_000;

/** A short storm's limits, in milliseconds: a third of an installation's, in the same order. */
const HASTY = {
  rescueLimits: { queuedMsMax: 1_500, silenceMsMax: 3_000, attemptsMax: 5, overdueMsMax: 4_000 },
  lease: { ms: 2_000, renewMs: 500 },
  heartbeatLostMs: 2_400,
} as const;

class LineLog extends Log {
  override info(message: string, fields = {}): void {
    this.write('info', message, fields);
  }
  override warn(message: string, fields = {}): void {
    this.write('warn', message, fields);
  }
  override error(message: string, cause: unknown, fields = {}): void {
    const chain: string[] = [];
    for (let error = cause; error instanceof Error && chain.length < 5; error = error.cause)
      chain.push(error.message || error.name);
    this.write('error', message, { ...fields, because: chain.length > 0 ? chain : String(cause) });
  }
  private write(level: string, message: string, fields: object): void {
    console.error(JSON.stringify({ at: new Date().toISOString(), level, message, ...fields }));
  }
}

const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the chaos test starts this program`);
  return value;
};

const main = async (): Promise<void> => {
  const told = untilTold();
  const log = new LineLog();
  const url = needed('DATABASE_URL');
  const effects = await SocketEffects.open(needed('CHAOS_EFFECTS'));
  const dataSource = await openDatabase({ url, applicationName: 'anneal worker', byIndex: true });
  const queue = await openQueue({ redisUrl: process.env['REDIS_URL'], databaseUrl: url });
  const chance = new Chance(Number(needed('CHAOS_SEED')));
  const workMs = Number(needed('CHAOS_WORK_MS'));
  const stage: StageRuns = async (_, ids) =>
    new Map(ids.map((id): [typeof id, JsonObject] => [id, { attribs: drawWork(chance, workMs) }]));
  const worker = await startWorker({
    unitOfWork: new PgUnitOfWork(dataSource),
    records: new PgEngineRecords(dataSource),
    queue,
    news: new PgNews(url),
    runLog: new PgRunLog(dataSource),
    ids: new TimeOrderedIds(),
    log,
    jigs: [new TestJig({ effects })],
    stage,
    storeOutputs: async () => undefined,
    ...(process.env['CHAOS_HASTY'] ? HASTY : {}),
  });
  console.log(READY);
  await told;
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
  await worker.stop();
  await queue.close();
  await dataSource.destroy();
  effects.close();
  // Nothing may be left that keeps the process alive; the driver waits for it to end by itself.
};

await main();
