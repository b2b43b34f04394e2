import { afterEach, describe, expect, it } from 'vitest';
import type { Graph } from '#core';
import { drawn } from '#testkit';
import { Installation } from './installation.js';
import { Life } from './mortal.js';

let installation: Installation;
const open = async (graph: Graph, options?: Parameters<typeof Installation.open>[1]): Promise<Installation> =>
  (installation = await Installation.open(graph, options));
afterEach(() => installation.close());

const rescues = async (): Promise<number[]> =>
  (
    await installation.rows<{ attempt: number }>(
      `SELECT (data->>'attempt')::int AS attempt FROM events WHERE kind = 'run.rescued' ORDER BY seq`,
    )
  ).map(({ attempt }) => attempt);
const runRow = async (): Promise<{ state: string; attempt: number; reason: string } | undefined> =>
  (
    await installation.rows<{ state: string; attempt: number; reason: string }>(
      'SELECT state, attempt, reason FROM runs ORDER BY queued_at',
    )
  )[0];

describe('rescue', () => {
  it('hands a run out again that the queue has lost, in the same attempt', async () => {
    await open(drawn('A todo --> B blocked'), { queue: 'memory' });
    const life = new Life();
    const lost: unknown[] = [];
    const queue = await installation.queue();
    const deliver = queue.deliver.bind(queue);
    queue.deliver = async (envelopes) => (lost.length === 0 ? void lost.push(...envelopes) : deliver(envelopes));
    await installation.hire({ life });
    await installation.untilAllActive();
    expect(lost.length).toBe(1);
    expect((await runRow())?.attempt).toBe(1);
    expect(await rescues()).toEqual([]);
  });

  it('makes a new attempt when a worker vanished in the middle, and the old one has no say any more', async () => {
    await open(drawn('A todo --> B blocked'));
    const held = installation.jig.hold('A');
    const { life } = await installation.hire();
    const first = await held.begun;
    life.die();
    installation.jig.tell('A', () => ({ kind: 'succeeded' }));
    await installation.hire();
    await installation.untilAllActive();
    const second = await installation.jig.begun('A', 2);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await rescues()).toEqual([2]);
    expect(await installation.findings()).toEqual([]);
  });

  it('gives up what destroys, and says that a person has to look', async () => {
    await open(drawn('A todo --> B blocked', { roles: { A: { destructive: true } } }));
    const held = installation.jig.hold('A');
    const { life } = await installation.hire();
    await held.begun;
    life.die();
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(installation.jig.countOf('A')).toBe(1);
    expect(await runRow()).toMatchObject({
      state: 'failed',
      attempt: 1,
      reason: expect.stringContaining('look at the node') as unknown,
    });
  });

  it('gives a run up that outlived too many workers', async () => {
    await open(drawn('A todo'));
    const held = installation.jig.hold('A');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { life } = await installation.hire();
      await installation.jig.begun('A', attempt);
      life.die();
    }
    await held.begun;
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(await runRow()).toMatchObject({
      state: 'failed',
      attempt: 3,
      reason: expect.stringContaining('vanished 3 times') as unknown,
    });
    expect(await rescues()).toEqual([2, 3]);
  });

  it('ends a run whose node did not report back before the deadline', async () => {
    await open(drawn('A todo'));
    installation.jig.tell('A', () => ({ kind: 'waiting', deadlineAt: new Date(Date.now() + 500) }));
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(await runRow()).toMatchObject({
      state: 'failed',
      reason: 'the node did not report back before the deadline',
    });
  });

  it('keeps a waiting run whose worker is gone until its node reports', async () => {
    await open(drawn('A todo --> B blocked'));
    installation.jig.tell('A', () => ({ kind: 'waiting', deadlineAt: new Date(Date.now() + 60_000) }));
    const { worker } = await installation.hire();
    await installation.until('it waits', async () => (await runRow())?.state === 'waiting');
    await worker.stop();
    await installation.hire();
    const [ticket] = await installation.rows<{ id: string }>('SELECT id FROM runs');
    await installation.unitOfWork.write('node', (tx) =>
      tx.engine.settle([{ runId: (ticket as { id: string }).id as never, attempt: 1 }]),
    );
    await installation.untilAllActive();
    expect(installation.jig.countOf('A')).toBe(1);
  });

  it('gives a run to others whose worker lives and knows nothing of it', async () => {
    await open(drawn('A todo --> B blocked'));
    const { worker } = await installation.hire();
    // As when the answer to its begin was lost: the row says that the run is this worker's.
    await installation.untilAllActive();
    await installation.dataSource.query(
      `WITH again AS (UPDATE node_roles SET state = 2, run_id = '01900000-0000-7000-8000-000000000001' WHERE cohort = 1 RETURNING id, node_id)
       INSERT INTO runs (id, node_role_id, node_id, jig, input, state, worker_id, started_at)
       SELECT '01900000-0000-7000-8000-000000000001', id, node_id, 'test', '{}', 'running', '${worker.id}', now() FROM again`,
    );
    await installation.untilAllActive();
    expect(await rescues()).toEqual([2]);
  });

  it('ends a run of a worker that ignores the deadline of its role', async () => {
    await open(drawn('A todo', { roles: { A: { timeoutMs: 200 } } }));
    let end: () => void = () => undefined;
    installation.jig.tell('A', () => new Promise((resolve) => (end = () => resolve({ kind: 'succeeded' }))));
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(await runRow()).toMatchObject({ state: 'failed', reason: 'it did not end when its deadline passed' });
    end();
    await installation.until(
      'the late end is told',
      async () => (await installation.rows(`SELECT FROM events WHERE kind = 'run.stale_end'`)).length === 1,
    );
    expect(await installation.stateOf('A')).toBe('error');
  });
});
