import { follow } from '../client/follow.js';
import { allItems } from '../client/pages.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { harmless } from '../output/cell.js';
import { stateText, type Palette } from '../output/colour.js';
import { columnsOf } from '../output/printer.js';
import { queryOf } from '../resource/list.js';

/** Events shown without `--limit`. */
const EVENTS_DEFAULT = 50;

interface EventsOptions {
  readonly watch?: boolean;
  readonly after?: string;
  readonly kind?: string;
  readonly node?: string;
  readonly deployment?: string;
  readonly nodeRole?: string;
  readonly filter?: string[];
  readonly sort?: string;
  readonly fields?: string;
  readonly limit?: string;
}

/**
 * `anneal events`: the history, a page of it or as it goes on. A stream that is cut off goes on after the last number that
 * was seen, so nothing is missed; `--after` does the same across two calls.
 */
export const declare: Declare = (program, terminal) => {
  leaf<EventsOptions>(program, terminal, {
    usage: 'events',
    aliases: ['event'],
    summary: 'what happened, in order',
    says: 'Without --watch and --after the last ones are shown.',
    options: [
      ['-w, --watch', 'go on with what happens, until Ctrl-C'],
      ['--after <sequence>', 'begin after this number; 0 is the beginning of the history'],
      ['--kind <kinds>', 'with --watch: kinds with commas; node_role.* is all of a subject'],
      ['--node <node>', 'with --watch: of this node'],
      ['--deployment <deployment>', 'with --watch: of this deployment'],
      ['--node-role <role@node>', 'with --watch: of this noderole'],
      ['--filter <condition...>', 'without --watch: such as `kind eq "node_role.error"`'],
      ['--sort <fields>', 'without --watch: seq, or -seq for the newest first'],
      ['--fields <fields>', 'without --watch: only these, with commas'],
      ['--limit <count>', 'no more than so many'],
    ],
    examples: [
      'anneal events --watch',
      'anneal events --after 0 -o json',
      "anneal events --watch --kind 'node_role.error' -o json",
    ],
    run: async (invocation, _args, options) => {
      const limit =
        options.limit === undefined ? undefined : parseCount(options.limit, '--limit', { min: 1, max: 10_000_000 });
      const after =
        options.after === undefined
          ? undefined
          : parseCount(options.after, '--after', { min: 0, max: Number.MAX_SAFE_INTEGER });
      return options.watch
        ? await watch(invocation, options, after, limit)
        : await page(invocation, options, after, limit);
    },
  });
};

type Invocation = Parameters<Parameters<typeof leaf>[2]['run']>[0];
type Event = Readonly<Record<string, unknown>>;

const page = async (
  { client, printer }: Invocation,
  options: EventsOptions,
  after: number | undefined,
  limit: number | undefined,
): Promise<void> => {
  const conditions = [...(after === undefined ? [] : [`seq gt ${after}`]), ...(options.filter ?? [])];
  const last = after === undefined && options.sort === undefined;
  const events = await allItems<Event>(client, 'events.list', {
    query: queryOf({ ...options, filter: conditions, ...(last ? { sort: '-seq' } : {}) }),
    ...(limit !== undefined || last ? { limit: limit ?? EVENTS_DEFAULT } : {}),
  });
  await printer.list(last ? events.toReversed() : events, {
    columns: options.fields
      ? columnsOf(options.fields)
      : [
          { field: 'seq' },
          { field: 'at', head: 'AGE' },
          { field: 'kind' },
          { field: 'actor' },
          { field: 'data' },
          { field: 'node_role_id', wide: true },
          { field: 'run_id', wide: true },
        ],
    nameOf: (event) => String(event['seq']),
  });
};

const watch = async (
  { client, printer, progress, signal }: Invocation,
  options: EventsOptions,
  after: number | undefined,
  limit: number | undefined,
): Promise<void> => {
  let left = limit ?? Infinity;
  const messages = follow(
    client,
    {
      route: 'events.stream',
      query: {
        after,
        kind: options.kind,
        node: options.node,
        deployment: options.deployment,
        node_role: options.nodeRole,
      },
    },
    signal,
  );
  for await (const message of messages) {
    if (message.event === 'resync') {
      progress.warn('the history does not go back so far: some events are missing here');
      continue;
    }
    const event = JSON.parse(message.data) as Event;
    printer.eachAsItComes(
      event,
      (palette) => eventLine(event, palette),
      () => String(event['seq']),
    );
    left -= 1;
    if (left <= 0) return;
  }
  // The stream ends only when we are told to.
  signal.throwIfAborted();
};

/** `1042  12:00:07.123  node_role.active  …` */
const eventLine = (event: Event, palette: Palette): string => {
  const kind = String(event['kind']);
  const state = /^node_role\.(\w+)$/.exec(kind)?.[1];
  const shown = state ? `node_role ${stateText(state, palette)}` : harmless(kind);
  const at = String(event['at']).replace('T', ' ').replace(/Z$/, '');
  return [
    String(event['seq']).padStart(6),
    palette.dim(at),
    shown,
    harmless(dataText(event['data'])),
    event['actor'] ? palette.dim(`by ${harmless(String(event['actor']))}`) : '',
  ]
    .filter((part) => part !== '')
    .join('  ');
};

const dataText = (data: unknown): string => {
  if (data === null || data === undefined) return '';
  if (typeof data !== 'object') return String(data);
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
};
