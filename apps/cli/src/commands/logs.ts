import { follow } from '../client/follow.js';
import { ApiProblem } from '../client/problem.js';
import type { RouteId } from '../client/route.js';
import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { harmlessLines } from '../output/cell.js';
import type { Palette } from '../output/colour.js';
import { parseSubjects, type Subject } from '../resource/subject.js';

interface LogLine {
  readonly line: number;
  readonly attempt: number;
  readonly at: string;
  readonly stream: 'out' | 'err' | 'anneal';
  readonly text: string;
}

interface LogPage {
  readonly run_id: string | null;
  readonly state: string | null;
  readonly lines: readonly LogLine[];
  readonly next_after: number;
  readonly ended: boolean;
}

interface LogOptions {
  readonly follow?: boolean;
  readonly after?: string;
  readonly tail?: string;
  readonly timestamps?: boolean;
}

/** `anneal logs`: what the last run of a noderole, or one run, wrote; and with -f what it goes on writing. */
export const declare: Declare = (program, terminal) => {
  leaf<LogOptions>(program, terminal, {
    usage: 'logs <what...>',
    aliases: ['log'],
    summary: 'the log of a run, or of the last run of a noderole',
    says: 'Lines of the standard error are marked with !, those of Anneal itself with *. A run is named by its id.',
    options: [
      ['-f, --follow', 'go on until the run has ended'],
      ['--after <line>', 'begin after this line'],
      ['--tail <count>', 'only the last lines'],
      ['--timestamps', 'a time before each line'],
    ],
    examples: [
      'anneal logs -f web-server@node-1.example.test',
      'anneal logs web-server on node-1.example.test --tail 20',
      'anneal logs runs/0198f0c2-…',
    ],
    run: async (invocation, [words], options) => {
      const after =
        options.after === undefined ? 0 : parseCount(options.after, '--after', { min: 0, max: 2_147_483_647 });
      const tail = options.tail === undefined ? null : parseCount(options.tail, '--tail', { min: 0, max: 10_000_000 });
      for (const subject of parseSubjects(words as readonly string[]))
        await showLog(invocation, subject, { after, tail, options });
    },
  });
};

interface Wanted {
  readonly after: number;
  readonly tail: number | null;
  readonly options: LogOptions;
}

const showLog = async (invocation: Invocation, subject: Subject, wanted: Wanted): Promise<void> => {
  const { client, progress, signal } = invocation;
  const { route, params, first } = await firstPage(invocation, subject, wanted);
  if (first.run_id === null) return progress.line(`${subject.key} has not run yet`);
  const show = (line: LogLine): void =>
    invocation.printer.eachAsItComes(
      { ...line },
      (palette) => lineText(line, wanted.options, palette),
      () => String(line.line),
    );
  let page = first;
  page.lines.forEach(show);
  while (page.lines.length > 0 && !page.ended) {
    page = await client.get<LogPage>(route, { params, query: { after: page.next_after } });
    page.lines.forEach(show);
  }
  if (!wanted.options.follow || page.ended) return;
  const messages = follow(
    client,
    {
      route,
      params,
      query: { follow: 'true', after: `${page.run_id}/${page.next_after}` },
      isLast: ({ event }) => event === 'end',
    },
    signal,
  );
  for await (const { event, data } of messages) {
    if (event === 'line') show(JSON.parse(data) as LogLine);
    else if (event === 'end') {
      const { state, reason } = JSON.parse(data) as { state?: string; reason?: string };
      return progress.line(`the run has ended${state ? `: ${state}` : ''}${reason ? `, ${reason}` : ''}`);
    }
  }
  signal.throwIfAborted();
};

/** The first page, of a run or of a noderole: a bare id may be either. */
const firstPage = async (
  { client }: Invocation,
  subject: Subject,
  { after, tail }: Wanted,
): Promise<{ route: RouteId; params: { key: string }; first: LogPage }> => {
  const params = { key: subject.key };
  const query = { ...(after > 0 ? { after } : {}), ...(tail === null ? {} : { tail }) };
  const routes: RouteId[] =
    subject.kind === 'run'
      ? ['runs.log']
      : subject.kind === 'node_role'
        ? ['node_roles.log']
        : ['node_roles.log', 'runs.log'];
  for (const [index, route] of routes.entries()) {
    try {
      return { route, params, first: await client.get<LogPage>(route, { params, query }) };
    } catch (error) {
      if (index === routes.length - 1 || !(error instanceof ApiProblem) || error.status !== 404) throw error;
    }
  }
  throw new Error('a log has at least one route');
};

const MARKS: Readonly<Record<LogLine['stream'], string>> = { out: ' ', err: '!', anneal: '*' };

const lineText = (line: LogLine, { timestamps }: LogOptions, palette: Palette): string => {
  const paint =
    line.stream === 'err' ? palette.yellow : line.stream === 'anneal' ? palette.blue : (text: string) => text;
  return `${timestamps ? `${palette.dim(line.at)} ` : ''}${paint(`${MARKS[line.stream]} ${harmlessLines(line.text)}`)}`;
};
