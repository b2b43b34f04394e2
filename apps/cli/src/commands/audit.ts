import type { Declare } from '../command/leaf.js';
import { leaf } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { allItems } from '../client/pages.js';
import { columnsOf } from '../output/printer.js';
import { queryOf } from '../resource/list.js';

/** The newest are what is asked for; all of them can be very many. */
const ROWS_DEFAULT = '50';

/** `anneal audit`: every request that was not a reading, who sent it, and what came of it. */
export const declare: Declare = (program, terminal) => {
  leaf<{ filter?: string[]; sort?: string; fields?: string; limit: string }>(program, terminal, {
    usage: 'audit',
    summary: 'who changed what, the newest first',
    options: [
      ['--filter <condition...>', 'such as `actor eq "ada" and status ge 400`'],
      ['--sort <fields>', 'id for the oldest first'],
      ['--fields <fields>', 'only these, with commas'],
      ['--limit <count>', 'no more than so many', ROWS_DEFAULT],
    ],
    examples: ['anneal audit --filter \'action eq "deployments.commit"\''],
    run: async ({ client, printer }, _args, options) => {
      const rows = await allItems<Record<string, unknown>>(client, 'audit.list', {
        query: queryOf(options),
        limit: parseCount(options.limit, '--limit', { min: 1, max: 10_000_000 }),
      });
      await printer.list(rows, {
        columns: options.fields
          ? columnsOf(options.fields)
          : [
              { field: 'at', head: 'AGE' },
              { field: 'actor' },
              { field: 'action' },
              { field: 'subject' },
              { field: 'status' },
              { field: 'request', wide: true },
              { field: 'detail', wide: true },
            ],
        nameOf: (row) => String(row['id']),
      });
    },
  });
};
