import type { Command } from 'commander';
import { routeOf, type RouteId } from '../client/route.js';
import { leaf, type Arguments } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { BODY_OPTIONS, fieldsText, readBody, type BodyOptions } from './body.js';
import type { Noun } from './noun.js';

/** `create`: a new thing, from its name, a document, or single fields. */
export const declareCreate = (parent: Command, terminal: Terminal, noun: Noun, route: RouteId): void => {
  const by = noun.createBy ?? 'name';
  const takesName = routeOf(route).body?.includes(by) ?? false;
  leaf<BodyOptions>(parent, terminal, {
    usage: `create ${takesName ? `[${by}] ` : ''}[field=value...]`,
    aliases: ['add'],
    summary: `make a ${noun.one}`,
    says: fieldsText(route),
    options: BODY_OPTIONS,
    examples: noun.examples?.create ?? [],
    run: async ({ client, printer }, given, options) => {
      const [name, set] = split(given, takesName);
      const body = await readBody(
        route,
        { ...options, set: [...set, ...(options.set ?? [])] },
        terminal,
        name === undefined ? {} : { [by]: name },
      );
      await printer.row(
        await client.send<Record<string, unknown>>(route, { body }).then((answer) => answer.body),
        noun.look,
      );
    },
  });
};

/** The name may be left out when a document has it: the first word is then a field already. */
const split = (given: Arguments, takesName: boolean): [name: string | undefined, set: string[]] => {
  const words = given.flat().filter((word) => word !== undefined);
  return takesName && words[0] !== undefined && !words[0].includes('=')
    ? [words[0], words.slice(1)]
    : [undefined, words];
};
