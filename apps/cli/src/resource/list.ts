import type { Command } from 'commander';
import { allItems } from '../client/pages.js';
import { routeOf, type RouteId } from '../client/route.js';
import { leaf } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import type { Terminal } from '../command/terminal.js';
import { columnsOf } from '../output/printer.js';
import type { Noun } from './noun.js';

/** More than this is not read into a terminal; a list without a limit has no bound. */
const LIMIT_MAX = 10_000_000;

interface ListOptions {
  readonly filter?: string[];
  readonly sort?: string;
  readonly fields?: string;
  readonly limit?: string;
}

/** `list`: all things of a kind, or those that a filter lets through. */
export const declareList = (parent: Command, terminal: Terminal, noun: Noun, route: RouteId): void => {
  const known = routeOf(route).query ?? [];
  const takes = (name: string) => known.includes(name);
  leaf<ListOptions>(parent, terminal, {
    usage: 'list',
    aliases: ['ls'],
    summary: `list ${noun.name}`,
    options: [
      ...(takes('filter')
        ? ([
            [
              '--filter <condition...>',
              'such as `state eq error and name contains "web"`; several are joined with and',
            ],
          ] as const)
        : []),
      ...(takes('sort') ? ([['--sort <fields>', 'with commas; - in front for descending']] as const) : []),
      ...(takes('fields')
        ? ([['--fields <fields>', 'only these, with commas; they become the columns']] as const)
        : []),
      ...(takes('limit') ? ([['--limit <count>', 'no more than so many']] as const) : []),
    ],
    examples: noun.examples?.list ?? [],
    run: async ({ client, printer }, _args, options) => {
      const items = await allItems<Record<string, unknown>>(client, route, {
        query: queryOf(options),
        ...(options.limit === undefined
          ? {}
          : { limit: parseCount(options.limit, '--limit', { min: 1, max: LIMIT_MAX }) }),
      });
      await printer.list(items, options.fields ? { ...noun.look, columns: columnsOf(options.fields) } : noun.look);
    },
  });
};

/** The query of a list route; several filters must all hold. */
export const queryOf = ({ filter, sort, fields }: Partial<ListOptions>): Record<string, string | undefined> => ({
  filter: filter && filter.length > 0 ? filter.join(' and ') : undefined,
  sort,
  fields: fields?.replace(/\s+/g, ''),
});
