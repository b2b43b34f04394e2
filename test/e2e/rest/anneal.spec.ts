import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WAIT_S_MAX } from '#api-types';
import { openWorkshop, type Workshop } from './workshop.js';

const ANY = { 'if-match': '*' };

describe('the annealer', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop('anneal');
    await shop.makeNodes('a.example.com', 'b.example.com');
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });
  const wait = (body: object) => shop.viewer('POST', 'anneal/wait', { body });
  const timed = async <Value>(work: Promise<Value>): Promise<{ value: Value; ms: number }> => {
    const began = performance.now();
    return { value: await work, ms: performance.now() - began };
  };

  it('has settled where nothing is wished for', async () => {
    expect((await shop.viewer('GET', 'anneal')).body).toMatchObject({
      changed: 0,
      settled: true,
      working: false,
      stuck: [],
    });
    for (const goal of ['settled', 'quiet']) expect((await wait({ for: goal, timeout_s: 0 })).status).toBe(200);
    expect((await shop.viewer('POST', 'anneal/wait')).status).toBe(200);
    expect((await shop.as.nobody('GET', 'anneal')).status).toBe(401);
    // Who only waits has changed nothing.
    expect((await shop.admin('GET', `audit?filter=${encodeURIComponent('action eq anneal.wait')}`)).body.items).toEqual(
      [],
    );
  });

  it('answers when the time is up, and says how it stands', async () => {
    // No worker was started: the noderole may run, and does not.
    await shop.bind('test-noop', 'a.example.com');
    await shop.commit();
    const { value: late, ms } = await timed(wait({ for: 'settled', timeout_s: 0.4 }));
    expect([late.status, late.body.code]).toEqual([408, 'timeout']);
    expect(late.body.fields.status).toMatchObject({ counts: { todo: 1 }, settled: false, working: true });
    expect(ms).toBeGreaterThanOrEqual(390);
    expect(ms).toBeLessThan(10_000);
    expect((await wait({ timeout_s: 0 })).status).toBe(408);
    expect((await wait({ timeout_s: WAIT_S_MAX + 1 })).status).toBe(400);
    expect((await wait({ for: 'godot' })).status).toBe(400);
    expect((await wait({ deployment: 'nothing' })).status).toBe(404);
    expect((await shop.viewer('GET', 'anneal?deployment=nothing')).status).toBe(404);
  });

  it('tells how fast it gets on, and what waits for longest', async () => {
    const { id, state_since: since } = (await shop.viewer('GET', 'node_roles/test-noop@a.example.com')).body;
    const before = (await shop.viewer('GET', 'anneal/pace')).body;
    expect(before).toMatchObject({ seconds: 300, per_minute: { error: 0 } });
    expect(before.oldest).toEqual([{ state: 'todo', id, name: 'test-noop@a.example.com', since }]);
    for (const kind of ['node_role.active', 'node_role.active', 'node_role.error'])
      await shop.query(
        `WITH c AS (UPDATE event_counter SET last = last + 1 RETURNING last) INSERT INTO events (seq, kind) SELECT last, $1 FROM c`,
        [kind],
      );
    const after = (await shop.viewer('GET', 'anneal/pace')).body;
    expect(after.per_minute.active - before.per_minute.active).toBeCloseTo(2 / 5);
    expect(after.per_minute.error).toBeCloseTo(1 / 5);
  });

  it('answers whoever waits as soon as it is so', async () => {
    const waiting = timed(wait({ for: 'settled', timeout_s: 30 }));
    await shop.work();
    const { value, ms } = await waiting;
    expect([value.status, value.body]).toEqual([
      200,
      expect.objectContaining({ settled: true, counts: expect.objectContaining({ active: 1 }) }),
    ]);
    expect(ms).toBeLessThan(20_000);
    const [settled] = await shop.query<{ at: Date }>(
      `SELECT max(at) AS at FROM events WHERE kind = 'node_role.active'`,
    );
    // It was news that woke it, and not the end of a wait.
    expect(Date.now() - settled!.at.getTime()).toBeLessThan(15_000);
  });

  it('is quiet when only a person can help, and says what there is to do', async () => {
    await shop.bind('test-fails', 'a.example.com');
    await shop.commit();
    const quiet = await wait({ for: 'quiet', timeout_s: 30 });
    expect(quiet.status).toBe(200);
    expect(quiet.body).toMatchObject({ settled: false, working: false, counts: { error: 1 } });
    expect(quiet.body.stuck).toMatchObject([
      {
        deployment: 'shop',
        roots: [{ cause: { kind: 'error', name: 'test-fails on a.example.com' }, holds_up: expect.any(Number) }],
      },
    ]);
    expect(quiet.body.stuck[0].roots[0].moves[0]).toContain('anneal ');
    expect((await wait({ for: 'settled', timeout_s: 0.2, deployment: 'shop' })).status).toBe(408);
    expect((await wait({ for: 'settled', deployment: 'system' })).status).toBe(200);
    await shop.operator('DELETE', 'node_roles/test-fails@a.example.com', { headers: ANY });
  });

  it('looks for broken invariants, and finds those that there are', async () => {
    const sound = await shop.viewer('GET', 'anneal/audit');
    expect(sound.body).toMatchObject({ findings: [] });
    expect(sound.body.node_roles).toBeGreaterThan(0);
    const [broken] = await shop
      .query<{ id: string }>(`UPDATE node_roles SET unmet = unmet + 1 RETURNING id`)
      .then((rows) => rows.flat() as { id: string }[]);
    const { findings } = (await shop.viewer('GET', 'anneal/audit')).body;
    expect(findings).toContainEqual({
      code: 'unmet-differs',
      sentence: expect.any(String),
      ids: expect.arrayContaining([broken!.id]),
    });
    await shop.query(`UPDATE node_roles SET unmet = unmet - 1`);
    expect((await shop.viewer('GET', 'anneal/audit')).body.findings).toEqual([]);
  });

  it('lets go of whoever waits when the server stops', async () => {
    const other = await openWorkshop('anneal_stop');
    await other.makeNodes('a.example.com');
    await other.bind('test-noop', 'a.example.com');
    await other.commit();
    const waiting = other.viewer('POST', 'anneal/wait', { body: { timeout_s: 30 } });
    await other.until('/metrics', (text: string) => /^anneal_http_streams_open 1$/m.test(text));
    const { ms } = await timed(other.stop());
    const released = await waiting;
    expect([released.status, released.body.code]).toEqual([503, 'unavailable']);
    expect(ms).toBeLessThan(20_000);
  });
});
