import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogPage, StoredLine } from '#app';
import { refuse, type Refusal } from '#core';
import type { StreamMessage } from '../answers.js';
import { followLog, LATE_LINES_MS } from './follow-log.js';

const RUN = '0198f0c2-0000-7000-8000-000000000001';

const lines = (first: number, last: number): StoredLine[] =>
  Array.from({ length: last - first + 1 }, (_each, index) => ({
    line: first + index,
    attempt: 1,
    at: new Date(0),
    stream: 'out' as const,
    text: `line ${first + index}`,
  }));

/** A page as `ReadLog` gives it: the worker has stored `stored` lines, and ended the run `endedAgoMs` ago or not yet. */
const page = (found: readonly StoredLine[], { endedAgoMs = null as number | null } = {}): LogPage => ({
  run: {
    id: RUN,
    state: endedAgoMs === null ? 'running' : 'succeeded',
    finishedAt: endedAgoMs === null ? null : new Date(Date.now() - endedAgoMs),
    reason: '',
    exitCode: null,
  } as unknown as LogPage['run'],
  lines: found,
  ended: endedAgoMs !== null,
});

/** Follows to the end, through these pages; the last one stays. */
const follow = async (pages: readonly (LogPage | Refusal)[], signal = new AbortController().signal) => {
  const asked: number[] = [];
  let next = 1;
  const read = async (after: number): Promise<LogPage | Refusal> => {
    asked.push(after);
    const found = pages[Math.min(next, pages.length - 1)] as LogPage | Refusal;
    next += 1;
    return found;
  };
  const messages: StreamMessage[] = [];
  const done = (async () => {
    for await (const message of followLog(pages[0] as LogPage, 0, read, signal)) messages.push(message);
  })();
  return { asked, messages, done };
};

const texts = (messages: readonly StreamMessage[]): string[] =>
  messages.filter(({ event }) => event === 'line').map(({ data }) => (data as { text: string }).text);

describe('a log that is followed', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('has the lines that were stored after the run had ended', async () => {
    const { messages, done } = await follow([
      page(lines(1, 2)),
      page([], { endedAgoMs: 0 }),
      page([], { endedAgoMs: 150 }),
      page(lines(3, 4), { endedAgoMs: 300 }),
      page([], { endedAgoMs: 2_000 }),
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    await done;
    expect(texts(messages)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
    expect(messages.at(-1)).toMatchObject({ event: 'end', data: { run_id: RUN, state: 'succeeded' } });
  });

  it('ends although the clock of the database is far ahead of ours', async () => {
    const { messages, done } = await follow([
      page(lines(1, 1), { endedAgoMs: -3_600_000 }),
      page([], { endedAgoMs: -3_600_000 }),
    ]);
    await vi.advanceTimersByTimeAsync(LATE_LINES_MS + 1_000);
    await done;
    expect(messages.at(-1)).toMatchObject({ event: 'end' });
  });

  it('ends at once where the run is long over', async () => {
    const { messages, done } = await follow([page([], { endedAgoMs: 60_000 })]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(messages.map(({ event }) => event)).toEqual([undefined, 'end']);
  });

  it('asks for what follows the last line that it has, and less often while nothing comes', async () => {
    const abort = new AbortController();
    const { asked, done } = await follow([page(lines(1, 3)), page(lines(4, 6)), page([])], abort.signal);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.slice(0, 3)).toEqual([3, 6, 6]);
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.length).toBeLessThan(30);
    abort.abort();
    await done;
  });

  it('gives every line an id from which a reader can go on, the beginning too', async () => {
    const { messages, done } = await follow([
      page(lines(7, 8), { endedAgoMs: 60_000 }),
      page([], { endedAgoMs: 60_000 }),
    ]);
    await vi.advanceTimersByTimeAsync(1_000);
    await done;
    expect(messages.map(({ id }) => id)).toEqual([`${RUN}/6`, `${RUN}/7`, `${RUN}/8`, undefined]);
  });

  it('ends when the run is deleted with its noderole', async () => {
    const { messages, done } = await follow([page(lines(1, 1)), refuse('not-found', 'there is no such run.')]);
    await vi.advanceTimersByTimeAsync(1_000);
    await done;
    expect(messages.at(-1)).toMatchObject({ event: 'end', data: { state: null, reason: 'there is no such run.' } });
  });

  it('stops without an end when the reader goes', async () => {
    const abort = new AbortController();
    const { messages, done } = await follow([page(lines(1, 1)), page([])], abort.signal);
    await vi.advanceTimersByTimeAsync(300);
    abort.abort();
    await done;
    expect(messages.map(({ event }) => event)).toEqual([undefined, 'line']);
  });
});
