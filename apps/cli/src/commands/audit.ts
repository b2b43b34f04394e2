import type { Invocation } from '../command/invocation.js';
import type { Declare } from '../command/leaf.js';
import { leaf } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { allItems } from '../client/pages.js';
import { EXIT, type ExitCode } from '../exit.js';
import { columnsOf } from '../output/printer.js';
import { queryOf } from '../resource/list.js';

/** The newest are what is asked for; all of them can be very many. */
const ROWS_DEFAULT = '50';

/** `anneal audit`: every request that was not a reading, who sent it, and what came of it. */
export const declare: Declare = (program, terminal) => {
  leaf<{ graph?: boolean; filter?: string[]; sort?: string; fields?: string; limit: string }>(program, terminal, {
    usage: 'audit',
    summary: 'who changed what, the newest first',
    says: 'With --graph it looks for broken invariants in the whole graph instead; exit code 1 when there are some.',
    options: [
      ['--graph', 'look for broken invariants in the graph: a sound installation has none'],
      ['--filter <condition...>', 'such as `actor eq "ada" and status ge 400`'],
      ['--sort <fields>', 'id for the oldest first'],
      ['--fields <fields>', 'only these, with commas'],
      ['--limit <count>', 'no more than so many', ROWS_DEFAULT],
    ],
    examples: ['anneal audit --filter \'action eq "deployments.commit"\''],
    run: async (invocation, _args, options) => {
      if (options.graph) return await auditGraph(invocation);
      const { client, printer } = invocation;
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

interface GraphAudit {
  readonly node_roles: number;
  readonly findings: readonly { readonly code: string; readonly sentence: string; readonly ids: readonly string[] }[];
}

const auditGraph = async ({ client, printer }: Invocation): Promise<ExitCode> => {
  const audit = await client.get<GraphAudit>('anneal.audit');
  if (printer.isData) await printer.document(audit);
  else if (audit.findings.length === 0)
    printer.lines([`${audit.node_roles} noderoles, and nothing is wrong with their graph.`]);
  else printer.table(audit.findings, [{ field: 'code' }, { field: 'sentence' }, { field: 'ids' }]);
  return audit.findings.length === 0 ? EXIT.ok : EXIT.failed;
};
