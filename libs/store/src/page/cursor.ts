import { refuse, type Refusal } from '#core';
import type { SortKey } from '#app';
import { sqlOf, type ListShape, type Parameters } from './list-shape.js';
import { SQL_TYPES } from './where.js';

/**
 * A cursor is the key of the last item that was shown, with the order it belongs to. It is opaque to callers and it is not
 * trusted: it only ever becomes parameters.
 */
export const writeCursor = (sort: readonly SortKey[], key: readonly string[]): string =>
  Buffer.from(JSON.stringify([orderOf(sort), ...key])).toString('base64url');

/** The condition "comes after the cursor"; null without a cursor. */
export const readCursor = (
  shape: ListShape,
  sort: readonly SortKey[],
  cursor: string | undefined,
  parameters: Parameters,
): string | null | Refusal => {
  if (cursor === undefined) return null;
  const parts = parse(cursor);
  const fits = parts !== null && parts.length === sort.length + 2 && parts[0] === orderOf(sort);
  if (!fits) return refuseCursor();
  const keys = [
    ...sort.map(({ field, descending }) => ({
      sql: sqlOf(shape, field),
      type: SQL_TYPES[shape.fields[field]!.type],
      descending,
    })),
    { sql: shape.id, type: 'uuid', descending: false },
  ];
  // (a, b) comes after (x, y) when a is past x, or a is x and b is past y.
  const values = parts.slice(1).map((value, index) => `${parameters.add(value)}::text::${keys[index]!.type}`);
  const past = keys
    .map(({ sql, descending }, index) => {
      const same = keys.slice(0, index).map((key, at) => `${key.sql} = ${values[at]}`);
      return [...same, `${sql} ${descending ? '<' : '>'} ${values[index]}`].join(' AND ');
    })
    .map((condition) => `(${condition})`)
    .join(' OR ');
  // Says once more, where an index can use it, that nothing stands before the first key: a late page then costs no more.
  const [first] = keys;
  return `${first!.sql} ${first!.descending ? '<=' : '>='} ${values[0]} AND (${past})`;
};

export const refuseCursor = (): Refusal =>
  refuse(
    'invalid',
    'this cursor does not belong to this list: give "next" of a page that was read with the same sort, or none.',
    { field: 'cursor' },
  );

const orderOf = (sort: readonly SortKey[]): string =>
  sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(',');

/** The longest cursor that is looked at: keys are names and times. */
const CURSOR_LENGTH_MAX = 4_096;

const parse = (cursor: string): string[] | null => {
  if (cursor.length > CURSOR_LENGTH_MAX) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? (parts as string[]) : null;
  } catch {
    return null;
  }
};
