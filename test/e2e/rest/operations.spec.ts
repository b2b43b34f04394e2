import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkshop, type Workshop } from './workshop.js';

describe('long work that was asked for', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop('operations');
    await shop.makeNodes('a.example.com', 'b.example.com');
    await shop.bind('test-noop', 'a.example.com');
    await shop.bind('test-noop', 'b.example.com');
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });

  it('is answered at once and names an operation, which runs until all is active', async () => {
    const committed = await shop.operator('PUT', 'nodes/a.example.com/commit');
    expect(committed.status).toBe(202);
    const location = committed.headers.get('location')!;
    const before = await shop.viewer('GET', location);
    expect(before.body).toMatchObject({
      kind: 'nodes.commit',
      subject: 'a.example.com',
      state: 'running',
      finished_at: null,
      actor: 'token:test-operator',
    });
    await shop.commit();
    await shop.work();
    const after = await shop.until(location, ({ state }) => state !== 'running');
    expect(after).toMatchObject({ state: 'succeeded', counts: { active: 1, todo: 0 } });
    expect(Date.parse(after.finished_at)).toBeGreaterThanOrEqual(Date.parse(after.started_at));
  });

  it('keeps its outcome, whatever becomes of its subject later', async () => {
    const { body } = await shop.viewer('GET', `operations?filter=${encodeURIComponent('kind eq nodes.commit')}`);
    const [operation] = body.items;
    await shop.operator('PATCH', 'nodes/a.example.com', { body: { alive: false }, headers: { 'if-match': '*' } });
    expect((await shop.viewer('GET', `operations/${operation.id}`)).body).toMatchObject({ state: 'succeeded' });
    await shop.operator('PATCH', 'nodes/a.example.com', { body: { alive: true }, headers: { 'if-match': '*' } });
  });

  it('fails when something is in error and nothing moves', async () => {
    await shop.makeNodes('c.example.com');
    await shop.bind('test-noop', 'c.example.com');
    await shop.set('test-noop@c.example.com', 'test-noop-fail', 'told to');
    const committed = await shop.commit();
    const after = await shop.until(committed.headers.get('location')!, ({ state }) => state !== 'running');
    expect(after).toMatchObject({ state: 'failed', counts: { error: 1, active: 2 } });
  });
});
