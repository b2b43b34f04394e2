import type { Client } from './client.js';
import { routeOf, type RouteId } from './route.js';

/** Items asked for at once: the most that the server gives. */
const PAGE_SIZE = 1_000;

export interface ListCall {
  readonly params?: Readonly<Record<string, string>>;
  /** `filter`, `sort`, `fields` and whatever else the list takes. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Items in all; all there are when absent. */
  readonly limit?: number;
}

/** All items of a list, page by page; a short one that has no pages comes whole. */
export async function* eachItem<Item>(client: Client, route: RouteId, call: ListCall = {}): AsyncGenerator<Item> {
  const hasPages = routeOf(route).query?.includes('limit') ?? false;
  let left = call.limit ?? Infinity;
  let cursor: string | undefined;
  while (left > 0) {
    const page = await client.get<{ items: Item[]; next_cursor?: string | null }>(route, {
      params: call.params ?? {},
      query: { ...call.query, ...(hasPages ? { limit: Math.min(left, PAGE_SIZE), cursor } : {}) },
    });
    for (const item of page.items) {
      if (left <= 0) return;
      left -= 1;
      yield item;
    }
    if (!page.next_cursor) return;
    cursor = page.next_cursor;
  }
}

/** The same as one array. */
export const allItems = async <Item>(client: Client, route: RouteId, call: ListCall = {}): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const item of eachItem<Item>(client, route, call)) items.push(item);
  return items;
};
