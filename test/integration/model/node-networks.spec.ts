import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordedNetworks } from '#app';
import { loadShipped } from '#catalog';
import type { NodeId } from '#core';
import { ACTOR, ok, openWorld, role, type World } from './world.js';

const ADMIN_NODE = 'admin.example.com';
const N1 = 'n1.example.com';
const N2 = 'n2.example.com';

let world: World;
let networks: RecordedNetworks;
beforeEach(async () => {
  world = await openWorld({ name: 'node_networks' });
  const [network] = await loadShipped(['network']);
  await world.import({ ...network!, roles: [role('deployer-client', { flags: ['implicit'] }), ...network!.roles] });
  networks = new RecordedNetworks(world.unitOfWork);
  for (const name of [ADMIN_NODE, N1, N2])
    ok(await world.createNode.execute(ACTOR, { name, alive: true, admin: name === ADMIN_NODE }));
});
afterEach(() => world.close());

const idOfNode = async (name: string): Promise<NodeId> => ok(await world.showNode.execute({ node: name })).id;
const bind = async (roleName: string, nodeName: string) =>
  ok(await world.bindRole.execute(ACTOR, { role: roleName, node: nodeName }));

const storage = () =>
  world.createNetwork.execute(ACTOR, {
    name: 'storage',
    conduit: '10g0,10g1',
    useTeam: true,
    teamMode: 4,
    vlan: 200,
    useVlan: true,
    mtu: 9000,
    pbr: 'storage',
    domain: 'storage.example.com',
    nameServers: ['10.1.0.2', 'fd00:1::2'],
    routes: [
      { destination: '10.2.0.0/16', via: '10.1.0.3' },
      { destination: 'fd00:2::/64', via: 'fd00:1::3' },
    ],
    ranges: [
      { name: 'host', first: '10.1.0.5/16', last: '10.1.255.254/16' },
      { name: 'host-v6', first: 'fd00:1::5/64', last: 'fd00:1::ffff/64', useBridge: true },
    ],
    routers: [{ address: '10.1.0.1/16', pref: 20 }],
  });

describe('what a node is to have of networks', () => {
  it('is an attachment for each of its addresses, with what its range says differently', async () => {
    ok(await storage());
    await bind('network-storage', N1);
    ok(await world.commitNode.execute(ACTOR, { node: N1 }));
    const { attachments, active } = await networks.wishOf(await idOfNode(N1));
    const common = {
      network: 'storage',
      category: 'general',
      conduit: '10g0,10g1',
      vlan: 200,
      bondMode: 4,
      mtu: 9000,
      policyTable: 'storage',
      nameServers: ['10.1.0.2', 'fd00:1::2'],
      domain: 'storage.example.com',
    };
    expect(active).toEqual([]);
    expect(attachments).toEqual([
      {
        ...common,
        range: 'host',
        bridge: false,
        address: '10.1.0.5/16',
        router: { address: '10.1.0.1', preference: 20 },
        routes: [{ destination: '10.2.0.0/16', via: '10.1.0.3' }],
      },
      {
        ...common,
        range: 'host-v6',
        bridge: true,
        address: expect.stringMatching(/^fd00:1::[0-9a-f:]+\/64$/),
        router: null,
        routes: [{ destination: 'fd00:2::/64', via: 'fd00:1::3' }],
      },
    ]);
  });

  it('is nothing of networks that are only proposed, or that Anneal does not configure', async () => {
    ok(await storage());
    await bind('network-storage', N1);
    expect((await networks.wishOf(await idOfNode(N1))).attachments).toEqual([]);
    ok(await world.commitNode.execute(ACTOR, { node: N1 }));
    ok(await world.updateNetwork.execute(ACTOR, { network: 'storage', configure: false }));
    expect((await networks.wishOf(await idOfNode(N1))).attachments).toEqual([]);
  });

  it('names the networks that it is on, and others of the same network that can be looked for', async () => {
    ok(await storage());
    for (const name of [N1, N2]) await bind('network-storage', name);
    for (const name of [ADMIN_NODE, N1, N2]) ok(await world.commitNode.execute(ACTOR, { node: name }));
    await world.settle();
    const [first, second] = [await idOfNode(N1), await idOfNode(N2)];
    expect((await networks.wishOf(first)).active).toEqual(['storage']);
    const targets = await networks.targets('storage', first, 8);
    expect(targets).toEqual([{ node: N2, addresses: [expect.stringMatching(/^fd00:1::/), '10.1.0.6'] }]);
    expect(await networks.targets('storage', second, 8)).toMatchObject([{ node: N1 }]);
    expect(await networks.targets('storage', second, 0)).toEqual([]);
  });

  it('writes down where a node is reached once its configuration has moved it, and tells so once', async () => {
    const id = await idOfNode(N1);
    await networks.moved(id, '10.1.0.77');
    await networks.moved(id, '10.1.0.77');
    expect(ok(await world.showNode.execute({ node: N1 })).address).toBe('10.1.0.77');
    expect((await world.events()).filter((kind) => kind === 'node.changed')).toHaveLength(1);
  });

  it('gives every network role the attributes of the site, so that a change of them runs it again', async () => {
    ok(await storage());
    for (const name of ['network-admin', 'network-storage']) {
      const { wants } = ok(await world.showRole.execute({ role: name }));
      expect(wants.map(({ attrib }) => attrib).toSorted()).toEqual([
        'network-confirm-seconds',
        'network-interface-maps',
      ]);
    }
  });
});
