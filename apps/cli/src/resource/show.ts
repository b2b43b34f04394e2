import type { Command } from 'commander';
import type { Client } from '../client/client.js';
import { parametersOf, type RouteId } from '../client/route.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import type { Noun } from './noun.js';

/** `show`: one thing or several, with all fields. */
export const declareShow = (parent: Command, terminal: Terminal, noun: Noun, route: RouteId): void => {
  leaf(parent, terminal, {
    usage: `show <${noun.key}...>`,
    aliases: noun.showAliases ?? ['get', 'describe'],
    summary: `show a ${noun.one} with all that is known of it`,
    run: async ({ client, printer }, [keys]) => {
      const items: Record<string, unknown>[] = [];
      for (const key of keys as readonly string[]) items.push(await readOne(client, route, key));
      if (items.length > 1 && printer.isData) return await printer.list(items, noun.look);
      for (const [index, item] of items.entries()) {
        if (index > 0) printer.say('');
        await printer.one(item, noun.look);
      }
    },
  });
};

/** Reads the thing of a route that is about one. */
export const readOne = async (client: Client, route: RouteId, key: string): Promise<Record<string, unknown>> =>
  await client.get(route, { params: keyParams(route, key) });

/** The first parameter of a route's path is the thing it is about. */
export const keyParams = (route: RouteId, key: string): Record<string, string> => {
  const [name] = parametersOf(route);
  return name ? { [name]: key } : {};
};
