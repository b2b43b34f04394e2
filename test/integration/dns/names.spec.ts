import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '#core';
import { ACTOR, ok, openWorld, role, type World } from '../model/world.js';

/** From rows to names: what operators do, and what DNS says then. */
describe('the names of machines', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ name: 'dns-names' });
    await world.import({
      name: 'network',
      roles: [
        role('network-server', { flags: ['bootstrap'] }),
        role('deployer-client', { flags: ['implicit'] }),
        role('network-admin', { flags: ['implicit'], requires: ['network-server', 'deployer-client'] }),
      ],
    });
    ok(await world.createNode.execute(ACTOR, { name: 'admin.example.com', alive: true, admin: true }));
    ok(
      await world.createNetwork.execute(ACTOR, {
        name: 'admin',
        conduit: '1g0',
        v6prefix: null,
        domain: 'example.com',
        nameServers: ['192.168.124.10'],
        ranges: [
          { name: 'admin', first: '192.168.124.10/24', last: '192.168.124.11/24' },
          { name: 'host', first: '192.168.124.81/24', last: '192.168.124.254/24' },
        ],
      }),
    );
  });
  afterAll(() => world?.close());

  const served = async (field: string, value: string): Promise<string[]> => {
    const page = await world.listServedRecords.execute({ filter: [{ field, operator: 'eq', value }] });
    if (isRefusal(page)) throw new Error(page.detail);
    return page.items.map(({ name, type, value: data }) => `${name} ${type} ${data}`);
  };

  it('follow from binding them to a network, forward and in reverse, and go with them', async () => {
    ok(await world.createNode.execute(ACTOR, { name: 'd1.example.com', alive: true }));
    expect(await served('node', 'd1.example.com')).toEqual([]);
    ok(await world.bindRole.execute(ACTOR, { role: 'network-admin', node: 'd1.example.com' }));
    expect(await served('node', 'd1.example.com')).toEqual([
      '81.124.168.192.in-addr.arpa PTR d1.example.com.',
      'd1.example.com A 192.168.124.81',
    ]);
    ok(await world.deleteNode.execute(ACTOR, { node: 'd1.example.com' }));
    expect(await served('node', 'd1.example.com')).toEqual([]);
  });

  it('are as many as filters that match', async () => {
    ok(await world.createNode.execute(ACTOR, { name: 'd2.example.com', alive: true }));
    ok(await world.bindRole.execute(ACTOR, { role: 'network-admin', node: 'd2.example.com' }));
    const filter = {
      name: 'by-network',
      priority: 90,
      matcher: 'node.role has "network-admin"',
      template: '{{node.name}}.{{network.name}}',
      clients: [],
    };
    ok(await world.dnsFilters.create.execute(ACTOR, filter));
    const names = await served('node', 'd2.example.com');
    expect(names).toContain('d2.admin.example.com A 192.168.124.81');
    expect(names.filter((name) => name.includes(' PTR '))).toEqual(['81.124.168.192.in-addr.arpa PTR d2.example.com.']);
    ok(await world.dnsFilters.remove.execute(ACTOR, { key: 'by-network' }));
    expect(await served('node', 'd2.example.com')).toHaveLength(2);
  });

  it('stand beside the records of the network’s zone', async () => {
    expect(await served('zone', 'example.com')).toEqual(
      expect.arrayContaining(['example.com NS ns.example.com.', 'ns.example.com A 192.168.124.10']),
    );
  });

  it('that cannot be made are told, with what to do', async () => {
    ok(
      await world.createNetwork.execute(ACTOR, {
        name: 'storage',
        conduit: '10g0',
        ranges: [{ name: 'host', first: '10.1.0.1/16', last: '10.1.255.254/16' }],
      }),
    );
    ok(await world.createNode.execute(ACTOR, { name: 'd3.nowhere.test', alive: true }));
    ok(await world.bindRole.execute(ACTOR, { role: 'network-storage', node: 'd3.nowhere.test' }));
    expect((await world.listDnsProblems.execute()).problems).toEqual([]);
    ok(
      await world.dnsFilters.create.execute(ACTOR, {
        name: 'all',
        priority: 99,
        matcher: '',
        template: '{{node.name}}',
        clients: [],
      }),
    );
    expect((await world.listDnsProblems.execute()).problems).toEqual([
      'd3.nowhere.test has no zone on network storage: declare a zone that holds its name, or give the network a domain',
    ]);
    ok(
      await world.dnsZones.create.execute(ACTOR, {
        domain: 'nowhere.test',
        ttl: 60,
        forwarders: [],
        clients: [],
        forwardFor: [],
      }),
    );
    expect((await world.listDnsProblems.execute()).problems).toEqual([]);
    expect(await served('zone', 'nowhere.test')).toContain('d3.nowhere.test A 10.1.0.1');
  });
});
