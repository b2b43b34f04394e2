import { afterEach, describe, expect, it } from 'vitest';
import { LOG_BYTES_MAX, type LogLine } from '#app';
import { idOf, type RunId } from '#core';
import { openDatabase, PgRunLog } from '#store';
import { drawn } from '#testkit';
import { Installation } from './installation.js';

let installation: Installation;
afterEach(() => installation.close());

interface Line {
  line: number;
  attempt: number;
  stream: string;
  text: string;
}
const lines = (): Promise<Line[]> =>
  installation.rows<Line>('SELECT line, attempt, stream, text FROM run_log_lines ORDER BY run_id, line');

describe('the log of a run', () => {
  it('is stored in order, with its streams, whatever bytes it holds', async () => {
    installation = await Installation.open(drawn('A todo'));
    installation.jig.tell('A', (run) => {
      run.log('first');
      run.log('a \0 in the middle', 'err');
      run.log('', 'out');
      run.log('naïve 😀', 'anneal');
      return { kind: 'failed', reason: 'so that its lines come first' };
    });
    await installation.hire();
    await installation.untilState('A', 'error');
    // Who reads that it failed can read why.
    expect(await lines()).toEqual([
      { line: 1, attempt: 1, stream: 'out', text: 'first' },
      { line: 2, attempt: 1, stream: 'err', text: 'a \u2400 in the middle' },
      { line: 3, attempt: 1, stream: 'out', text: '' },
      { line: 4, attempt: 1, stream: 'anneal', text: 'naïve 😀' },
    ]);
    const [run] = await installation.rows('SELECT log_lines FROM runs');
    expect(run).toEqual({ log_lines: 4 });
  });

  it('holds no value of a secret attribute, and neither does the reason why the run failed', async () => {
    installation = await Installation.open(drawn('A todo'));
    installation.jig.tell('A', (run) => {
      run.log(`connecting as root with ${String(run.attribs['password'])} to port ${String(run.attribs['port'])}`);
      return { kind: 'failed', reason: `refused: ${String(run.attribs['password'])}` };
    });
    const input = { attribs: { password: 'hunter2', port: 8080 }, secrets: ['password'] };
    await installation.hire({ stage: async (_, ids) => new Map(ids.map((id) => [id, input])) });
    await installation.untilState('A', 'error');
    expect((await lines()).map(({ text }) => text)).toEqual(['connecting as root with (hidden) to port 8080']);
    expect(await installation.rows('SELECT reason FROM runs')).toEqual([{ reason: 'refused: (hidden)' }]);
    const [{ all }] = (await installation.rows<{ all: string }>(
      `SELECT string_agg(e::text, ' ') || (SELECT string_agg(nr::text, ' ') FROM node_roles nr) AS all FROM events e`,
    )) as [{ all: string }];
    expect(all).not.toContain('hunter2');
  });

  it('can be read while it is written', async () => {
    installation = await Installation.open(drawn('A todo'));
    const held = installation.jig.hold('A');
    await installation.hire();
    (await held.begun).log('still at it');
    await installation.until('the line is there', async () => (await lines()).length === 1);
    held.end({ kind: 'succeeded' });
    await installation.untilAllActive();
  });

  it('is stored while the ends of the same runs are written, and neither waits for the other in a circle', async () => {
    installation = await Installation.open(drawn(Array.from({ length: 12 }, (_, at) => `A@n${at} todo`).join('\n')));
    await installation.hire();
    await installation.untilAllActive();
    const runs = (await installation.rows<{ id: string }>('SELECT id FROM runs ORDER BY id')).map(({ id }) =>
      idOf<RunId>(id),
    );
    const settling = installation.dataSource.createQueryRunner();
    await settling.startTransaction();
    // As settling does: one after the other, in the order of their ids.
    const lock = (id: RunId) => settling.query('SELECT 1 FROM runs WHERE id = $1 FOR NO KEY UPDATE', [id]);
    const [first, ...others] = runs as [RunId, ...RunId[]];
    await lock(first);
    const line = (runId: RunId): LogLine => ({ runId, attempt: 1, line: 1, stream: 'out', text: 'a word' });
    const asWorkers = await openDatabase({ url: installation.url, byIndex: true });
    const stored = new PgRunLog(asWorkers).append(runs.toReversed().map(line));
    await installation.until('the lines wait for the lock', async () => {
      const waiting = await installation.rows('SELECT 1 FROM pg_locks WHERE NOT granted');
      return waiting.length > 0;
    });
    for (const id of others) await lock(id);
    await settling.commitTransaction();
    await settling.release();
    await stored;
    await asWorkers.destroy();
    expect(await lines()).toHaveLength(12);
  });

  it('is capped, and says so', async () => {
    installation = await Installation.open(drawn('A todo'));
    const kilobyte = 'x'.repeat(1_023);
    installation.jig.tell('A', (run) => {
      for (let line = 0; line < LOG_BYTES_MAX / 1_024 + 500; line += 1) run.log(kilobyte);
      return { kind: 'failed', reason: 'it talks too much' };
    });
    await installation.hire();
    await installation.untilState('A', 'error');
    const stored = await lines();
    expect(stored).toHaveLength(LOG_BYTES_MAX / 1_024 + 1);
    expect(stored.at(-1)).toMatchObject({ stream: 'anneal', text: expect.stringContaining('is not kept') as unknown });
  });

  it('goes on after the lines of an earlier attempt', async () => {
    installation = await Installation.open(drawn('A todo'));
    const held = installation.jig.hold('A');
    const { life } = await installation.hire();
    (await held.begun).log('the first attempt was here');
    await installation.until('the line is there', async () => (await lines()).length === 1);
    life.die();
    installation.jig.tell('A', (run) => {
      run.log('the second attempt is here');
      run.log('and goes on');
      return { kind: 'succeeded', rebootNeeded: true };
    });
    await installation.hire();
    await installation.untilAllActive();
    await installation.until('all lines are there', async () => (await lines()).length === 3);
    expect((await lines()).map(({ line, attempt }) => [line, attempt])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
  });
});
