/**
 * The PostgreSQL that Anneal uses: the one that DATABASE_URL names, else an embedded one in ANNEAL_HOME, bound to
 * 127.0.0.1 and durable (fsync on). The shipped programs are driven directly, because the wrapper package has no say
 * over signals and over what a killed process left behind.
 *
 * It is a child that ends with us. Whatever of an earlier one still runs (we were killed, or the postmaster was and its
 * backends linger) is stopped before the start, after a check that it is ours: a process called `postgres` that works in
 * our data folder. An orphan is never adopted, because it may already be on its way out.
 */
import {
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
  openSync,
  closeSync,
  statSync,
  renameSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { postgresAccount, type Account } from './account.js';
import { freePort } from './free-port.js';
import { folderFor, type Home, type Log } from './home.js';
import { keptPassword } from './kept-password.js';
import { holderOf, takePidFile, type PidFile } from './pid-file.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { processesIn, signal, waitForEnd } from './process-identity.js';
import { externalService, type RunningService } from './service.js';
import { startTied, stopTied, type TiedProcess } from './tied-process.js';

/** The superuser and the database of the embedded server. */
const NAME = 'anneal';
/** In the home and not in PostgreSQL's own folder: readable by us alone. */
const PASSWORD_FILE = 'postgres-password';
/** Who runs the embedded server of a home. */
const HOLDER_FILE = 'postgres.pid';
/** A clean start takes 30 ms; recovery after a crash replays at most `max_wal_size` of log. */
const READY_WITHIN_MS = 120_000;
/** How often the postmaster's own status line is read while it starts. */
const LOOK_EVERY_MS = 5;
/** initdb takes under a second; a slow disk gets more. */
const INITDB_WITHIN_MS = 120_000;
/** A port may be taken between choosing and binding it. */
const PORT_TRIES_MAX = 5;
/** The server logs warnings only; above this the log file is begun anew at a start, and one older is kept. */
const LOG_BYTES_MAX = 16 * 1024 * 1024;
/** Fast shutdown writes a checkpoint; immediate shutdown leaves the rest to recovery at the next start. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 15_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
] as const;

export interface PostgresOptions {
  readonly home: Home;
  readonly log: Log;
  /** Server settings beside ours, for example `{ fsync: 'off' }` for a database that a test throws away. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Used instead of DATABASE_URL; null starts an embedded one whatever the environment says. */
  readonly externalUrl?: string | null;
  /** Start on this port or not at all: a database that comes back must be found where it was. */
  readonly port?: number;
}

/** Resolves when the database answers. Rejects with what PostgreSQL said when it does not start. */
export async function startPostgres(options: PostgresOptions): Promise<RunningService> {
  const external = options.externalUrl === undefined ? process.env['DATABASE_URL'] : options.externalUrl;
  if (external) return externalService(external);
  const account = postgresAccount();
  const binaries = postgresBinaries(account, options.log);
  const folder = folderFor(options.home, 'postgres', account, options.log);
  const held = takePidFile(join(options.home.path, HOLDER_FILE));
  if (!held.taken) {
    const { pid } = held.holder;
    throw new Error(`the database in ${folder} is run by process ${pid}; stop that one, or set another ANNEAL_HOME`);
  }
  try {
    return await startEmbedded({ ...options, account, binaries, folder, held: held.file });
  } catch (error) {
    held.file.release();
    throw error;
  }
}

/** URL of the embedded server of this home while some process runs it; null when none does, or DATABASE_URL is used. */
export function runningPostgresUrl(home: Home): string | null {
  const port = readNumber(join(home.path, 'postgres', 'port'));
  const runs = holderOf(join(home.path, HOLDER_FILE)) !== null;
  return runs && port !== undefined ? urlOf(keptPassword(join(home.path, PASSWORD_FILE)), port) : null;
}

