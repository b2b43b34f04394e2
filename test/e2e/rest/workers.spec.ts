import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESCUE_LIMITS } from '#core';
import { openWorkshop, type Workshop } from './workshop.js';

interface Worker {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly leads: boolean;
  readonly runs: number;
  readonly queue: { readonly waiting: number } | null;
  readonly loops: readonly { readonly name: string; readonly last_ended_at: string | null }[];
}
type Found = { readonly items: readonly Worker[] };

const GONE = '00000000-0000-4000-8000-0000000000aa';

describe('the workers of an installation', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop('workers');
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });

  const first = async (holds: (worker: Worker) => boolean): Promise<Worker> => {
    const found: Found = await shop.until('workers', ({ items }: Found) => items[0] !== undefined && holds(items[0]));
    return found.items[0]!;
  };

  it('are none before one was started', async () => {
    expect((await shop.viewer('GET', 'workers')).body).toEqual({ items: [], next: null });
  });

  it('are listed with who leads, what their loops did last, and the queue', async () => {
    await shop.work();
    const worker = await first(
      ({ leads, queue, loops }) =>
        leads && queue !== null && loops.some(({ name, last_ended_at: at }) => name === 'rescue' && at !== null),
    );
    expect(worker).toMatchObject({
      ...{ pid: process.pid, state: 'live', leads: true, runs: 0 },
      queue: { backend: 'memory', answers: true, waiting: 0 },
    });
    expect(worker.name).toMatch(new RegExp(`:${process.pid}$`));
    const names = worker.loops.map(({ name }) => name);
    for (const name of ['anneal', 'rescue', 'rollouts', 'hooks', 'heartbeat', 'leadership', 'queue', 'run log'])
      expect(names).toContain(name);
    const rescue = worker.loops.find(({ name }) => name === 'rescue');
    expect(rescue).toMatchObject({ period_ms: 1_000, failures: 0, last_error: null });
  });

  it('are shown by id and by name, and one that nobody knows is not found', async () => {
    const { id, name } = await first(() => true);
    for (const key of [id, name]) {
      const shown = await shop.viewer('GET', `workers/${key}`);
      expect(shown, key).toMatchObject({ status: 200, body: { id, name } });
    }
    for (const key of [GONE, 'nobody:1', 'nobody']) {
      const refused = await shop.viewer('GET', `workers/${key}`);
      expect(refused, key).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
    expect((await shop.as.nobody('GET', 'workers')).status).toBe(401);
  });

  it('say how many runs they carry out', async () => {
    await shop.makeNodes('busy.example.com');
    const { name } = await shop.bind('test-slow', 'busy.example.com');
    await shop.set(name, 'test-slow-delay', 600_000);
    expect((await shop.commit()).status).toBeLessThan(300);
    await first(({ runs }) => runs === 1);
    expect((await shop.operator('PUT', `node_roles/${name}/cancel`)).status).toBeLessThan(300);
    await first(({ runs }) => runs === 0);
  });

  it('are silent, and lead nothing, when rescue takes their runs for lost', async () => {
    await shop.query(
      `INSERT INTO workers (id, host, pid, heartbeat_at) VALUES
         ($1, 'vanished', 7, now() - $2 * interval '1 ms'), (gen_random_uuid(), 'slow', 8, now() - $3 * interval '1 ms')`,
      [GONE, RESCUE_LIMITS.silenceMsMax + 1, RESCUE_LIMITS.silenceMsMax / 2],
    );
    expect((await shop.viewer('GET', 'workers/vanished:7')).body).toMatchObject({
      ...{ id: GONE, state: 'silent', leads: false, runs: 0, queue: null, loops: [] },
    });
    expect((await shop.viewer('GET', 'workers/slow:8')).body).toMatchObject({ state: 'live', leads: false });
  });
});
