/**
 * Lists are read in pages, by key and not by number: what is added or removed between two pages makes nobody appear twice
 * or not at all. Which fields may be filtered and sorted by is the store's to say; it refuses others by naming these.
 */
export interface ListQuery {
  /** Items at the most; `PAGE_LIMIT_DEFAULT` when absent. */
  readonly limit?: number;
  /** `next` of the page before. Only valid with the same `sort`. */
  readonly cursor?: string;
  /** All must hold. */
  readonly filter?: readonly Condition[];
  /** First key first; the order always ends with the id. */
  readonly sort?: readonly SortKey[];
}

export const PAGE_LIMIT_DEFAULT = 100;
/** A page is put together in memory and sent whole. */
export const PAGE_LIMIT_MAX = 1_000;
/** More conditions than this are a mistake, or a list of ids that should be one `in`. */
export const CONDITIONS_MAX = 20;

/**
 * `contains` looks for a part of a text, whatever its case; `has` for one element of a list; `null` asks whether there is
 * a value, with `true` or `false`.
 */
export const OPERATORS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'contains', 'has', 'null'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  /** As it was written: the store reads it as the field's type. A list for `in`. */
  readonly value: string | readonly string[];
}

export interface SortKey {
  readonly field: string;
  readonly descending?: boolean;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it as `cursor` for what follows; null on the last page. */
  readonly next: string | null;
}
