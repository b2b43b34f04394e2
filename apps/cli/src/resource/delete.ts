import type { Command } from 'commander';
import { routeOf, type RouteId } from '../client/route.js';
import { confirm } from '../command/confirm.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT } from '../exit.js';
import { forEachKey } from './for-each-key.js';
import type { Noun } from './noun.js';
import { keyParams } from './show.js';
import { versionOf } from './update.js';

/** `delete`: takes things away, after asking. */
export const declareDelete = (
  parent: Command,
  terminal: Terminal,
  noun: Noun,
  { show, remove }: { show: RouteId | null; remove: RouteId },
): void => {
  leaf<{ yes?: boolean }>(parent, terminal, {
    usage: `delete <${noun.key}...>`,
    aliases: ['rm'],
    summary: `delete a ${noun.one}`,
    options: [['-y, --yes', 'do not ask']],
    run: async (invocation, [given], options) => {
      const keys = given as readonly string[];
      const what = keys.length === 1 ? `the ${noun.one} ${keys[0]}` : `${keys.length} ${noun.name}: ${keys.join(', ')}`;
      if (!(await confirm(invocation, `Delete ${what}?`, options))) return EXIT.failed;
      const { client, progress } = invocation;
      return await forEachKey(invocation, keys, async (key) => {
        const ifMatch = routeOf(remove).ifMatch && show ? await versionOf(client, show, key, undefined) : undefined;
        await client.send(remove, { params: keyParams(remove, key), ...(ifMatch ? { ifMatch } : {}) });
        progress.line(`${noun.one} ${key} deleted`);
      });
    },
  });
};
