import { z } from 'zod';
import { digits } from './scalars.js';

/**
 * Lists are read page by page along an order that does not move (keyset): a page costs the same wherever it stands, and
 * what is added or removed meanwhile neither repeats nor hides a row. The fields that a list can be filtered and sorted by
 * stand in a table for each resource; a test asks the server for every one of them.
 */

/** Items on a page when the caller does not say, and at the most. */
export const PAGE_LIMIT_DEFAULT = 100;
export const PAGE_LIMIT_MAX = 1_000;
/** Longest filter, in characters. */
export const FILTER_LENGTH_MAX = 4_000;
/** Longest cursor, in characters: room for the longest names that are sorted by. */
export const CURSOR_LENGTH_MAX = 4_000;

/** What a field is compared as. */
export type FieldKind = 'id' | 'text' | 'number' | 'boolean' | 'time' | 'texts';

export interface Listed {
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Fields that can be sorted by. */
  readonly sorts: readonly string[];
}

export const listed = <Table extends Listed>(table: Table): Table => table;

/** The query of a list route. */
export const listQuery = ({ fields, sorts }: Listed) =>
  z.strictObject({
    limit: digits
      .optional()
      .meta({ description: `Items on the page, 1 to ${PAGE_LIMIT_MAX}; ${PAGE_LIMIT_DEFAULT} when absent.` }),
    cursor: z
      .string()
      .min(1)
      .max(CURSOR_LENGTH_MAX)
      .optional()
      .meta({ description: 'The `next_cursor` of the page before. Opaque; only valid with the same `sort`.' }),
    filter: z
      .string()
      .min(1)
      .max(FILTER_LENGTH_MAX)
      .optional()
      .meta({
        description:
          'Conditions `field operator value`, joined with `and`: `state eq error and name contains "web"`. Operators: `eq ne lt le gt ge`, ' +
          '`in (a, b)`, `contains` (part of a text), `has` (an element of a list), `null true`. ' +
          `Fields: ${Object.keys(fields).join(', ')}.`,
      }),
    sort: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: `Fields separated by commas, \`-\` in front for descending: ${sorts.join(', ')}.` }),
    fields: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: 'Names of the fields to answer with, separated by commas.' }),
  });

export type ListParameters = z.output<ReturnType<typeof listQuery>>;

/** A page of `item`s. With the parameter `fields` an item has only those. */
export const pageOf = (item: z.ZodObject) =>
  z.object({
    items: z.array(item.partial()),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'Give it as `cursor` for what follows; null on the last page.' }),
  });
