import { allItems } from '../client/pages.js';
import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { harmless } from '../output/cell.js';
import { stateText } from '../output/colour.js';

interface AnnealStatus {
  readonly counts: Readonly<Record<string, number>>;
  readonly changed: number;
  readonly settled: boolean;
  readonly working: boolean;
  readonly stuck: readonly {
    readonly deployment: string;
    readonly summary: string;
    readonly roots: readonly {
      readonly cause: { readonly sentence: string };
      readonly holds_up: number;
      readonly moves: readonly string[];
    }[];
  }[];
}

interface AnnealPace {
  readonly seconds: number;
  readonly per_minute: { readonly active: number; readonly error: number };
  readonly oldest: readonly { readonly state: string; readonly name: string; readonly since: string }[];
}

/** `anneal status`: how far everything is, and what is in the way. The server says so; nothing is worked out here. */
export const declare: Declare = (program, terminal) => {
  leaf<{ deployment?: string }>(program, terminal, {
    usage: 'status',
    summary: 'how far everything is, and what is in the way',
    options: [['--deployment <deployment>', 'only this one']],
    run: async (invocation, _args, { deployment }) => {
      const status = await invocation.client.get<AnnealStatus>('anneal.show', { query: { deployment } });
      if (invocation.printer.isData) return await invocation.printer.document(status);
      await showStatus(invocation, status, deployment);
    },
  });
};

const showStatus = async (
  invocation: Invocation,
  status: AnnealStatus,
  deployment: string | undefined,
): Promise<void> => {
  const { client, printer } = invocation;
  const { palette } = printer;
  const counts = Object.entries(status.counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${stateText(state, palette)}`);
  const verdict = status.settled
    ? palette.green('settled')
    : status.working
      ? palette.blue('working')
      : palette.red('stuck');
  printer.say(
    `${palette.bold(verdict)}: ${counts.join(', ') || 'nothing is bound'}${status.changed > 0 ? `, ${status.changed} to run again` : ''}`,
  );
  if (deployment === undefined) {
    if (!status.settled) await showPace(invocation);
    const nodes = await allItems<{ alive: boolean; available: boolean; system: boolean }>(client, 'nodes.list', {
      query: { filter: 'system eq false', fields: 'alive,available,system' },
    });
    const down = nodes.filter(({ alive }) => !alive).length;
    const unavailable = nodes.filter(({ available }) => !available).length;
    printer.say(
      `${nodes.length} nodes${down > 0 ? `, ${palette.red(`${down} not alive`)}` : ''}${unavailable > 0 ? `, ${palette.yellow(`${unavailable} not available`)}` : ''}`,
    );
  }
  for (const { deployment: name, summary, roots } of status.stuck) {
    printer.say(`\n${palette.bold(harmless(name))}: ${harmless(summary)}`);
    for (const { cause, holds_up, moves } of roots) {
      printer.say(`  ${harmless(cause.sentence)} (holds up ${holds_up})`);
      for (const move of moves) printer.say(`    $ ${harmless(move)}`);
    }
  }
};

/** How fast it gets on, and since when something is where it is. */
const showPace = async ({ client, printer }: Invocation): Promise<void> => {
  const { seconds, per_minute: rate, oldest } = await client.get<AnnealPace>('anneal.pace');
  printer.say(
    `${rate.active.toFixed(1)} a minute became active and ${rate.error.toFixed(1)} failed, in the last ${shortTime(seconds)}`,
  );
  for (const { state, name, since } of oldest)
    printer.say(
      `  ${stateText(state, printer.palette)} for longest: ${harmless(name)}, ${shortTime((Date.now() - Date.parse(since)) / 1_000)}`,
    );
};

const MINUTE_S = 60;
const HOUR_S = 3_600;
const shortTime = (seconds: number): string =>
  seconds < MINUTE_S
    ? `${seconds.toFixed(0)} s`
    : seconds < HOUR_S
      ? `${(seconds / MINUTE_S).toFixed(0)} min`
      : `${(seconds / HOUR_S).toFixed(1)} h`;
