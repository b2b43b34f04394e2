import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { LogPage } from '#app';
import { LOG_LINE_MAX, LOG_LINES_MAX, type logQuery } from '#api-types';
import { isRefusal, refuse, type Refusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { StreamAnswer, TextAnswer, type StreamMessage } from '../answers.js';
import { followLog, isOver, justEnd } from './follow-log.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

interface LogRequest {
  readonly query: z.output<typeof logQuery>;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

/** A log in the three shapes in which people want it: as text, as pages of JSON, or live. */
@Injectable()
export class LogReader {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  /** The log of a run; `null` stands for that of a noderole that has not run yet. */
  async answer(run: string | null, request: LogRequest): Promise<StreamAnswer | TextAnswer | object | Refusal> {
    const { query, headers, signal } = request;
    const follows = query.follow === 'true' || query.follow === '';
    const wanted = wantedLines(request, run, follows);
    if (isRefusal(wanted)) return wanted;
    if (run === null) return follows ? new StreamAnswer(justEnd()) : shaped(NOTHING_YET, query, headers);
    const page = await this.model.readLog.execute({ run, ...wanted });
    if (isRefusal(page)) return page;
    const after = wanted.after ?? (wanted.tail === undefined ? 0 : page.run.logLines);
    if (follows) return new StreamAnswer(this.follow(page, after, signal));
    return shaped(shownPage(page, after), query, headers);
  }

  private follow(first: LogPage, after: number, signal: AbortSignal): AsyncGenerator<StreamMessage> {
    return followLog(
      first,
      after,
      (last) => this.model.readLog.execute({ run: first.run.id, after: last, limit: LOG_LINES_MAX }),
      signal,
    );
  }
}

/** Where to begin, and with how many lines. What a browser remembers counts most. */
const wantedLines = (
  { query, headers }: LogRequest,
  run: string | null,
  follows: boolean,
): { after?: number; tail?: number; limit: number } | Refusal => {
  const limit = query.limit === undefined ? LOG_LINES_MAX : Number(query.limit);
  if (limit < 1 || limit > LOG_LINES_MAX)
    return wrong('limit', `limit is ${query.limit}: use a whole number from 1 to ${LOG_LINES_MAX}.`);
  if (query.tail !== undefined && query.after !== undefined)
    return wrong(
      'tail',
      'say "after" or "tail", and not both: the one counts from the beginning, the other from the end.',
    );
  const remembered = headers['last-event-id'];
  const position =
    (follows && typeof remembered === 'string' ? readPosition(remembered, run) : undefined) ??
    readPosition(query.after, run);
  if (position !== undefined) return { after: position, limit };
  return query.tail === undefined ? { limit } : { tail: Math.min(Number(query.tail), LOG_LINES_MAX), limit };
};

const wrong = (name: string, says: string): Refusal =>
  refuse('invalid', says, { errors: [{ in: 'query', at: `/${name}`, says }] });

/** `RUN/LINE`, or the line alone. After a line of another run everything is new. */
const readPosition = (text: string | undefined, run: string | null): number | undefined => {
  const [, of, line] = /^(?:([0-9a-f-]{36})\/)?(\d{1,15})$/.exec(text ?? '') ?? [];
  if (line === undefined) return undefined;
  return of !== undefined && of !== run?.toLowerCase() ? 0 : Math.min(Number(line), LOG_LINE_MAX);
};

interface ShownPage {
  readonly runId: string | null;
  readonly state: string | null;
  readonly lines: LogPage['lines'];
  readonly nextAfter: number;
  readonly ended: boolean;
}

const NOTHING_YET: ShownPage = { runId: null, state: null, lines: [], nextAfter: 0, ended: true };

const shownPage = (page: LogPage, after: number): ShownPage => ({
  runId: page.run.id,
  state: page.run.state,
  lines: page.lines,
  nextAfter: page.lines.at(-1)?.line ?? after,
  ended: isOver(page, Date.now()),
});

const shaped = (page: ShownPage, { format }: LogRequest['query'], headers: Headers): ShownPage | TextAnswer => {
  const accept = typeof headers['accept'] === 'string' ? headers['accept'] : '';
  if (format === 'json' || (format === undefined && /\bapplication\/json\b/i.test(accept))) return page;
  return new TextAnswer(page.lines.map(({ text }) => `${text}\n`).join(''), 'text/plain; charset=utf-8', {
    ...(page.runId === null ? {} : { 'anneal-run': page.runId }),
    'anneal-next-after': String(page.nextAfter),
    'anneal-ended': String(page.ended),
    vary: 'accept',
  });
};
