import { join } from 'node:path';
import { ShippedFolder } from '#catalog';
import { CHECKOUT, endWithSupervisor, readableStacks, reportReady, settingsFromSupervisor, untilTold } from '#runtime';
import { createServer } from './server.js';
import { ServerLog } from './server-log.js';

/**
 * The server process. Settings come from the environment alone: DATABASE_URL (needed), ANNEAL_PORT (7700), ANNEAL_LISTEN
 * (all addresses), ANNEAL_HOME (where the administrator's token is left), ANNEAL_SHIPPED_BARCLAMPS (`no` keeps those of
 * this version out of the catalog), ANNEAL_LAB_PROGRAM (what knows the machines of a lab; the lab sets it), ANNEAL_LOG
 * (level). It ends within its deadline on SIGTERM, and when the supervisor that started it has vanished.
 */
const DEFAULT_PORT = 7_700;
/** Milliseconds after which a stop that hangs is no longer waited for. */
const END_WITHIN_MS = 10_000;

const main = async (): Promise<void> => {
  readableStacks();
  endWithSupervisor();
  await settingsFromSupervisor();
  const databaseUrl = process.env['DATABASE_URL'];
  if (!databaseUrl)
    throw new Error('DATABASE_URL is not set: give the address of the database, or start everything with `anneal up`');
  const log = new ServerLog({ level: (process.env['ANNEAL_LOG'] as 'info' | undefined) ?? 'info' });
  const home = process.env['ANNEAL_HOME'] ?? null;
  const wantsShipped = process.env['ANNEAL_SHIPPED_BARCLAMPS'] !== 'no';
  const server = await createServer({
    databaseUrl,
    home,
    web: join(CHECKOUT, 'dist', 'web'),
    program: join(CHECKOUT, 'bin', 'anneal'),
    lab: process.env['ANNEAL_LAB_PROGRAM'] ?? null,
    ...(wantsShipped ? { shipped: new ShippedFolder() } : {}),
    log,
  });
  const port = await server.listen(Number(process.env['ANNEAL_PORT'] ?? DEFAULT_PORT), process.env['ANNEAL_LISTEN']);
  log.info('the server listens', { port });
  reportReady(server.say);
  if (!process.send) for (const line of server.say) console.log(line);
  const signal = await untilTold();
  log.info('the server stops', { signal });
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
  await server.stop();
  process.exit(0);
};

main().catch((error: unknown) => {
  new ServerLog().fault(error, { process: 'server' });
  process.exit(1);
});
