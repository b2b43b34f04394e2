import type { PoolClient } from 'pg';
import { CONDITIONS_MAX, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type ListQuery, type Page, type SortKey } from '#app';
import { isRefusal, refuse, type Refusal } from '#core';
import { readCursor, refuseCursor, writeCursor } from './cursor.js';
import { Parameters, sqlOf, type ListShape } from './list-shape.js';
import { whereOf } from './where.js';

export { Parameters, type ListShape };

/** An extra condition of the caller's own, written with the parameters it is given. */
export type Scope = (parameters: Parameters) => string;

/** Reads one page. `toItem` crosses the border from row to view. */
export const readPage = async <Row, Item>(
  client: PoolClient,
  shape: ListShape,
  query: ListQuery,
  toItem: (row: Row) => Item,
  scope?: Scope,
): Promise<Page<Item> | Refusal> => {
  const checked = check(shape, query);
  if (isRefusal(checked)) return checked;
  const { limit, sort } = checked;
  const parameters = new Parameters();
  const filter = whereOf(shape, query.filter ?? [], parameters);
  if (isRefusal(filter)) return filter;
  const after = readCursor(shape, sort, query.cursor, parameters);
  if (isRefusal(after)) return after;
  const conditions = [...filter, ...(after ? [after] : []), ...(scope ? [scope(parameters)] : [])];
  const keys = [...sort.map(({ field }) => sqlOf(shape, field)), shape.id];
  const order = [...sort.map((key) => `${sqlOf(shape, key.field)} ${key.descending ? 'DESC' : 'ASC'}`), shape.id];
  const text = [
    `SELECT ${shape.select}, ARRAY[${keys.map((key) => `(${key})::text`).join(', ')}] AS page_key`,
    shape.from,
    conditions.length > 0 ? `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}` : '',
    `ORDER BY ${order.join(', ')} LIMIT ${parameters.add(limit + 1)}`,
  ].join('\n');
  const rows = await run<Row & { page_key: string[] }>(client, text, parameters.values, query.cursor);
  if (isRefusal(rows)) return rows;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(toItem), next: rows.length > limit && last ? writeCursor(sort, last.page_key) : null };
};

/** A cursor that somebody made up can hold what is no number or no date; the database is the first to notice. */
const run = async <Row>(
  client: PoolClient,
  text: string,
  values: unknown[],
  cursor: string | undefined,
): Promise<Row[] | Refusal> => {
  try {
    return (await client.query(text, values)).rows as Row[];
  } catch (error) {
    if (cursor !== undefined && UNREADABLE.has((error as { code?: string }).code ?? '')) return refuseCursor();
    throw error;
  }
};

/** SQLSTATEs of a text that is not of the type it is read as. */
const UNREADABLE = new Set(['22P02', '22007', '22008', '22003']);

const check = (shape: ListShape, query: ListQuery): { limit: number; sort: readonly SortKey[] } | Refusal => {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT_MAX)
    return refuse('invalid', `limit is ${limit}: use a whole number from 1 to ${PAGE_LIMIT_MAX}.`, { field: 'limit' });
  if ((query.filter?.length ?? 0) > CONDITIONS_MAX)
    return refuse(
      'invalid',
      `the filter has ${query.filter?.length} conditions: use at most ${CONDITIONS_MAX}, and "in" for a list of values.`,
      { field: 'filter' },
    );
  const sort = query.sort && query.sort.length > 0 ? query.sort : shape.sort;
  for (const { field } of sort) {
    const known = Object.hasOwn(shape.fields, field) ? shape.fields[field] : undefined;
    const sortable = known && !known.nullable && known.type !== 'texts';
    if (sortable) continue;
    const fields = Object.keys(shape.fields).filter(
      (name) => !shape.fields[name]?.nullable && shape.fields[name]?.type !== 'texts',
    );
    return refuse('invalid', `${shape.things} cannot be sorted by "${field}": use ${fields.join(', ')}.`, {
      field: 'sort',
    });
  }
  return { limit, sort };
};
