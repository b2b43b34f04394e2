import { allItems } from '../client/pages.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { harmless } from '../output/cell.js';
import { byFields } from '../output/printer.js';
import { queryOf } from '../resource/list.js';
import { SNAPSHOT_LOOK } from '../resource/looks.js';

interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly {
    readonly name: string;
    readonly values: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
  }[];
}

interface ProposedAgain {
  readonly bound: readonly string[];
  readonly edited: readonly string[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** `anneal snapshots`: the records of commits. They belong to their deployment, and are named by it and their number. */
export const declare: Declare = (program, terminal) => {
  const snapshots = program
    .command('snapshots')
    .alias('snapshot')
    .summary('records of commits')
    .description('Records of commits.')
    .helpCommand(false);
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
          ...(options.limit === undefined
            ? {}
            : { limit: parseCount(options.limit, '--limit', { min: 1, max: 10_000_000 }) }),
        }),
        SNAPSHOT_LOOK,
      ),
  });
  leaf(snapshots, terminal, {
    usage: 'show <deployment> <number>',
    summary: 'show what a commit wished for',
    run: async ({ client, printer }, [key, snapshot]) =>
      await printer.one(
        await client.get('snapshots.show', { params: { key: String(key), snapshot: String(snapshot) } }),
        SNAPSHOT_LOOK,
      ),
  });
  leaf(snapshots, terminal, {
    usage: 'diff <deployment> <number> <to>',
    summary: 'compare a commit with another one',
    examples: ['anneal snapshots diff web 3 4'],
    run: async ({ client, printer }, [key, snapshot, to]) => {
      const diff = await client.get<{ deployment_roles: Changes; node_roles: Changes }>('snapshots.diff', {
        params: { key: String(key), snapshot: String(snapshot) },
        query: { to: String(to) },
      });
      if (printer.isData) return await printer.document(diff);
      const lines = [...changesText(diff.deployment_roles), ...changesText(diff.node_roles)];
      printer.lines(lines.length > 0 ? lines : ['They wish for the same.']);
    },
  });
  leaf(snapshots, terminal, {
    usage: 'propose <deployment> <number>',
    summary: 'propose an earlier commit again',
    says: 'What is missing is bound, and values are proposed as they were; `anneal deployments commit` makes it so.',
    run: async ({ client, printer, progress }, [key, snapshot]) => {
      const { body } = await client.send<ProposedAgain & { deployment: Record<string, unknown> }>('snapshots.propose', {
        params: { key: String(key), snapshot: String(snapshot) },
      });
      for (const name of body.bound) progress.line(`+ ${name}`);
      for (const name of body.edited) progress.line(`~ ${name}`);
      for (const name of body.missing) progress.warn(`${name} was there then and cannot be bound now`);
      for (const name of body.extra) progress.line(`${name} is bound beyond it, and stays`);
      await printer.one(printer.isData ? { ...body } : body.deployment, {
        columns: [],
        nameOf: byFields('deployment.name', 'name'),
      });
    },
  });
};

const changesText = ({ added, removed, changed }: Changes): string[] => [
  ...added.map((name) => `+ ${name}`),
  ...removed.map((name) => `- ${name}`),
  ...changed.flatMap(({ name, values }) =>
    values.map(({ path, before, after }) => `~ ${name} ${path}: ${shown(before)} → ${shown(after)}`),
  ),
];

const shown = (value: unknown): string => (value === undefined ? '(none)' : harmless(JSON.stringify(value)));
