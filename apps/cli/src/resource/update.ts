import type { Command } from 'commander';
import type { Client } from '../client/client.js';
import { routeOf, type RouteId } from '../client/route.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, Stop, usage } from '../exit.js';
import { BODY_OPTIONS, fieldsText, readBody, type BodyOptions } from './body.js';
import type { Noun } from './noun.js';
import { keyParams } from './show.js';

interface UpdateOptions extends BodyOptions {
  readonly ifVersion?: string;
}

/** `update`: changes fields of one thing, and nothing that somebody else changed meanwhile. */
export const declareUpdate = (
  parent: Command,
  terminal: Terminal,
  noun: Noun,
  routes: { show: RouteId; patch: RouteId },
): void => {
  leaf<UpdateOptions>(parent, terminal, {
    usage: `update <${noun.key}> [field=value...]`,
    aliases: ['edit', 'patch'],
    summary: `change fields of a ${noun.one}`,
    says: `${fieldsText(routes.patch)} What is not named stays; null takes a field away where that is allowed.`.trim(),
    options: [
      ...BODY_OPTIONS,
      ['--if-version <version>', 'only if it still is this version; else the version that is read first'],
    ],
    examples: noun.examples?.update ?? [],
    run: async ({ client, printer }, [key, assignments], options) => {
      const set = [...(assignments as readonly string[]), ...(options.set ?? [])];
      const body = await readBody(routes.patch, { ...options, set }, terminal);
      if (Object.keys(body).length === 0)
        throw usage('Nothing is to be changed.', 'Say what with field=value or -f FILE.');
      await printer.row(await patchOne(client, routes, String(key), body, { ifVersion: options.ifVersion }), noun.look);
    },
  });
};

/**
 * Reads a thing, then changes it under the version that was read: a change by somebody else in between is refused by the
 * server and told, never written over.
 */
export const patchOne = async (
  client: Client,
  routes: { show: RouteId; patch: RouteId },
  key: string,
  body: unknown,
  { ifVersion }: { ifVersion?: string | undefined } = {},
): Promise<Record<string, unknown>> => {
  const params = keyParams(routes.patch, key);
  const ifMatch = routeOf(routes.patch).ifMatch ? await versionOf(client, routes.show, key, ifVersion) : undefined;
  return (await client.send<Record<string, unknown>>(routes.patch, { params, body, ...(ifMatch ? { ifMatch } : {}) }))
    .body;
};

/** The ETag to send: of the version that was named, or of the one that is there now. */
export const versionOf = async (
  client: Client,
  show: RouteId,
  key: string,
  named: string | undefined,
): Promise<string> => {
  if (named !== undefined) {
    if (!/^\d{1,15}$/.test(named))
      throw usage(`--if-version ${named} is no version.`, 'It is the number in the field version.');
    return `"${named}"`;
  }
  const { etag } = await client.send(show, { params: keyParams(show, key) });
  if (!etag) throw new Stop(EXIT.failed, `The server does not say which version ${key} is.`);
  return etag;
};
