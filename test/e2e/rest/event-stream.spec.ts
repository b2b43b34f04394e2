import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, type Message } from './event-reader.js';
import { startServer, type RunningServer } from './running-server.js';

/** Events written by each of the writers, and readers that are cut off meanwhile. */
const WRITERS = 4;
const EVENTS_EACH = 250;
const READERS = 5;

describe('the event stream', () => {
  let running: RunningServer;
  let url: string;
  let token: string;
  beforeAll(async () => {
    running = await startServer('event_stream');
    url = `${running.url}/api/v2/events/stream`;
    token = await running.freshToken('viewer');
  });
  afterAll(() => running.stop());

  const write = async (count: number, kind = 'test.written'): Promise<void> => {
    for (let written = 0; written < count; written += 1)
      await running.server.assembly.unitOfWork.write('test', async (tx) => tx.tell({ kind, data: { written } }));
  };
  const lastSeq = async (): Promise<number> =>
    Number((await running.query<{ last: string }>('SELECT last FROM event_counter'))[0]!.last);
  const take = async (messages: AsyncGenerator<Message>, count: number, abort: AbortController): Promise<Message[]> => {
    const taken: Message[] = [];
    for await (const message of messages) {
      taken.push(message);
      if (taken.length === count) break;
    }
    abort.abort();
    return taken;
  };

  it('gives every event once and in order to readers that are cut off again and again while events are written', async () => {
    const begin = await lastSeq();
    const end = begin + WRITERS * EVENTS_EACH;
    const readAll = async (cutEvery: number): Promise<number[]> => {
      const seen: number[] = [];
      let last = begin;
      while (last < end) {
        const abort = new AbortController();
        let before = cutEvery;
        for await (const { id } of readEvents(`${url}?after=${begin}`, {
          token,
          signal: abort.signal,
          lastEventId: String(last),
        })) {
          seen.push((last = Number(id)));
          if (last === end || (before -= 1) === 0) break;
        }
        abort.abort();
      }
      return seen;
    };
    const readers = Array.from({ length: READERS }, (_each, index) => readAll(7 + index * 31));
    await Promise.all(Array.from({ length: WRITERS }, () => write(EVENTS_EACH)));
    const expected = Array.from({ length: end - begin }, (_each, index) => begin + 1 + index);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(expected);
  });

  it('begins with what happens from now on when no position is given', async () => {
    await write(3);
    const abort = new AbortController();
    const messages = readEvents(url, { token, signal: abort.signal });
    const first = messages.next();
    while (running.server.assembly.feed.state.followers === 0) await new Promise((resolve) => setImmediate(resolve));
    await write(1, 'test.now');
    expect((await first).value).toMatchObject({ event: 'test.now' });
    abort.abort();
  });

  it('lets only the kinds through that were asked for, and goes on where it was', async () => {
    const begin = await lastSeq();
    await write(2, 'apple.ripe');
    await write(2, 'pear.ripe');
    await write(1, 'apple.eaten');
    const abort = new AbortController();
    const taken = await take(
      readEvents(`${url}?after=${begin}&kind=apple.*`, { token, signal: abort.signal }),
      3,
      abort,
    );
    expect(taken.map(({ event }) => event)).toEqual(['apple.ripe', 'apple.ripe', 'apple.eaten']);
    expect(taken.map(({ data }) => data.seq)).toEqual([begin + 1, begin + 2, begin + 5]);
  });

  it('says so when the history no longer holds what comes next', async () => {
    await write(20);
    const last = await lastSeq();
    await running.query('DELETE FROM events WHERE seq <= $1', [last - 5]);
    const abort = new AbortController();
    const messages = readEvents(`${url}?after=${last - 12}`, { token, signal: abort.signal });
    const resync = (await messages.next()).value as Message;
    expect(resync).toMatchObject({ event: 'resync', id: String(last), data: { first: last - 4, last } });
    await write(1, 'test.after');
    expect((await messages.next()).value).toMatchObject({ event: 'test.after', id: String(last + 1) });
    abort.abort();
  });

  it('says so when the reader knows a history that is not ours', async () => {
    const abort = new AbortController();
    const [resync] = await take(readEvents(`${url}?after=900000000`, { token, signal: abort.signal }), 1, abort);
    expect(resync).toMatchObject({ event: 'resync' });
  });

  it('goes on after the connection for news was cut', async () => {
    const abort = new AbortController();
    const messages = readEvents(`${url}?after=${await lastSeq()}`, { token, signal: abort.signal });
    const next = messages.next();
    await running.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'anneal news' AND datname = current_database()`,
    );
    await write(1, 'test.unheard');
    expect((await next).value).toMatchObject({ event: 'test.unheard' });
    abort.abort();
  });

  it('reads the same history in pages', async () => {
    await write(25, 'test.paged');
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = await running.as.viewer(
        'GET',
        `events?limit=10&filter=${encodeURIComponent('kind eq "test.paged"')}${cursor}`,
      );
      expect(page.status).toBe(200);
      seen.push(...(page.body.items as { seq: number }[]).map(({ seq }) => seq));
      cursor = page.body.next_cursor === null ? '' : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(25);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('ends its streams when the server stops', async () => {
    const other = await startServer('event_stream_stop');
    const messages = readEvents(`${other.url}/api/v2/events/stream`, {
      token: await other.freshToken('viewer'),
      signal: AbortSignal.timeout(20_000),
    });
    const ended = messages.next().catch(() => ({ done: true }));
    while (other.server.assembly.feed.state.followers === 0) await new Promise((resolve) => setImmediate(resolve));
    const began = performance.now();
    await other.stop();
    expect(await ended).toMatchObject({ done: true });
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
