import { leaf, type Declare } from '../command/leaf.js';
import { parseDuration } from '../command/duration.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

/** A token's secret is in the answer that makes it and nowhere else: `create` prints it alone on stdout, for `$(…)`. */
export const declare: Declare = (program, terminal) => {
  const look = {
    columns: [
      { field: 'name' },
      { field: 'role' },
      { field: 'user' },
      { field: 'node' },
      { field: 'prefix' },
      { field: 'last_used_at', head: 'LAST USED' },
      { field: 'expires_at', head: 'EXPIRES' },
      { field: 'id' },
    ],
    nameOf: byFields('id'),
  };
  const tokens = declareNoun(program, terminal, {
    name: 'tokens',
    aliases: ['token'],
    summary: 'What automation shows instead of a password',
    one: 'token',
    key: 'id',
    tag: 'tokens',
    look,
    without: ['create'],
  });
  leaf<{ role?: string; expires?: string; user?: string; node?: string }>(tokens, terminal, {
    usage: 'create <name>',
    aliases: ['add'],
    summary: 'make a token and print its secret, which is shown only now',
    options: [
      ['--role <role>', 'admin, operator or viewer; your own when absent, and not above it'],
      ['--expires <time>', 'such as 12h or 20d; never when absent'],
      ['--user <user>', 'whose it is; administrators only'],
      ['--node <node>', 'the node that it speaks for; administrators only'],
    ],
    examples: ['ANNEAL_TOKEN=$(anneal tokens create ci --role operator --expires 12h)'],
    run: async ({ client, printer, progress }, [name], { role, expires, user, node }) => {
      const { body } = await client.send<Record<string, unknown>>('tokens.create', {
        body: {
          name,
          ...(role ? { role } : {}),
          ...(expires ? { expires_in_s: Math.round(parseDuration(expires, '--expires') / 1000) } : {}),
          ...(user ? { user } : {}),
          ...(node ? { node } : {}),
        },
      });
      if (printer.format === 'json' || printer.format === 'yaml') return await printer.document(body);
      progress.line(`made the token ${String(body['name'])} (${String(body['id'])}); its secret is not shown again:`);
      printer.lines([String(body['secret'])]);
    },
  });
};
