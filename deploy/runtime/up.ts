/**
 * `anneal up`: everything of one machine in one process tree. Home, PostgreSQL, Redis, migrations, then Anneal's own
 * processes; then it waits, keeps what crashes running, and stops all in reverse order when told. It knows neither how
 * to migrate nor what the processes do: both come from the caller.
 */
import { rmSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHome, type Home, type Log } from './home.js';
import { keepRunning } from './keep-running.js';
import { holderOf, takePidFile } from './pid-file.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { supervise, type ProcessSpec, type Settings, type Supervised } from './supervise.js';

const DEFAULT_PORT = 7700;
const HOLDER_FILE = 'up.pid';
const ADDRESS_FILE = 'address';

export interface UpOptions {
  /** ANNEAL_HOME when it is not given. */
  readonly home?: string;
  readonly processes: readonly ProcessSpec[];
  /** Brings the database up to date; called before any process starts. */
  readonly migrate: (databaseUrl: string) => Promise<void>;
  readonly log: Log;
  /** Port of UI and API; ANNEAL_PORT, else 7700, when it is not given. */
  readonly port?: number;
}

export interface Up {
  readonly home: Home;
  /** Where UI and API answer, for example `http://127.0.0.1:7700`. */
  readonly address: string;
  /** What the processes want the operator to read now: the one-time code of the first administrator, for example. */
  readonly say: readonly string[];
  readonly databaseUrl: string;
  /** Null when the queue works on PostgreSQL. */
  readonly redisUrl: string | null;
  readonly processes: Pick<Supervised, 'pidOf' | 'restartsOf'>;
  /** Pids of the services that are ours, for tests that kill them. */
  pidOf(service: 'postgres' | 'redis'): number | null;
  stop(): Promise<void>;
}

/** Thrown when this home is up already. */
export class AlreadyUp extends Error {
  override readonly name = 'AlreadyUp';
  constructor(
    readonly pid: number,
    readonly address: string | null,
  ) {
    super(
      `Anneal runs already (process ${pid}${address ? `, ${address}` : ''}); stop it with kill ${pid}, or set another ANNEAL_HOME`,
    );
  }
}

/** Resolves when everything serves. Rejects, with all of it stopped again, when something does not start. */
export async function up(options: UpOptions): Promise<Up> {
  const home = openHome(options.home);
  const held = takePidFile(join(home.path, HOLDER_FILE));
  if (!held.taken) throw new AlreadyUp(held.holder.pid, addressOf(home));
  const undo: (() => Promise<void>)[] = [async () => held.file.release()];
  const stop = (): Promise<void> => (stopped ??= undoAll(undo, options.log));
  let stopped: Promise<void> | null = null;
  try {
    return { ...(await startAll(options, home, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(options: UpOptions, home: Home, undo: (() => Promise<void>)[]): Promise<Omit<Up, 'stop'>> {
  const { log } = options;
  // The processes load their code while the services come up; they get their settings when these are known.
  let know: (settings: Settings) => void = () => undefined;
  let giveUp: (why: unknown) => void = () => undefined;
  const known = new Promise<Settings>((resolve, reject) => ([know, giveUp] = [resolve, reject]));
  const supervising = supervise(options.processes, log, known);
  // Whoever awaits them hears of it; until then nobody may.
  known.catch(() => undefined);
  supervising.catch(() => undefined);
  undo.push(async () => {
    giveUp(new Error('something else did not start'));
    await supervising.then(
      (processes) => processes.stop(),
      () => undefined,
    );
  });
  const settings = { home, log };
  const [postgres, redis] = await bothOrNeither(
    keepRunning(
      'postgres',
      () => startPostgres(settings),
      log,
      (before) => startPostgres({ ...settings, port: portOf(before.url) }),
    ).then((kept) => (undo.push(() => kept.stop()), kept)),
    keepRedis(settings).then((kept) => (kept && undo.push(() => kept.stop()), kept)),
  );
  const databaseUrl = postgres.current().url;
  const redisUrl = redis?.current().url ?? null;
  await options.migrate(databaseUrl);

  const port = options.port ?? (Number(process.env['ANNEAL_PORT']) || DEFAULT_PORT);
  const env = {
    ANNEAL_HOME: home.path,
    ANNEAL_PORT: String(port),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl ?? undefined,
  };
  know(env);
  const processes = await supervising;
  undo.push(() => processes.stop());
  const address = `http://127.0.0.1:${port}`;
  writeFileSync(join(home.path, ADDRESS_FILE), `${address}\n`);
  undo.push(async () => rmSync(join(home.path, ADDRESS_FILE), { force: true }));
  return {
    home,
    address,
    say: processes.say,
    databaseUrl,
    redisUrl,
    processes,
    pidOf: (service) => (service === 'postgres' ? postgres : redis)?.current().pid ?? null,
  };
}

/** Waits for the one also when the other fails, so that whatever was started is known to whoever stops it. */
async function bothOrNeither<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

async function keepRedis(settings: { home: Home; log: Log }) {
  const first = await startRedis(settings);
  if (first === null) return null;
  return keepRunning(
    'redis',
    async () => first,
    settings.log,
    async (before) => {
      const again = await startRedis({ ...settings, port: portOf(before.url) });
      if (again === null) throw new Error('redis-server is no longer on the PATH');
      return again;
    },
  );
}

async function undoAll(undo: readonly (() => Promise<void>)[], log: Log): Promise<void> {
  for (const step of undo.toReversed()) {
    await step().catch((error: unknown) =>
      log(`while stopping: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

/** Where a running `anneal up` of this home answers; null when none runs, or it is still starting. */
export function addressOf(home: Home): string | null {
  if (holderOf(join(home.path, HOLDER_FILE)) === null) return null;
  try {
    return readFileSync(join(home.path, ADDRESS_FILE), 'utf8').trim();
  } catch {
    return null;
  }
}

/** The process that holds this home up, or null. */
export const upProcessOf = (home: Home) => holderOf(join(home.path, HOLDER_FILE));

const portOf = (url: string): number => Number(new URL(url).port);
