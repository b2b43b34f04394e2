/**
 * What tests and benches stand on: one real PostgreSQL and, where redis-server is on the PATH, one real Redis for a whole
 * test run, and a database of its own for whoever asks. The servers forget their data when the machine loses power
 * (fsync off): a test throws it away anyway. In all else they are what `anneal up` starts.
 *
 * DATABASE_URL and REDIS_URL are not looked at, so that a test never writes where a user's data may be. Tests against
 * servers of one's choice set ANNEAL_TEST_DATABASE_URL (an account that may create databases) and ANNEAL_TEST_REDIS_URL.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { CHECKOUT } from './checkout.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { temporaryHome } from './temporary-home.js';

const DATABASE_URL = 'ANNEAL_TEST_DATABASE_URL';
const REDIS_URL = 'ANNEAL_TEST_REDIS_URL';
const MIGRATIONS = join(CHECKOUT, 'migrations');
/** Any number: it names the lock under which the template is made. */
const TEMPLATE_LOCK = 7_700_001;
/** Longest name of a database (NAMEDATALEN - 1) less our suffix. */
const NAME_CHARACTERS_MAX = 40;

/** What a throw-away server may leave out. */
export const FORGETFUL: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

export interface TestServices {
  /** Stops the servers and removes their folder, once everybody who asked for them is done. */
  stop(): Promise<void>;
}

/**
 * Starts the servers of a test run and tells their URLs to it through the environment. Called once a vitest project, in
 * one process: the first call starts, the last `stop` stops. Servers named in the environment are used as they are.
 */
export async function startTestServices(log: (line: string) => void = () => {}): Promise<TestServices> {
  const shared = (globalThis as { [SHARED]?: Shared })[SHARED] ?? { users: 0, servers: start(log) };
  (globalThis as { [SHARED]?: Shared })[SHARED] = shared;
  shared.users += 1;
  const servers = await shared.servers;
  return {
    async stop() {
      shared.users -= 1;
      if (shared.users > 0) return;
      delete (globalThis as { [SHARED]?: Shared })[SHARED];
      await servers.stop();
    },
  };
}

const SHARED = Symbol.for('anneal.test-services');
interface Shared {
  users: number;
  readonly servers: Promise<TestServices>;
}

async function start(log: (line: string) => void): Promise<TestServices> {
  const home = temporaryHome();
  const wanted = { home, log, externalUrl: null };
  const postgres = process.env[DATABASE_URL] ? null : await startPostgres({ ...wanted, settings: FORGETFUL });
  const redis = process.env[REDIS_URL] ? null : await startRedis(wanted);
  if (postgres) process.env[DATABASE_URL] = postgres.url;
  if (redis) process.env[REDIS_URL] = redis.url;
  return {
    async stop() {
      await redis?.stop();
      await postgres?.stop();
      home.remove();
      if (postgres) delete process.env[DATABASE_URL];
      if (redis) delete process.env[REDIS_URL];
    },
  };
}

/** URL of the test run's Redis, or null where there is none: the queue's PostgreSQL backend is what is tested then. */
export const testRedisUrl = (): string | null => process.env[REDIS_URL] ?? null;

export interface FreshDatabase {
  readonly url: string;
  readonly name: string;
  /** Drops the database and whatever is still connected to it. */
  drop(): Promise<void>;
}

/**
 * A new database that has all migrations, copied from a template that is made once per set of migrations (some 30 ms a
 * copy). `name` only helps to recognise it. `migrated: false` gives an empty one.
 */
export async function freshDatabase(name = 'test', { migrated = true } = {}): Promise<FreshDatabase> {
  const server = process.env[DATABASE_URL];
  if (!server)
    throw new Error(
      `${DATABASE_URL} is not set: add test/global-setup.ts to this vitest project, or call startTestServices()`,
    );
  const fresh = `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, NAME_CHARACTERS_MAX)}_${randomBytes(5).toString('hex')}`;
  await withClient(server, async (client) => {
    const template = migrated ? await migratedTemplate(client, server) : 'template0';
    await client.query(`CREATE DATABASE ${fresh} TEMPLATE ${template}`);
  });
  return {
    url: inDatabase(server, fresh),
    name: fresh,
    drop: () =>
      withClient(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${fresh} WITH (FORCE)`))),
  };
}

async function migratedTemplate(client: pg.Client, server: string): Promise<string> {
  // Loaded only here: the runtime stands alone but for its test databases.
  const { migrate, readMigrations } = await import('#store/migrate');
  const template = `template_${digestOf(readMigrations(MIGRATIONS))}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn', [
      template,
    ]);
    if (rowCount) return template;
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template} TEMPLATE template0`);
    await migrate(inDatabase(server, template), MIGRATIONS);
    // From here on nobody connects to it: a template in use cannot be copied. It also says that it is whole.
    await client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
    return template;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

function digestOf(migrations: readonly { readonly digest: string }[]): string {
  return createHash('sha256')
    .update(migrations.map(({ digest }) => digest).join())
    .digest('hex')
    .slice(0, 16);
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
