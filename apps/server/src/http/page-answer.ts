import type { ListQuery, Page } from '#app';
import type { ListParameters } from '#api-types';
import { isRefusal, refuse, type Refusal } from '#core';
import { Refused } from './refused.js';
import { readListQuery } from './list-query.js';

/** A page as the API shows it: what the store found, cut to the fields that the caller asked for. */
export const pageAnswer = async <Item extends object>(
  parameters: ListParameters,
  read: (query: ListQuery) => Promise<Page<Item> | Refusal>,
): Promise<{ items: readonly Partial<Item>[]; next_cursor: string | null } | Refusal> => {
  const only = parameters.fields === undefined ? null : readFields(parameters.fields);
  const page = await read(readListQuery(parameters));
  if (isRefusal(page)) return page;
  return { items: only ? page.items.map((item) => cut(item, only)) : page.items, next_cursor: page.next };
};

const readFields = (fields: string): ReadonlySet<string> => {
  const names = fields.split(',').map((name) => name.trim());
  const strange = names.find((name) => !/^[a-z][a-z0-9_]*$/.test(name));
  if (strange !== undefined)
    throw new Refused(
      refuse('invalid', `"${strange.slice(0, 40)}" is not the name of a field: give names separated by commas.`, {
        errors: [{ in: 'query', at: '/fields', says: 'not the name of a field' }],
      }),
    );
  return new Set(names);
};

/** Unknown names are simply not there, so that a client may ask older servers for newer fields. */
const cut = <Item extends object>(item: Item, only: ReadonlySet<string>): Partial<Item> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => only.has(snake(name)))) as Partial<Item>;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
