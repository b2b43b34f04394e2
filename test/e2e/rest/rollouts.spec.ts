import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollouts } from '#api-types';
import { openWorkshop, type Workshop } from './workshop.js';

const NODES = ['a.example.com', 'b.example.com', 'c.example.com'];

describe('rollouts', () => {
  let shop: Workshop;
  let path: string;
  beforeAll(async () => {
    shop = await openWorkshop('rollouts');
    await shop.makeNodes(...NODES);
    for (const node of NODES) await shop.bind('test-noop', node);
    // No worker yet: what happens is what these requests do.
    path = `rollouts/${(await shop.commit({ rollout: { wave_size: 1 } })).body.rollout.id}`;
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });
  const steer = (verb: string, options: { body?: unknown; headers?: Record<string, string> } = {}) =>
    shop.operator('PUT', `${path}/${verb}`, options);
  const held = async () =>
    (await shop.viewer('GET', `node_roles?filter=${encodeURIComponent('held eq true')}`)).body.items.length;

  it('are begun by a commit, and keep back all but their first wave', async () => {
    const shown = await shop.viewer('GET', path);
    expect(shown.body).toMatchObject({
      deployment: 'shop',
      snapshot: 1,
      wave_size: 1,
      state: 'running',
      wave: 1,
      waves: 3,
      created_by: 'token:test-operator',
    });
    expect(await held()).toBe(2);
    const { items } = (
      await shop.viewer('GET', `rollouts?filter=${encodeURIComponent('deployment eq shop and state eq running')}`)
    ).body;
    expect(items).toEqual([shown.body]);
    const values = {
      id: shown.body.id,
      text: 'x',
      number: '1',
      boolean: 'true',
      time: '2026-01-01T00:00:00Z',
      texts: 'x',
    };
    for (const [field, kind] of Object.entries(rollouts.fields))
      expect(
        (await shop.viewer('GET', `rollouts?filter=${encodeURIComponent(`${field} eq ${values[kind]}`)}`)).status,
        field,
      ).toBe(200);
    for (const field of rollouts.sorts)
      expect((await shop.viewer('GET', `rollouts?sort=${field}`)).status, field).toBe(200);
    expect((await shop.viewer('GET', 'rollouts/00000000-0000-0000-0000-000000000000')).status).toBe(404);
  });

  it('are paused with a reason and resumed, by whoever works and has seen them as they are', async () => {
    expect((await shop.viewer('PUT', `${path}/pause`)).status).toBe(403);
    const { etag } = { etag: (await shop.viewer('GET', path)).headers.get('etag')! };
    const paused = await steer('pause', { body: { reason: 'lunch' }, headers: { 'if-match': etag } });
    expect(paused.body).toMatchObject({ state: 'paused', reason: 'lunch' });
    expect(paused.headers.get('etag')).not.toBe(etag);
    const stale = await steer('resume', { headers: { 'if-match': etag } });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale-version']);
    expect((await steer('pause')).body.state).toBe('paused');
    expect((await steer('resume')).body).toMatchObject({ state: 'running', reason: '' });
  });

  it('are stopped, and what was not let go stays held', async () => {
    expect((await steer('stop')).body).toMatchObject({ state: 'stopped', reason: 'stopped by token:test-operator' });
    expect(await held()).toBe(2);
    const refused = await steer('pause');
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong-state']);
    expect((await shop.viewer('GET', 'node_roles/test-noop@c.example.com/explain')).body.chain.at(-1)).toMatchObject({
      kind: expect.any(String),
    });
  });

  it('are finished: everything goes at once', async () => {
    await shop.work();
    expect((await steer('finish')).body).toMatchObject({ state: 'done', wave: 3 });
    expect(await held()).toBe(0);
    expect((await shop.viewer('POST', 'anneal/wait', { body: { for: 'settled', timeout_s: 30 } })).status).toBe(200);
    expect((await steer('resume')).status).toBe(409);
  });

  it('go on by themselves from wave to wave', async () => {
    for (const node of NODES) await shop.bind('test-client', node);
    const { body } = await shop.commit({ rollout: { wave_size: 2 } });
    await shop.until(`rollouts/${body.rollout.id}`, ({ state }) => state === 'done');
    expect((await shop.viewer('GET', 'anneal')).body).toMatchObject({ settled: true, counts: { active: 6 } });
    const { items } = (await shop.viewer('GET', 'rollouts')).body;
    expect(items.map(({ snapshot }: { snapshot: number }) => snapshot)).toEqual([2, 1]);
  });
});
