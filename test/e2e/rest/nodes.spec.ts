import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE } from './populate.js';
import { callerOf, startServer, type RunningServer } from './running-server.js';

describe('nodes', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('nodes');
    await running.populate();
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  it('are made, shown by id and by name, changed by merge patch, and deleted', async () => {
    const { operator, viewer } = running.as;
    const made = await operator('POST', 'nodes', {
      body: {
        name: 'N5.Example.com',
        address: 'fd00::5',
        hints: { rack: 'r5', u: 3 },
        quirks: ['slow-bmc'],
        groups: ['class/storage'],
      },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'n5.example.com',
      deployment: 'system',
      address: 'fd00::5',
      state: 'active',
      state_code: 0,
      alive: false,
      groups: ['class/storage'],
    });
    const byName = await viewer('GET', 'nodes/n5.example.com');
    expect(byName.body).toEqual((await viewer('GET', `nodes/${made.body.id}`)).body);
    expect(byName.headers.get('etag')).toBe(`"${byName.body.version}"`);
    const etag = byName.headers.get('etag')!;
    const patched = await operator('PATCH', 'nodes/n5.example.com', {
      body: { hints: { u: null, row: 'b' }, description: 'of the new row' },
      headers: { 'if-match': etag, 'content-type': 'application/merge-patch+json' },
    });
    expect(patched.body).toMatchObject({
      hints: { rack: 'r5', row: 'b' },
      description: 'of the new row',
      address: 'fd00::5',
    });
    expect(patched.headers.get('etag')).not.toBe(etag);
    expect((await operator('DELETE', 'nodes/n5.example.com', { headers: { 'if-match': etag } })).status).toBe(412);
    const deleted = await operator('DELETE', 'nodes/n5.example.com', {
      headers: { 'if-match': patched.headers.get('etag')! },
    });
    expect(deleted.body).toEqual({ deleted: 'n5.example.com', unbound: [] });
    expect((await viewer('GET', 'nodes/n5.example.com')).status).toBe(404);
  });

  it('say what they have, why they are not done, what happened, and what a move would take along', async () => {
    const { viewer } = running.as;
    expect(
      (await viewer('GET', `nodes/${NODE}/node_roles`)).body.items.map(({ role }: { role: string }) => role).sort(),
    ).toEqual(['apple', 'pear']);
    const { body } = await viewer('GET', `nodes/${NODE}/explain`);
    expect(body).toMatchObject({ waiting: 2, total: 2, summary: expect.stringContaining(NODE) });
    expect(body.roots.length).toBeGreaterThan(0);
    expect((await viewer('GET', `nodes/${NODE}/timeline?limit=5`)).body.items.length).toBeGreaterThan(0);
    expect((await viewer('GET', `nodes/${NODE}/move?deployment=system`)).body).toEqual({
      follow: [],
      stay: expect.arrayContaining([`apple@${NODE}`]),
    });
  });

  it('report their own inventory, and nobody else’s', async () => {
    const node = callerOf(running.url, await running.freshToken('node'));
    await running.as.operator('POST', 'nodes', { body: { name: 'other.example.com' } });
    const inventory = { cpu: { count: 8, model: 'x "quoted"' }, disks: [{ wwn: '0x5000', bytes: 10 ** 12 }] };
    const reported = await node('PUT', `nodes/${NODE}/inventory`, { body: inventory });
    expect(reported.status).toBe(200);
    expect((await running.as.viewer('GET', `nodes/${NODE}`)).body.inventory).toEqual(inventory);
    expect((await node('PUT', 'nodes/other.example.com/inventory', { body: inventory })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect((await node('PUT', 'nodes/no-such-node.example.com/inventory', { body: inventory })).status).toBe(403);
    expect((await node('GET', `nodes/${NODE}`)).status).toBe(403);
    expect((await running.as.operator('PUT', `nodes/${NODE}/inventory`, { body: inventory })).status).toBe(403);
  });

  it('join groups and leave them', async () => {
    const { operator, viewer } = running.as;
    expect((await operator('PUT', `groups/ui%2Fg1/nodes/${NODE}`)).body).toMatchObject({ name: 'g1', nodes: 1 });
    expect((await viewer('GET', 'groups/ui%2Fg1')).body.members.map(({ name }: { name: string }) => name)).toEqual([
      NODE,
    ]);
    expect((await viewer('GET', `nodes?filter=${encodeURIComponent('groups has "ui/g1"')}`)).body.items).toHaveLength(
      1,
    );
    expect((await operator('DELETE', `groups/ui%2Fg1/nodes/${NODE}`)).body).toMatchObject({ nodes: 0 });
  });
});
