import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRoles } from '#api-types';
import { openWorkshop, type Workshop } from './workshop.js';

const ANY = { 'if-match': '*' };

describe('noderoles', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop('node_roles');
    await shop.makeNodes('a.example.com', 'b.example.com', 'c.example.com');
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });

  it('are made by binding, together with all that the role needs, once', async () => {
    const body = { role: 'test-left', node: 'a.example.com' };
    const made = await shop.operator('POST', 'node_roles', { body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'test-left@a.example.com',
      deployment: 'shop',
      state: 'proposed',
      state_code: 4,
      existing: false,
    });
    expect(made.body.created.map(({ name }: { name: string }) => name)).toEqual([
      'test-client@a.example.com',
      'test-base@a.example.com',
      'test-left@a.example.com',
    ]);
    const again = await shop.operator('POST', 'node_roles', { body });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: made.body.id, existing: true, created: [] });
    expect(again.headers.get('etag')).toBe(made.headers.get('etag'));
  });

  it('are not made by who may only look, nor of what is not there', async () => {
    expect(
      (await shop.viewer('POST', 'node_roles', { body: { role: 'test-noop', node: 'a.example.com' } })).status,
    ).toBe(403);
    const unknown = await Promise.all([
      shop.operator('POST', 'node_roles', { body: { role: 'no-role', node: 'a.example.com' } }),
      shop.operator('POST', 'node_roles', { body: { role: 'test-noop', node: 'nowhere.example.com' } }),
      shop.operator('POST', 'node_roles', {
        body: { role: 'test-noop', node: 'a.example.com', deployment: 'nothing' },
      }),
      shop.viewer('GET', 'node_roles/test-noop@nowhere.example.com'),
    ]);
    for (const { status, body } of unknown) expect([status, body.code]).toEqual([404, 'not-found']);
  });

  it('are found by id and as role@node, and listed by whatever the document names', async () => {
    const byName = await shop.viewer('GET', 'node_roles/test-left@a.example.com');
    expect((await shop.viewer('GET', `node_roles/${byName.body.id}`)).body).toEqual(byName.body);
    const list = async (filter: string) =>
      (await shop.viewer('GET', `node_roles?filter=${encodeURIComponent(filter)}`)).body.items.map(
        ({ name }: { name: string }) => name,
      );
    expect(await list('role eq test-left and node eq a.example.com')).toEqual(['test-left@a.example.com']);
    expect(await list('deployment eq shop and state eq proposed')).toHaveLength(3);
    expect(await list('state eq active and node eq a.example.com')).toEqual([]);
    const values = {
      id: byName.body.id,
      text: 'x',
      number: '1',
      boolean: 'true',
      time: '2026-01-01T00:00:00Z',
      texts: 'x',
    };
    for (const [field, kind] of Object.entries(nodeRoles.fields)) {
      const operator = kind === 'texts' ? 'has' : 'eq';
      const answer = await shop.viewer(
        'GET',
        `node_roles?filter=${encodeURIComponent(`${field} ${operator} ${values[kind]}`)}`,
      );
      expect(answer.status, `${field}: ${JSON.stringify(answer.body)}`).toBe(200);
    }
    for (const field of nodeRoles.sorts)
      expect((await shop.viewer('GET', `node_roles?sort=${field}`)).status, field).toBe(200);
  });

  it('say what they wait for and who waits for them, and why', async () => {
    const parents = (await shop.viewer('GET', 'node_roles/test-left@a.example.com/parents')).body.items;
    expect(parents).toMatchObject([
      { node_role: { name: 'test-base@a.example.com' }, soft: false, why: expect.any(String), attribs: [] },
    ]);
    const children = (await shop.viewer('GET', 'node_roles/test-base@a.example.com/children')).body.items;
    expect(children.map(({ node_role }: { node_role: { name: string } }) => node_role.name)).toContain(
      'test-left@a.example.com',
    );
  });

  it('can be given another parent, but not one that closes a circle or does not do', async () => {
    for (const node of ['a.example.com', 'b.example.com']) await shop.bind('test-service', node);
    await shop.bind('test-service-strict', 'a.example.com');
    await shop.bind('test-service-client', 'c.example.com');
    const path = 'node_roles/test-service-client@c.example.com/parents';
    const chosen = (await shop.viewer('GET', path)).body.items.find(
      ({ node_role }: { node_role: { role: string } }) => node_role.role === 'test-service',
    );
    expect(chosen.candidates.map(({ name }: { name: string }) => name)).toEqual([
      'test-service@a.example.com',
      'test-service@b.example.com',
    ]);
    const other =
      chosen.node_role.node === 'a.example.com' ? 'test-service@b.example.com' : 'test-service@a.example.com';
    const repointed = await shop.operator('PUT', `${path}/${chosen.node_role.name}`, { body: { to: other } });
    expect(repointed.status).toBe(200);
    expect(repointed.body.items.map(({ node_role }: { node_role: { name: string } }) => node_role.name).sort()).toEqual(
      [other, 'test-service-strict@a.example.com'].sort(),
    );
    const wrong = await shop.operator('PUT', `${path}/${other}`, { body: { to: 'test-left@a.example.com' } });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid']);
  });

  it('take a merge patch of their data from who has seen the last version', async () => {
    const path = 'node_roles/test-noop@a.example.com';
    await shop.bind('test-noop', 'a.example.com');
    const etag = (await shop.viewer('GET', path)).headers.get('etag')!;
    expect((await shop.operator('PATCH', path, { body: { notes: {} } })).status).toBe(428);
    const patched = await shop.operator('PATCH', path, {
      body: { data: { 'test-noop-delay': 5 }, notes: { rack: { row: 7 } } },
      headers: { 'if-match': etag },
    });
    expect(patched.body).toMatchObject({
      proposed_data: { 'test-noop-delay': 5 },
      committed_data: {},
      notes: { rack: { row: 7 } },
    });
    const stale = await shop.operator('PATCH', path, { body: { available: false }, headers: { 'if-match': etag } });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale-version']);
    const wrong = await shop.operator('PATCH', path, { body: { data: { 'test-noop-delay': 'soon' } }, headers: ANY });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid']);
    const off = await shop.operator('PATCH', path, {
      body: { available: false, data: { 'test-noop-delay': null }, notes: { rack: null } },
      headers: ANY,
    });
    expect(off.body).toMatchObject({ available: false, proposed_data: null, notes: {} });
    await shop.operator('PATCH', path, { body: { available: true }, headers: ANY });
  });

  it('run once they are committed, and say until then why they do not', async () => {
    const path = 'node_roles/test-noop@a.example.com';
    const before = await shop.viewer('GET', `${path}/explain`);
    expect(before.body.chain.at(-1)).toMatchObject({
      kind: expect.stringMatching(/proposed|deployment-not-committed/),
    });
    expect(before.body.moves.length).toBeGreaterThan(0);
    await shop.work();
    await shop.commit();
    const active = await shop.until(path, ({ state }) => state === 'active');
    expect(active).toMatchObject({ state_code: 0, run_count: 1, run_id: null });
    expect((await shop.viewer('GET', `${path}/explain`)).body.chain).toEqual([]);
    expect((await shop.viewer('GET', `${path}/runs`)).body.items).toMatchObject([
      { node_role: 'test-noop@a.example.com', state: 'succeeded', jig: 'test', attempt: 1 },
    ]);
  });

  it('are tried again when somebody has looked at why they failed, and the answer can be followed', async () => {
    await shop.set('b.example.com', 'test-fail', 'the cellar is wet');
    await shop.bind('test-noop', 'b.example.com');
    await shop.commit();
    const path = 'node_roles/test-noop@b.example.com';
    expect(await shop.until(path, ({ state }) => state === 'error')).toMatchObject({
      state_code: -1,
      status: 'the cellar is wet',
    });
    await shop.set('b.example.com', 'test-fail', false);
    expect((await shop.viewer('PUT', `${path}/retry`)).status).toBe(403);
    const retried = await shop.operator('PUT', `${path}/retry`);
    expect([retried.status, retried.body.id]).toEqual([202, expect.any(String)]);
    await shop.until(retried.headers.get('location')!, ({ state }) => state === 'succeeded');
    expect((await shop.viewer('GET', path)).body).toMatchObject({ state: 'active', status: '' });
    expect((await shop.viewer('GET', `${path}/runs`)).body.items.map(({ state }: { state: string }) => state)).toEqual([
      'succeeded',
      'failed',
    ]);
  });

  it('that destroy are not done again unless the node is named', async () => {
    await shop.bind('test-destructive', 'a.example.com');
    await shop.commit();
    const path = 'node_roles/test-destructive@a.example.com';
    await shop.until(path, ({ state }) => state === 'active');
    for (const body of [undefined, {}, { confirm: 'b.example.com' }]) {
      const refused = await shop.operator('PUT', `${path}/retry`, { body });
      expect([refused.status, refused.body.code]).toEqual([409, 'needs-confirmation']);
    }
    expect((await shop.operator('PUT', `${path}/retry`, { body: { confirm: 'a.example.com' } })).status).toBe(202);
    const both = await shop.until(`${path}/runs`, ({ items }) => items.length === 2 && items[0].state === 'succeeded');
    expect(both.items.map(({ state }: { state: string }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  it('end their run when it is cancelled, whether it goes on or waits', async () => {
    await shop.bind('test-slow', 'c.example.com');
    await shop.set('test-slow@c.example.com', 'test-slow-delay', 60_000);
    await shop.commit();
    const path = 'node_roles/test-slow@c.example.com';
    await shop.until(path, ({ run_state }) => run_state === 'running');
    const asked = await shop.operator('PUT', `${path}/cancel`);
    expect([asked.status, asked.body.cancel]).toEqual([202, 'requested']);
    expect(await shop.until(path, ({ state }) => state === 'error')).toMatchObject({
      status: expect.stringContaining('cancel'),
    });
    expect((await shop.viewer('GET', `${path}/runs`)).body.items[0]).toMatchObject({ state: 'cancelled' });
    const nothing = await shop.operator('PUT', `${path}/cancel`);
    expect([nothing.status, nothing.body.code]).toEqual([409, 'wrong-state']);
    await shop.operator('DELETE', path, { headers: ANY });

    await shop.bind('test-callback', 'c.example.com');
    await shop.commit();
    const waiting = 'node_roles/test-callback@c.example.com';
    await shop.until(waiting, ({ run_state }) => run_state === 'waiting');
    expect((await shop.operator('PUT', `${waiting}/cancel`)).body).toMatchObject({
      cancel: 'ended',
      state: 'error',
      run_id: null,
    });
  });

  it('are taken back to editing, and wished for again, each on its own', async () => {
    const path = 'node_roles/test-left@a.example.com';
    await shop.until(path, ({ state }) => state === 'active');
    const etag = (await shop.viewer('GET', path)).headers.get('etag')!;
    expect((await shop.operator('PUT', `${path}/propose`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    const proposed = await shop.operator('PUT', `${path}/propose`, { headers: { 'if-match': etag } });
    expect([proposed.status, proposed.body.state]).toEqual([200, 'proposed']);
    const committed = await shop.operator('PUT', `${path}/commit`);
    expect(committed.status).toBe(202);
    await shop.until(path, ({ state }) => state === 'active');
  });

  it('go when they are unbound, with what depends on them, and only as the caller has seen them', async () => {
    const path = 'node_roles/test-noop@a.example.com';
    expect((await shop.operator('DELETE', path)).status).toBe(428);
    expect((await shop.operator('DELETE', path, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    const etag = (await shop.viewer('GET', path)).headers.get('etag')!;
    expect((await shop.viewer('DELETE', path, { headers: { 'if-match': etag } })).status).toBe(403);
    const gone = await shop.operator('DELETE', path, { headers: { 'if-match': etag } });
    expect([gone.status, gone.body]).toEqual([200, { unbound: ['test-noop@a.example.com'] }]);
    expect((await shop.viewer('GET', path)).status).toBe(404);
  });
});