const urlOf = (password: string, port: number): string => `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;

interface Embedded extends PostgresOptions {
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
  /** Holds `data`, the log and the remembered port; belongs to the account. */
  readonly folder: string;
  readonly held: PidFile;
}

async function startEmbedded(embedded: Embedded): Promise<RunningService> {
  const { folder, home } = embedded;
  const data = join(folder, 'data');
  const password = keptPassword(join(home.path, PASSWORD_FILE));
  await stopLeftovers(data, embedded.log);
  if (!existsSync(data)) initialise(embedded, data, password);
  refuseOtherMajor(embedded.binaries, data);
  const { server, port } = await launch(embedded, data);
  const url = urlOf(password, port);
  const stop = async (): Promise<void> => {
    await stopTied(server, STOP_STEPS);
    embedded.held.release();
  };
  try {
    await ensureDatabase(url);
  } catch (error) {
    await stop();
    throw error;
  }
  void server.exited.then(() => embedded.held.release());
  return { url, pid: server.pid, exited: server.exited, stop };
}

/** Stops what runs in the data folder and removes the postmaster's pid file, which may name a stranger by now. */
async function stopLeftovers(data: string, log: Log): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  for (const step of [...STOP_STEPS, { signal: 'SIGKILL', waitMs: 5_000 } as const]) {
    const left = processesIn(data, 'postgres');
    if (left.length === 0) break;
    log(`an earlier PostgreSQL still runs in ${data} (process ${left.map(({ pid }) => pid).join(', ')}): stopping it`);
    for (const process of left) signal(process, step.signal);
    await waitForEnd(left, step.waitMs);
  }
  rmSync(pidFile, { force: true });
}

/** Makes the data folder beside its place and moves it there when it is whole: an interrupted initdb leaves no half one. */
function initialise(embedded: Embedded, data: string, password: string): void {
  const { account, folder, binaries } = embedded;
  embedded.log(`making a new database in ${data}`);
  const draft = join(folder, 'data.new');
  const passwordFile = join(folder, 'password.new');
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const made = spawnSync(
    binaries.initdb,
    ['-D', draft, '-U', NAME, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '--encoding=UTF8']
      .concat(['--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'])
      .concat(embedded.settings?.['fsync'] === 'off' ? ['--no-sync'] : []),
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: INITDB_WITHIN_MS,
      env: cleanEnvironment(),
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`initdb in ${folder} failed: ${made.error?.message ?? made.stderr.trim()}`);
  }
  renameSync(draft, data);
}

function refuseOtherMajor(binaries: PostgresBinaries, data: string): void {
  const major = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (major === binaries.major) return;
  throw new Error(
    `${data} was made by PostgreSQL ${major} and this Anneal brings ${binaries.major}: ` +
      `take a backup with the Anneal that made it (anneal backup), move the folder away, start, and restore`,
  );
}

async function launch(embedded: Embedded, data: string): Promise<{ server: TiedProcess; port: number }> {
  const portFile = join(embedded.folder, 'port');
  const logFile = join(embedded.folder, 'postgres.log');
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
  const tries = embedded.port === undefined ? PORT_TRIES_MAX : 1;
  for (let attempt = 1; ; attempt++) {
    const port = embedded.port ?? (await freePort(attempt === 1 ? readNumber(portFile) : undefined));
    const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const output = openSync(logFile, 'a', 0o600);
    const server = await startTied(embedded.binaries.postgres, ['-D', data, ...settingsFor(port, embedded.settings)], {
      orphanSignal: 'SIGINT',
      account: embedded.account,
      cwd: embedded.folder,
      env: cleanEnvironment(),
      stdio: ['ignore', output, output],
    }).finally(() => closeSync(output));
    if (await becomesReady(server, data)) {
      writeFileSync(portFile, `${port}\n`);
      return { server, port };
    }
    await stopTied(server, STOP_STEPS);
    const said = readFileSync(logFile, 'utf8').slice(from).trim();
    const portTaken = /could not bind|Address already in use/.test(said);
    if (!portTaken || attempt === tries)
      throw new Error(`PostgreSQL does not start in ${data}: ${said || 'it said nothing'}`);
  }
}

/** The postmaster writes `ready` into line 8 of its pid file when it takes connections; false when it ended instead. */
async function becomesReady(server: TiedProcess, data: string): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => (ended = true));
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until && !ended; await sleep(LOOK_EVERY_MS)) {
    const lines = readOrEmpty(join(data, 'postmaster.pid')).split('\n');
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true;
  }
  return false;
}

/**
 * Small-machine settings: a quarter of memory, at most 256 MB, is cached by PostgreSQL and the rest by the kernel. There
 * is no replica, so the log holds only what recovery needs. Compiling queries costs more than our short ones take.
 */
function settingsFor(port: number, more: Readonly<Record<string, string>> = {}): string[] {
  const bufferMegabytes = Math.max(16, Math.min(256, Math.floor(totalmem() / 4 / 1024 / 1024)));
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: `${bufferMegabytes}MB`,
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    jit: 'off',
    track_io_timing: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The first connection also proves that the server lets us in with the password we keep. */
async function ensureDatabase(url: string): Promise<void> {
  const answer = await connectTo(url).catch((error: Error & { code?: string }) => error);
  if (!(answer instanceof Error)) return answer.end();
  const noSuchDatabase = (answer as { code?: string }).code === '3D000';
  if (!noSuchDatabase) throw new Error('the embedded PostgreSQL runs but refuses us', { cause: answer });
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = await connectTo(maintenance.href);
  try {
    await client.query(`CREATE DATABASE ${NAME}`);
  } finally {
    await client.end();
  }
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'anneal start',
  });
  await client.connect();
  return client;
}

/** PG* variables of our caller must not steer the server. The mark lets `.ci/run` find what a test left behind. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ANNEAL_RUN_MARK: process.env['ANNEAL_RUN_MARK'] };
}

function readNumber(path: string): number | undefined {
  const value = Number(readOrEmpty(path).trim());
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
