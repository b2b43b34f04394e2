import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { hideSecret } from './hide-secret.js';

export { hideSecret };

/** One number for all processes: two that start together migrate one after the other. */
const MIGRATION_LOCK = 4_193_001;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

/** The migrations in a folder, in order of name. Each is one `NNNN-name.sql`. */
export const readMigrations = (folder: string): Migration[] =>
  readdirSync(folder)
    .filter((file) => /^\d{4}-[-a-z0-9]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(join(folder, file), 'utf8');
      return { name: file.replace(/\.sql$/, ''), sql, digest: createHash('sha256').update(sql).digest('hex') };
    });

/**
 * Brings a database up to date, each migration in a transaction of its own, and returns the names of those it applied.
 * Refuses when an applied migration was changed afterwards, or when the database knows one that this version does not:
 * then a newer Anneal has been here.
 */
export const migrate = async (url: string, folder: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url, application_name: 'anneal migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string; digest: string }>('SELECT name, digest FROM schema_migrations');
    const applied = new Map(rows.map((row) => [row.name, row.digest]));
    const migrations = readMigrations(folder);
    checkHistory(migrations, applied, url);
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
};

const checkHistory = (migrations: readonly Migration[], applied: ReadonlyMap<string, string>, url: string): void => {
  const known = new Map(migrations.map((migration) => [migration.name, migration.digest]));
  for (const [name, digest] of applied) {
    const here = known.get(name);
    if (here === undefined)
      throw new Error(
        `the database ${hideSecret(url)} has migration ${name}, which this version does not know: start the newer Anneal that made it`,
      );
    if (here !== digest)
      throw new Error(
        `migration ${name} was changed after it had been applied to ${hideSecret(url)}: restore the file, and put the change in a new migration`,
      );
  }
};

const apply = async (client: pg.Client, migration: Migration): Promise<void> => {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO schema_migrations (name, digest) VALUES ($1, $2)', [
      migration.name,
      migration.digest,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw new Error(`apply migration ${migration.name}`, { cause });
  }
};
