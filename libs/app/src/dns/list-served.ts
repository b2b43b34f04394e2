import { refuse, type Refusal, type ServedRecord } from '#core';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type Condition, type ListQuery, type Page } from '../ports/page.js';
import type { NamesNow } from './names-now.js';

/** A record as it is served now, with what it follows from. */
export interface ServedView {
  readonly name: string;
  readonly zone: string;
  readonly type: string;
  readonly ttl: number;
  readonly value: string;
  /** `machine`, `written` or `zone`. */
  readonly source: string;
  readonly node: string | null;
  readonly network: string | null;
  readonly filter: string | null;
  /** Networks whose clients see it; empty: all that may see the zone. */
  readonly clients: readonly string[];
}

const FIELDS = ['name', 'zone', 'type', 'value', 'source', 'node', 'network', 'filter'] as const;
type Field = (typeof FIELDS)[number];

/** Lists what DNS answers with now. It is worked out from the rows, so the list and the servers cannot say different things. */
export class ListServedRecords {
  constructor(private readonly names: NamesNow) {}

  async execute(query: ListQuery): Promise<Page<ServedView> | Refusal> {
    const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT_MAX)
      return refuse('invalid', `limit is ${limit}: use a whole number from 1 to ${PAGE_LIMIT_MAX}.`, {
        field: 'limit',
      });
    const wrong = refuseQuery(query);
    if (wrong) return wrong;
    const after = query.cursor === undefined ? null : readCursor(query.cursor);
    if (query.cursor !== undefined && after === null)
      return refuse('invalid', 'the cursor is not one of this list: begin without one.', { field: 'cursor' });
    const items: ServedView[] = [];
    const all = await this.names.records();
    for (let at = after === null ? 0 : firstAfter(all, after); at < all.length; at += 1) {
      const view = toView(all[at] as ServedRecord);
      if (!(query.filter ?? []).every((condition) => holds(view, condition))) continue;
      if (items.length === limit) return { items, next: cursorOf(items.at(-1) as ServedView) };
      items.push(view);
    }
    return { items, next: null };
  }
}

const toView = ({ name, zone, type, ttl, value, source, clients }: ServedRecord): ServedView => ({
  name,
  zone: zone === '' ? '.' : zone,
  type,
  ttl,
  value,
  source: source.kind,
  node: source.kind === 'machine' ? source.node : null,
  network: source.kind === 'machine' ? source.network : null,
  filter: source.kind === 'machine' ? source.filter : null,
  clients: clients ?? [],
});

const refuseQuery = ({ filter = [], sort = [] }: ListQuery): Refusal | null => {
  for (const { field, operator } of filter) {
    if (!FIELDS.includes(field as Field))
      return refuse('invalid', `records cannot be filtered by "${field}": use ${FIELDS.join(', ')}.`, { field });
    if (!['eq', 'ne', 'in', 'contains'].includes(operator))
      return refuse('invalid', `"${operator}" cannot be asked of ${field}: use eq, ne, in or contains.`, { field });
  }
  const [first] = sort;
  return sort.length === 0 || (sort.length === 1 && first?.field === 'name' && !first.descending)
    ? null
    : refuse('invalid', 'records are sorted by name, and by nothing else.', { field: 'sort' });
};

const holds = (view: ServedView, { field, operator, value }: Condition): boolean => {
  const text = view[field as Field] ?? '';
  const values = typeof value === 'string' ? [value] : value;
  switch (operator) {
    case 'ne':
      return !values.includes(text);
    case 'contains':
      return values.every((part) => text.toLowerCase().includes(part.toLowerCase()));
    default:
      return values.includes(text);
  }
};

/** Where a page ended: name, type, value and zone, which no two records share but those that say the same. */
type Key = readonly [name: string, type: string, value: string, zone: string];

const cursorOf = ({ name, type, value, zone }: ServedView): string =>
  btoa(JSON.stringify([name, type, value, zone === '.' ? '' : zone] satisfies Key))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const readCursor = (cursor: string): Key | null => {
  try {
    const key: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')));
    return Array.isArray(key) && key.length === 4 && key.every((part) => typeof part === 'string')
      ? (key as unknown as Key)
      : null;
  } catch {
    return null;
  }
};

/** The place of the first record after a key; the list is sorted. */
const firstAfter = (all: readonly ServedRecord[], key: Key): number => {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(all[middle] as ServedRecord, key)) high = middle;
    else low = middle + 1;
  }
  return low;
};

const isAfter = ({ name, type, value, zone }: ServedRecord, key: Key): boolean => {
  for (const [index, part] of [name, type, value, zone].entries())
    if (part !== key[index]) return part > (key[index] as string);
  return false;
};
