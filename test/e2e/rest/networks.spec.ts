import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK } from './populate.js';
import { startServer, type RunningServer } from './running-server.js';

const ADMIN = {
  name: 'admin',
  conduit: '1g0',
  domain: 'example.com',
  ranges: [
    { name: 'admin', first: '192.168.124.10/24', last: '192.168.124.11/24' },
    { name: 'dhcp', first: '192.168.124.21/24', last: '192.168.124.80/24' },
    { name: 'host', first: '192.168.124.81/24', last: '192.168.124.254/24' },
  ],
  router: { address: '192.168.124.10/24', pref: 10 },
};

describe('networks', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('networks');
    const { admin } = running.as;
    const imported = await admin('POST', 'barclamps', {
      body: NETWORK,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(imported.status).toBeLessThan(300);
    for (const name of ['n1', 'n2'])
      expect((await admin('POST', 'nodes', { body: { name: `${name}.example.com`, probed: false } })).status).toBe(201);
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  it('are made whole in one call, and read as they were made', async () => {
    const { operator, viewer } = running.as;
    const made = await operator('POST', 'networks', { body: { ...ADMIN, v6prefix: 'fd00:1:2:3::/64' } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    const shown = (await viewer('GET', 'networks/admin')).body;
    expect(shown).toEqual(made.body);
    expect(shown).toMatchObject({
      category: 'admin',
      dhcp: 'serve',
      domain: 'example.com',
      v6prefix: 'fd00:1:2:3::/64',
      v6_subnet_id: null,
      link: '1g0',
      routers: [{ address: '192.168.124.10/24', pref: 10, subnet: '192.168.124.0/24' }],
    });
    const host = shown.ranges.find(({ name }: { name: string }) => name === 'host');
    expect(host).toMatchObject({ first: '192.168.124.81/24', last: '192.168.124.254/24', conduit: null });
    expect((await viewer('GET', 'roles/network-admin')).body.jig).toBe('network');
  });

  it('give addresses, say who has them, and take them back', async () => {
    const { operator, viewer } = running.as;
    const given = await operator('POST', 'networks/admin/allocate', { body: { node: 'n1.example.com' } });
    expect(given.status, JSON.stringify(given.body)).toBe(201);
    expect(given.body.items[0]).toMatchObject({ address: '192.168.124.81/24', range: 'host', chosen: 'first-free' });
    const again = await operator('POST', 'networks/admin/allocate', { body: { node: 'n1.example.com' } });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(given.body);

    const addresses = (await viewer('GET', 'nodes/n1.example.com/addresses?network=admin')).body.items;
    expect(addresses).toEqual(given.body.items);
    expect((await viewer('GET', 'nodes/n1.example.com/addresses?category=storage')).body.items).toEqual([]);
    expect((await viewer('GET', 'network_allocations/192.168.124.81')).body.node).toBe('n1.example.com');
    const listed = await viewer('GET', `network_allocations?filter=${encodeURIComponent('family eq 6')}&sort=node`);
    expect(listed.body.items).toHaveLength(1);

    const released = await operator('DELETE', 'network_allocations/192.168.124.81');
    expect([released.status, released.body]).toEqual([200, { released: '192.168.124.81/24' }]);
    expect((await viewer('GET', 'network_allocations/192.168.124.81')).status).toBe(404);
  });

  it('refuse a wish that cannot be met with what could be had', async () => {
    const { operator } = running.as;
    const refused = await operator('POST', 'networks/admin/allocate', {
      body: { node: 'n2.example.com', address: '192.168.124.30' },
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect(refused.body.detail).toContain('host (192.168.124.81 - 192.168.124.254)');
  });

  it('show how many addresses are left', async () => {
    const { body } = await running.as.viewer('GET', 'networks/admin/plan');
    const v6 = body.subnets.find(({ family }: { family: number }) => family === 6);
    expect(v6.ranges[0]).toMatchObject({ name: 'host-v6', size: '18446744073709486079', allocated: 1 });
    expect(body.conflicts.map(({ kind }: { kind: string }) => kind)).toEqual([]);
  });

  it('are changed under the version that was read', async () => {
    const { operator } = running.as;
    const { headers } = await operator('GET', 'networks/admin');
    const etag = headers.get('etag')!;
    const patch = (version: string) =>
      operator('PATCH', 'networks/admin', {
        body: { mtu: 9000, name_servers: ['192.168.124.10'] },
        headers: { 'if-match': version },
      });
    expect((await operator('PATCH', 'networks/admin', { body: { mtu: 9000 } })).status).toBe(428);
    expect((await patch(etag)).body).toMatchObject({ mtu: 9000, name_servers: ['192.168.124.10'] });
    expect((await patch(etag)).status).toBe(412);
  });

  it('get further ranges and routers, which go by name', async () => {
    const { operator, viewer } = running.as;
    const storage = await operator('POST', 'networks', { body: { name: 'storage', conduit: '10g0' } });
    expect(storage.status).toBe(201);
    const range = {
      network: 'storage',
      name: 'host',
      first: '10.1.0.1/16',
      last: '10.1.0.99/16',
      use_vlan: true,
      vlan: 7,
    };
    expect((await operator('POST', 'network_ranges', { body: range })).body).toMatchObject({
      vlan: 7,
      subnet: '10.1.0.0/16',
    });
    const router = { network: 'storage', address: '10.1.0.1/16' };
    expect((await operator('POST', 'network_routers', { body: router })).status).toBe(201);
    expect((await operator('POST', 'network_routers', { body: router })).body.code).toBe('already-exists');
    const header = { 'if-match': '*' };
    const longer = await operator('PATCH', 'network_ranges/storage%2Fhost', {
      body: { last: '10.1.9.9/16' },
      headers: header,
    });
    expect(longer.body).toMatchObject({ last: '10.1.9.9/16', version: 2 });
    expect((await operator('DELETE', 'network_ranges/storage%2Fhost', { headers: header })).body.code).toBe(
      'still-bound',
    );
    expect((await operator('DELETE', 'network_routers/storage', { headers: header })).status).toBe(204);
    expect((await operator('DELETE', 'network_ranges/storage%2Fhost', { headers: header })).status).toBe(204);
    expect((await operator('DELETE', 'networks/storage', { headers: header })).status).toBe(204);
    expect((await viewer('GET', 'roles/network-storage')).status).toBe(404);
    expect((await operator('DELETE', 'networks/admin', { headers: header })).status).toBe(409);
  });
});
