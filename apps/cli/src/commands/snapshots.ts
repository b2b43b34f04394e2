import { allItems } from '../client/pages.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { queryOf } from '../resource/list.js';
import { SNAPSHOT_LOOK } from '../resource/looks.js';

/** `anneal snapshots`: the records of commits, which belong to their deployment. */
export const declare: Declare = (program, terminal) => {
  const snapshots = program.command('snapshots').alias('snapshot').summary('records of commits').description('Records of commits.').helpCommand(false);
  leaf<{ filter?: string[]; limit?: string }>(snapshots, terminal, {
    usage: 'list <deployment>',
    aliases: ['ls'],
    summary: 'list the commits of a deployment, the newest first',
    options: [
      ['--filter <condition...>', 'such as `created_by eq "ada"`'],
      ['--limit <count>', 'no more than so many'],
    ],
    run: async ({ client, printer }, [key], options) =>
      await printer.list(
        await allItems<Record<string, unknown>>(client, 'deployments.snapshots', {
          params: { key: String(key) },
          query: queryOf(options),
          ...(options.limit === undefined ? {} : { limit: parseCount(options.limit, '--limit', { min: 1, max: 10_000_000 }) }),
        }),
        SNAPSHOT_LOOK,
      ),
  });
};
