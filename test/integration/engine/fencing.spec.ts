import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FinishRun, SystemClock, type Ticket } from '#app';
import { GraphDraft, setAlive } from '#core';
import { drawn } from '#testkit';
import { Installation } from './installation.js';
import { known, uuidOf } from './lay-graph.js';

let installation: Installation;
let ticket: Ticket;
let finishRun: FinishRun;

/** A run of A is queued; B waits for it. */
beforeEach(async () => {
  installation = await Installation.open(drawn('A transition --> B blocked'));
  ticket = { runId: known(`run-of-A`), attempt: 1 };
  finishRun = new FinishRun(installation.unitOfWork, new SystemClock(), async () => undefined);
});
afterEach(() => installation.close());

const begin = (...tickets: Ticket[]) => installation.records.begin(randomUUID(), tickets);
const settle = (...tickets: Ticket[]) => installation.unitOfWork.write('engine', (tx) => tx.engine.settle(tickets));
const staleEnds = () => installation.rows(`SELECT run_id, data FROM events WHERE kind = 'run.stale_end'`);
const rescued = async (): Promise<Ticket> => {
  const [next] = await installation.unitOfWork.write('engine', (tx) => tx.engine.newAttempts([ticket]));
  return next as Ticket;
};

describe('an attempt', () => {
  it('is begun once, whoever asks first and how often', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin(ticket)));
    expect(answers.flat()).toHaveLength(1);
    expect(answers.flat()[0]).toMatchObject({ runId: uuidOf('run-of-A'), attempt: 1, jig: 'test' });
  });

  it('is not begun when it is not the one of the row', async () => {
    expect(await begin({ ...ticket, attempt: 2 }, { runId: known('nobody'), attempt: 1 })).toEqual([]);
    await begin(ticket);
    const next = await rescued();
    expect(await begin(ticket)).toEqual([]);
    expect(await begin(next)).toHaveLength(1);
  });

  it('carries a greater fence than every attempt before it', async () => {
    const [first] = await begin(ticket);
    const [second] = await begin(await rescued());
    expect(second?.fence).toBeGreaterThan(first?.fence as number);
  });

  it('that was replaced ends nothing: it is told and changes nothing, alone or in a group', async () => {
    await begin(ticket);
    await begin(await rescued());
    expect(await settle(ticket)).toEqual({ tickets: [], standings: [] });
    expect(await finishRun.execute(ticket, { outcome: { kind: 'failed', reason: 'late' } })).toBe('stale');
    expect(await installation.stateOf('A')).toBe('transition');
    expect(await staleEnds()).toEqual([{ run_id: uuidOf('run-of-A'), data: { attempt: 1, outcome: 'failed' } }]);
    expect(await installation.findings()).toEqual([]);
  });

  it('that succeeded can be reported again, and nothing happens twice', async () => {
    await begin(ticket);
    expect((await settle(ticket)).tickets).toEqual([ticket]);
    expect((await settle(ticket)).tickets).toEqual([]);
    expect(await finishRun.execute(ticket, { outcome: { kind: 'succeeded' } })).toBe('finished');
    expect(await staleEnds()).toEqual([]);
    expect(await installation.kinds('A')).toEqual(['active']);
    expect(await installation.kinds('B')).toEqual(['todo']);
  });

  it('that was given up cannot succeed any more', async () => {
    await begin(ticket);
    await finishRun.execute(ticket, { outcome: { kind: 'failed', reason: 'its worker vanished' } });
    expect((await settle(ticket)).tickets).toEqual([]);
    expect(await finishRun.execute(ticket, { outcome: { kind: 'succeeded' } })).toBe('stale');
    expect(await installation.stateOf('A')).toBe('error');
    expect(await staleEnds()).toHaveLength(1);
  });

  it('that nobody has begun is not settled by a set', async () => {
    expect((await settle(ticket)).tickets).toEqual([]);
    expect(await installation.stateOf('A')).toBe('transition');
  });

  it('ends once when success and failure arrive at the same moment', async () => {
    await begin(ticket);
    const [settled, failed] = await Promise.all([
      settle(ticket),
      finishRun.execute(ticket, { outcome: { kind: 'failed', reason: 'cut off' } }),
    ]);
    expect(settled.tickets.length + (failed === 'finished' ? 1 : 0)).toBe(1);
    expect((await installation.kinds('A')).length).toBe(1);
    expect(await installation.findings()).toEqual([]);
  });

  it.each([
    ['very long', 'x'.repeat(10_000)],
    ['with a NUL in it', 'it wrote \0 and ended'],
    ['cut in the middle of a character', `${'x'.repeat(499)}😀`],
    ['a piece of a character', '\ud83d'],
  ])('ends whatever its reason looks like: %s', async (_, reason) => {
    await begin(ticket);
    await finishRun.execute(ticket, { outcome: { kind: 'failed', reason }, outputs: { said: reason } });
    expect(await installation.stateOf('A')).toBe('error');
    expect(await installation.findings()).toEqual([]);
  });
});

describe('a claim', () => {
  it('of a node that has a run is refused by the database, and the whole group with it', async () => {
    await installation.close();
    installation = await Installation.open(drawn('A transition\nB todo\nC@n2 todo'));
    const claim = (name: string, node: string) => ({
      nodeRoleId: known<never>(name),
      nodeId: known<never>(node),
      runId: known<never>(`another-${name}`),
      input: {},
    });
    await expect(
      installation.unitOfWork.write('engine', (tx) => tx.engine.claim([claim('C@n2', 'n2'), claim('B', 'n1')])),
    ).rejects.toThrow(/runs_one_per_node/);
    expect(await installation.stateOf('C@n2')).toBe('todo');
    expect(await installation.findings()).toEqual([]);
  });

  it('waits for a node that is being found dead, and is refused then', async () => {
    await installation.close();
    installation = await Installation.open(drawn('A todo'));
    const claim = { nodeRoleId: known<never>('A'), nodeId: known<never>('n1'), runId: known<never>('run'), input: {} };
    let claimed: Promise<readonly unknown[]> = Promise.resolve([]);
    await installation.unitOfWork.write('operator', async (tx) => {
      const graph = await tx.graph.slice({ nodeIds: [known<never>('n1')] });
      claimed = installation.unitOfWork.write('engine', (other) => other.engine.claim([claim]));
      const draft = new GraphDraft(graph);
      setAlive(draft, known<never>('n1'), false, 'no answer');
      await tx.graph.save(graph, draft.decision());
    });
    expect(await claimed).toEqual([]);
    expect(await installation.rows('SELECT * FROM runs')).toEqual([]);
  });
});
