import { JsonLog } from '#log';
import { endWithSupervisor, openHome, readableStacks, reportReady, settingsFromSupervisor, untilTold } from '#runtime';
import { assemble } from './assembly.js';
import { startWorker } from './worker.js';

/**
 * The worker process. Settings come from the environment alone: DATABASE_URL (needed), REDIS_URL (else the queue lives in
 * PostgreSQL), ANNEAL_HOME (the SSH key), ANNEAL_SERVER_URL (where nodes report), ANNEAL_LOG (level). It ends within its
 * deadline on SIGTERM, and when the supervisor that started it has vanished.
 */
/** Milliseconds after which a stop that hangs is no longer waited for. */
const END_WITHIN_MS = 15_000;
const DEFAULT_PORT = 7_700;

const main = async (): Promise<void> => {
  readableStacks();
  endWithSupervisor();
  await settingsFromSupervisor();
  const databaseUrl = process.env['DATABASE_URL'];
  if (!databaseUrl)
    throw new Error('DATABASE_URL is not set: give the address of the database, or start everything with `anneal up`');
  const log = new JsonLog((process.env['ANNEAL_LOG'] as 'info' | undefined) ?? 'info');
  const { parts, close } = await assemble({
    databaseUrl,
    redisUrl: process.env['REDIS_URL'] ?? null,
    home: openHome().path,
    serverUrl: process.env['ANNEAL_SERVER_URL'] ?? `http://127.0.0.1:${process.env['ANNEAL_PORT'] ?? DEFAULT_PORT}`,
    log,
  });
  const worker = await startWorker(parts);
  reportReady();
  const signal = await untilTold();
  log.info('the worker stops', { signal });
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
  await worker.stop();
  await close();
  process.exit(0);
};

main().catch((error: unknown) => {
  new JsonLog().error('the worker could not go on', error);
  process.exit(1);
});
