import pg from 'pg';
import type { Migration } from '#store/migrate';
import { EXIT, Stop } from '../exit.js';
import { FORMAT, SESSION, type Header, type Line, type RowLine, type SequencesLine, type TableLine } from './format.js';

/** Rows and characters of one statement. */
const ROWS_AT_ONCE = 2_000;
const CHARACTERS_AT_ONCE = 4_000_000;

/** What of a backup can be seen before anything is done. */
export const headerOf = (line: Line | undefined, migrations: readonly Migration[]): Header => {
  if (!line || !('anneal_backup' in line)) throw new Stop(EXIT.usage, 'This is no backup of Anneal: it has no header.');
  if (line.anneal_backup !== FORMAT)
    throw new Stop(
      EXIT.usage,
      `This backup has the format ${line.anneal_backup}, and this Anneal reads ${FORMAT}.`,
      'Restore it with the Anneal that wrote it.',
    );
  const known = new Map(migrations.map(({ name, digest }) => [name, digest]));
  const strange = line.migrations.filter(({ name, digest }) => known.get(name) !== digest).map(({ name }) => name);
  if (strange.length > 0)
    throw new Stop(
      EXIT.usage,
      `Anneal ${line.version} wrote this backup, with migrations that are not known here: ${strange.join(', ')}.`,
      'Restore it with that version or a newer one.',
    );
  return line;
};

/**
 * Puts a backup in the place of everything that the database holds, in one transaction: the tables as they were made when
 * it was written, then the rows. With any error the database stays as it was.
 */
export const restore = async (
  url: string,
  header: Header,
  lines: AsyncIterator<Line>,
  migrations: readonly Migration[],
): Promise<{ rows: number }> => {
  const client = new pg.Client({ connectionString: url, application_name: 'anneal restore' });
  await client.connect();
  try {
    await client.query(SESSION);
    await refuseOthers(client);
    await client.query('BEGIN');
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'");
    await dropAll(client);
    await makeAsThen(client, header, migrations);
    const foreignKeys = await takeForeignKeys(client);
    const rows = await load(client, lines);
    for (const { table, name, definition } of foreignKeys)
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return { rows };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw doesNotFit(error) ?? error;
  } finally {
    await client.end();
  }
};

/** A value or a row that the tables refuse (SQLSTATE classes 22 and 23): somebody changed the file, or it is damaged. */
const doesNotFit = (error: unknown): Stop | null => {
  const { code = '', message, table } = error as { code?: string; message?: string; table?: string };
  if (!/^2[23]/.test(code)) return null;
  return new Stop(
    EXIT.usage,
    `The backup is damaged: ${table ? `${table}: ` : ''}${message}.`,
    'Nothing was changed.',
    { cause: error },
  );
};

const refuseOthers = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'anneal%'`,
  );
  if (rows.length > 0)
    throw new Stop(
      EXIT.conflict,
      `The database is in use by ${rows.map(({ name }) => name).join(', ')}.`,
      'Stop all servers and workers first.',
    );
};

const dropAll = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ kind: string; name: string }>(
    `SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, quote_ident(relname) AS name
       FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace ORDER BY relkind DESC`,
  );
  const others = await client.query<{ kind: string; name: string }>(
    `SELECT 'ROUTINE' AS kind, oid::regprocedure::text AS name FROM pg_proc p
       WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))
     UNION ALL SELECT 'TYPE', oid::regtype::text FROM pg_type t
       WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')`,
  );
  // A sequence of a column goes with its table, what a type brought with the type.
  for (const { kind, name } of [...rows, ...others.rows]) await client.query(`DROP ${kind} IF EXISTS ${name} CASCADE`);
};

/** Runs the migrations that the backup names, and empties what they filled. */
const makeAsThen = async (client: pg.Client, header: Header, migrations: readonly Migration[]): Promise<void> => {
  await client.query(
    'CREATE TABLE schema_migrations (name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const then = new Set(header.migrations.map(({ name }) => name));
  for (const { name, sql } of migrations) if (then.has(name)) await client.query(sql);
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`);
};

/** Takes the foreign keys off, so that rows may come in any order; they are put back, and checked, at the end. */
const takeForeignKeys = async (client: pg.Client): Promise<{ table: string; name: string; definition: string }[]> => {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname`,
  );
  for (const { table, name } of rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  return rows;
};

const load = async (client: pg.Client, lines: AsyncIterator<Line>): Promise<number> => {
  let [rows, tables, insert]: [number, number, string | null] = [0, 0, null];
  let batch: RowLine[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0 && insert !== null) await client.query(insert, [JSON.stringify(batch)]);
    [batch, characters] = [[], 0];
  };
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const line: Line = next.value;
    if (Array.isArray(line)) {
      batch.push(line as RowLine);
      rows += 1;
      characters += (line as RowLine).reduce((sum, value) => sum + (value?.length ?? 0), 0);
      if (batch.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await flush();
      continue;
    }
    await flush();
    if ('table' in line) {
      tables += 1;
      insert = await insertInto(client, line);
    } else if ('sequences' in line) await setSequences(client, line);
    else if ('end' in line) {
      if (line.end.tables !== undefined && line.end.tables !== tables)
        throw new Stop(
          EXIT.usage,
          `The backup should have ${line.end.tables} tables and has ${tables}: it is damaged.`,
        );
      if (line.end.rows === rows) return rows;
      throw new Stop(EXIT.usage, `The backup should have ${line.end.rows} rows and has ${rows}: it is damaged.`);
    }
  }
  throw new Stop(EXIT.usage, 'The backup has no end: it was cut off.');
};

const insertInto = async (client: pg.Client, { table, columns }: TableLine): Promise<string> => {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  const types = new Map(rows.map(({ name, type }) => [name, type]));
  const missing = columns.filter((column) => !types.has(column));
  if (rows.length === 0 || missing.length > 0)
    throw new Stop(
      EXIT.usage,
      `The backup has a table ${table} with columns that its migrations do not make: ${missing.join(', ')}.`,
    );
  const names = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const values = columns.map((column, index) => `(r.value ->> ${index})::${types.get(column)!}`).join(', ');
  return `INSERT INTO ${client.escapeIdentifier(table)} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM json_array_elements($1::json) AS r(value)`;
};

const setSequences = async (client: pg.Client, { sequences }: SequencesLine): Promise<void> => {
  for (const { name, value, called } of sequences)
    await client.query('SELECT setval(to_regclass(quote_ident($1)), $2::bigint, $3)', [name, value, called]);
};
