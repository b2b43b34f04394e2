import { once } from 'node:events';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { EXIT, Stop } from '../exit.js';
import { FORMAT, SESSION, type Header, type Line } from './format.js';

/** Rows that are fetched at once: some megabytes at the most, whatever the table. */
const ROWS_AT_ONCE = 1_000;
/** What only says who is at work right now. After a restore nobody is. */
const NOT_KEPT = ['leases', 'workers', 'idempotency_keys'];

export interface Written {
  readonly tables: number;
  readonly rows: number;
}

/** Writes everything that the database holds, as it was at one instant; nobody is kept waiting. */
export const writeBackup = async (
  url: string,
  version: string,
  at: Date,
  out: Writable,
  signal: AbortSignal,
): Promise<Written> => {
  const client = new pg.Client({ connectionString: url, application_name: 'anneal backup' });
  await client.connect();
  try {
    await client.query(SESSION);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const header: Header = {
      anneal_backup: FORMAT,
      version,
      at: at.toISOString(),
      migrations: await migrationsOf(client),
    };
    const write = async (line: Line): Promise<void> => {
      signal.throwIfAborted();
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
    };
    await write(header);
    let rows = 0;
    const tables = await tablesOf(client);
    for (const { table, columns } of tables) {
      await write({ table, columns });
      for await (const row of rowsOf(client, table, columns)) {
        await write(row);
        rows += 1;
      }
    }
    await write({ sequences: await sequencesOf(client) });
    await write({ end: { rows, tables: tables.length } });
    await client.query('COMMIT');
    return { tables: tables.length, rows };
  } finally {
    await client.end();
  }
};

const migrationsOf = async (client: pg.Client): Promise<Header['migrations']> => {
  const { rows: there } = await client.query(`SELECT to_regclass('schema_migrations') IS NOT NULL AS is_there`);
  if (!(there[0] as { is_there: boolean }).is_there)
    throw new Stop(EXIT.failed, 'There is nothing of Anneal in this database.');
  const { rows } = await client.query<{ name: string; digest: string }>(
    'SELECT name, digest FROM schema_migrations ORDER BY name',
  );
  return rows;
};

/** Tables with the columns that hold something of their own: what is worked out from others is worked out again. */
const tablesOf = async (client: pg.Client): Promise<{ table: string; columns: string[] }[]> => {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' AND NOT c.relname = ANY ($1)
      GROUP BY c.relname ORDER BY c.relname`,
    [NOT_KEPT],
  );
  return rows;
};

async function* rowsOf(
  client: pg.Client,
  table: string,
  columns: readonly string[],
): AsyncGenerator<(string | null)[]> {
  const list = columns.map((column) => `${client.escapeIdentifier(column)}::text`).join(', ');
  await client.query(`DECLARE backup NO SCROLL CURSOR FOR SELECT ${list} FROM ${client.escapeIdentifier(table)}`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `FETCH ${ROWS_AT_ONCE} FROM backup`,
      rowMode: 'array',
    });
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.query('CLOSE backup');
}

const sequencesOf = async (client: pg.Client): Promise<{ name: string; value: string; called: boolean }[]> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  const sequences: { name: string; value: string; called: boolean }[] = [];
  for (const { name } of rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${client.escapeIdentifier(name)}`,
    );
    sequences.push({ name, ...state.rows[0]! });
  }
  return sequences;
};
