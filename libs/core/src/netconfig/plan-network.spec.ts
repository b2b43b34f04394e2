import { describe, expect, it } from 'vitest';
import { networkDifferenceOf, isEmptyNetworkDifference } from './difference.js';
import type { NetworkCard } from './inventory.js';
import { networkInventoryJson, readNetworkInventory } from './inventory.js';
import { orderCards } from './order-cards.js';
import { planNetwork, type PlanInput } from './plan-network.js';
import { readNetworkPlan, type NetworkPlan } from './plan.js';
import type { PresentLink, PresentNetwork } from './present.js';
import { isRefusal } from '../base/refusal.js';
import { resolveConduit } from './resolve-conduit.js';
import type { WantedAttachment } from './wanted.js';

const card = (name: string, busPath: string | null, ...speeds: number[]): NetworkCard => ({
  name,
  mac: '02:00:00:00:00:01',
  busPath,
  port: 0,
  speeds,
  driver: null,
  model: null,
});

/** Two of 1 Gbit/s on board, two of 10 on a card whose bus has a higher number. */
const SERVER = {
  product: 'PowerEdge R740',
  interfaces: [
    card('ens1f0', '0000:3a/0000:3a:00.0/0000:3b:00.0', 1_000, 10_000),
    card('ens1f1', '0000:3a/0000:3a:00.0/0000:3b:00.1', 1_000, 10_000),
    card('eno2', '0000:00/0000:00:1c.5/0000:04:00.1', 10, 100, 1_000),
    card('eno1', '0000:00/0000:00:1c.5/0000:04:00.0', 10, 100, 1_000),
  ],
};

const attachment = (given: Partial<WantedAttachment> & { network: string; address: string }): WantedAttachment => ({
  category: 'general',
  range: 'host',
  conduit: '1g0',
  vlan: null,
  bondMode: null,
  bridge: false,
  mtu: null,
  policyTable: null,
  router: null,
  routes: [],
  nameServers: [],
  domain: '',
  ...given,
});

const linkThere = (name: string, given: Partial<PresentLink> = {}): PresentLink => ({
  name,
  kind: 'physical',
  master: null,
  vlan: null,
  addresses: [],
  ...given,
});

const BARE: PresentNetwork = {
  links: SERVER.interfaces.map(({ name }) => linkThere(name)),
  routes: [],
  before: null,
};

const plan = (wanted: WantedAttachment[], more: Partial<PlanInput> = {}) =>
  planNetwork({ wanted, inventory: SERVER, present: BARE, ...more });

/** A line a link, for reading. */
const shape = ({ links }: NetworkPlan): string[] =>
  links.map(
    ({ name, master, addresses }) =>
      `${name}${master ? ` in ${master}` : ''}${addresses.length > 0 ? `: ${addresses.map(({ address }) => address).join(' ')}` : ''}`,
  );

/** What the node would say of itself when the plan has been carried out. */
const carriedOut = (done: NetworkPlan, present: PresentNetwork): PresentNetwork => ({
  links: [
    ...present.links
      .filter(({ name }) => !done.links.some((link) => link.name === name))
      .map((link) => ({ ...link, addresses: [] })),
    ...done.links.map((link) => ({
      name: link.name,
      kind: link.kind,
      master: link.master,
      vlan: link.vlan,
      addresses: link.addresses.map(({ address }) => ({ address, dynamic: false })),
    })),
  ],
  routes: done.links.flatMap(({ name, routes }) =>
    routes.flatMap(({ destination, via, table }) =>
      via === null || table !== null ? [] : [{ destination, via, device: name, dynamic: false }],
    ),
  ),
  before: done,
});

describe('orderCards', () => {
  it('counts cards by their way over the bus', () => {
    expect(orderCards(SERVER).map(({ name }) => name)).toEqual(['eno1', 'eno2', 'ens1f0', 'ens1f1']);
  });

  it('puts the cards first that the map of this kind of machine names, in its order', () => {
    const maps = [
      { pattern: '^ProLiant', busOrder: ['0000:00'] },
      { pattern: 'PowerEdge', busOrder: ['pci0000:3a/0000:3a:00.0/0000:3b:00.1', '0000:3a'] },
      { pattern: '.*', busOrder: ['0000:00'] },
    ];
    expect(orderCards(SERVER, maps).map(({ name }) => name)).toEqual(['ens1f1', 'ens1f0', 'eno1', 'eno2']);
  });

  it('compares numbers of the bus as numbers, and ports of one device by their number', () => {
    const cards = [
      { ...card('b', '10000:00/10000:00:02.0'), port: 0 },
      { ...card('d1', '0000:00/0000:00:10.0'), port: 1 },
      { ...card('d0', '0000:00/0000:00:10.0'), port: 0 },
      card('a', '0000:00/0000:00:0a.0'),
    ];
    expect(orderCards({ product: null, interfaces: cards }).map(({ name }) => name)).toEqual(['a', 'd0', 'd1', 'b']);
  });

  it('takes interfaces by name where nothing is on a bus, and leaves them out where something is', () => {
    const veths = [card('eth10', null), card('eth2', null)];
    expect(orderCards({ product: null, interfaces: veths }).map(({ name }) => name)).toEqual(['eth2', 'eth10']);
    expect(orderCards({ product: null, interfaces: [...veths, SERVER.interfaces[0]!] })).toHaveLength(1);
  });
});

describe('resolveConduit', () => {
  const cards = orderCards(SERVER);
  const resolved = (text: string): unknown => {
    const found = resolveConduit(text, cards);
    return isRefusal(found) ? found.detail : found.kind === 'bmc' ? 'bmc' : found.cards;
  };

  it('counts a card for its fastest speed only', () => {
    expect(resolved('1g0')).toEqual(['eno1']);
    expect(resolved('1g1')).toEqual(['eno2']);
    expect(resolved('10g1')).toEqual(['ens1f1']);
    expect(resolved('1g2')).toMatch(/is not on this node, which has eno1 \(1g\).*ens1f0 \(10g\)/);
  });

  it('goes up, down, or up and then down, as the sign says', () => {
    expect(resolved('+1g0')).toEqual(['eno1']);
    expect(resolved('+100m0')).toEqual(['eno1']);
    expect(resolved('-100g0')).toEqual(['ens1f0']);
    expect(resolved('?25g0')).toEqual(['ens1f0']);
    expect(resolved('-100m0')).toMatch(/is not on this node/);
    expect(resolved('400g0')).toMatch(/is not on this node/);
  });

  it('takes all members of a team at one speed', () => {
    expect(resolved('+1g0,+1g1')).toEqual(['eno1', 'eno2']);
    const uneven = orderCards({ product: null, interfaces: SERVER.interfaces.filter(({ name }) => name !== 'eno2') });
    const found = resolveConduit('+1g0,+1g1', uneven);
    expect(isRefusal(found) ? found.detail : found).toMatchObject({ cards: ['ens1f0', 'ens1f1'], speed: '10g' });
  });

  it('does not compare speeds where no card tells one', () => {
    const virtual = [card('ens3', '0000:00/0000:00:03.0'), card('ens4', '0000:00/0000:00:04.0')];
    expect(resolveConduit('10g1', virtual)).toMatchObject({ cards: ['ens4'] });
    expect(resolveConduit('1g0', [card('eth0', null)])).toMatchObject({ cards: ['eth0'] });
  });

  it('leaves the management controller alone', () => {
    expect(resolved('bmc')).toBe('bmc');
  });
});

describe('planNetwork', () => {
  it('puts an address on its card, and the default route where the preference is lowest', () => {
    const { plan: made, problems } = plan([
      attachment({
        network: 'admin',
        address: '192.168.124.81/24',
        router: { address: '192.168.124.10', preference: 10 },
      }),
      attachment({
        network: 'public',
        conduit: '1g1',
        address: '10.0.0.5/16',
        router: { address: '10.0.0.1', preference: 5 },
      }),
      attachment({ network: 'admin', address: 'fd00::5/64', router: { address: 'fd00::1', preference: 10 } }),
    ]);
    expect(problems).toEqual([]);
    expect(shape(made)).toEqual(['eno1: 192.168.124.81/24 fd00::5/64', 'eno2: 10.0.0.5/16']);
    expect(made.links.flatMap(({ name, routes }) => routes.map(({ via }) => `${name} ${via}`))).toEqual([
      'eno1 fd00::1',
      'eno2 10.0.0.1',
    ]);
  });

  it('writes addresses as the kernel does, whatever they are written like', () => {
    const { plan: made } = plan([
      attachment({
        network: 'a',
        address: 'FD00:0:0:0::05/64',
        router: { address: 'fd00:0::1', preference: 1 },
        routes: [{ destination: 'fd01:0:0:0::/64', via: 'FD00::2' }],
      }),
    ]);
    expect(shape(made)).toEqual(['eno1: fd00::5/64']);
    expect(made.links[0]?.routes.map(({ destination, via }) => `${destination} ${via}`)).toEqual([
      '::/0 fd00::1',
      'fd01::/64 fd00::2',
    ]);
  });

  it('lets nothing into files that is no address and no domain', () => {
    const { plan: made } = plan([
      attachment({
        network: 'a',
        address: '10.1.0.5/24',
        nameServers: ['10.1.0.2', 'FD00::2', '1.1.1.1\nGateway=9.9.9.9'],
        domain: 'example.com\n[Route]',
      }),
    ]);
    expect(made.links[0]).toMatchObject({ nameServers: ['10.1.0.2', 'fd00::2'], searchDomains: [] });
  });

  it('stacks bond, VLAN and bridge, and shares what networks have in common', () => {
    const team = { conduit: '10g0,10g1', bondMode: 4 };
    const { plan: made } = plan([
      attachment({ network: 'storage', ...team, vlan: 200, address: '10.2.0.5/24', mtu: 9000 }),
      attachment({ network: 'tenants', ...team, vlan: 300, bridge: true, address: '10.3.0.5/24' }),
      attachment({ network: 'base', ...team, address: '10.1.0.5/24' }),
    ]);
    expect(shape(made)).toEqual([
      'ens1f0 in bond0',
      'ens1f1 in bond0',
      'bond0: 10.1.0.5/24',
      'bond0.200: 10.2.0.5/24',
      'bond0.300 in br300',
      'br300: 10.3.0.5/24',
    ]);
    expect(made.links.map(({ mtu }) => mtu)).toEqual([9000, 9000, 9000, 9000, null, null]);
    expect(made.links[2]).toMatchObject({ bondMode: 4, members: ['ens1f0', 'ens1f1'] });
  });

  it('hands the address of a card to the bridge that the card goes into', () => {
    const { plan: made } = plan([
      attachment({ network: 'admin', address: '192.168.124.81/24' }),
      attachment({ network: 'vms', bridge: true, address: '10.9.0.5/24' }),
    ]);
    expect(shape(made)).toEqual(['eno1 in br-eno1', 'br-eno1: 10.9.0.5/24 192.168.124.81/24']);
  });

  it('keeps what was on a card by hand, with its way out, and lets go what DHCP gave', () => {
    const present: PresentNetwork = {
      links: [
        linkThere('eno1', {
          addresses: [
            { address: '172.16.0.9/24', dynamic: false },
            { address: '192.168.124.30/24', dynamic: true },
            { address: 'fe80::1/64', dynamic: false },
          ],
        }),
        linkThere('eno2'),
      ],
      routes: [{ destination: '0.0.0.0/0', via: '172.16.0.1', device: 'eno1', dynamic: false }],
      before: null,
    };
    const bond = { conduit: '1g0,1g1', bondMode: 1, network: 'admin', address: '192.168.124.81/24' };
    const { plan: made } = plan([attachment(bond)], { present });
    expect(shape(made)).toEqual(['eno1 in bond0', 'eno2 in bond0', 'bond0: 192.168.124.81/24 172.16.0.9/24']);
    expect(made.links[2]?.routes).toMatchObject([{ via: '172.16.0.1', keptFrom: 'eno1' }]);
    expect(networkDifferenceOf(made, present).dropped).toEqual([
      { link: 'eno1', address: '172.16.0.9/24' },
      { link: 'eno1', address: '192.168.124.30/24' },
    ]);

    const later = carriedOut(made, present);
    expect(plan([attachment(bond)], { present: later }).plan).toEqual(made);
    const without = plan([], { present: later }).plan;
    expect(shape(without)).toEqual(['eno1: 172.16.0.9/24']);
  });

  it('gives each named routing table a number from 252 down, which it keeps', () => {
    const wants = (network: string, conduit: string, address: string, policyTable: string) =>
      attachment({
        network,
        conduit,
        address,
        policyTable,
        router: { address: address.replace(/\.5\/.*/, '.1'), preference: 50 },
      });
    const beta = wants('b', '1g1', '10.2.0.5/24', 'beta');
    const first = plan([beta]).plan;
    expect(first.tables).toEqual({ beta: 252 });
    expect(first.links[0]?.routes).toEqual([
      { family: 4, destination: '0.0.0.0/0', via: '10.2.0.1', table: null, keptFrom: null },
      { family: 4, destination: '10.2.0.0/24', via: null, table: 252, keptFrom: null },
      { family: 4, destination: '0.0.0.0/0', via: '10.2.0.1', table: 252, keptFrom: null },
    ]);
    expect(first.links[0]?.rules).toEqual([
      { family: 4, from: '10.2.0.5', to: null, table: 252, priority: 20252 },
      { family: 4, from: null, to: '10.2.0.5', table: 252, priority: 20252 },
    ]);
    const second = plan([beta, wants('a', '1g0', '10.1.0.5/24', 'alpha')], { present: carriedOut(first, BARE) }).plan;
    expect(second.tables).toEqual({ alpha: 251, beta: 252 });
  });

  it('reuses a bond that is there with these members, or an empty one, before it makes another', () => {
    const wants = [attachment({ network: 'a', conduit: '1g0,1g1', bondMode: 1, address: '10.1.0.5/24' })];
    const named = (links: PresentLink[]): string | undefined =>
      plan(wants, { present: { links, routes: [], before: null } }).plan.links[2]?.name;
    expect(named([linkThere('bond7', { kind: 'bond' })])).toBe('bond7');
    expect(
      named([
        linkThere('bond7', { kind: 'bond' }),
        linkThere('bond3', { kind: 'bond' }),
        linkThere('eno1', { master: 'bond3' }),
        linkThere('eno2', { master: 'bond3' }),
      ]),
    ).toBe('bond3');
    expect(named([linkThere('bond0', { kind: 'bond' }), linkThere('ens1f0', { master: 'bond0' })])).toBe('bond1');
  });

  it.each([
    ['a bond over a card that another network has', { conduit: '1g0,1g1', bondMode: 1 }, /wants eno1 in a bond/],
    ['an MTU other than that of the link', { mtu: 9000 }, /wants an MTU of 9000 on eno1, which has 1500/],
    ['a subnet that is on another link', { conduit: '1g1', address: '10.1.0.9/24' }, /same subnet on eno1/],
    ['a router that is not in the subnet', { router: { address: '10.7.0.1', preference: 1 } }, /router 10\.7\.0\.1/],
    ['a card that is not there', { conduit: '40g0' }, /"40g0" is not on this node/],
  ])('leaves a network out that wants %s, and says so', (_, given, says) => {
    const first = attachment({ network: 'a', address: '10.1.0.5/24', mtu: 1500 });
    const { plan: made, problems } = plan([
      first,
      attachment({ network: 'z', address: '10.8.0.5/24', ...(given as Partial<WantedAttachment>) }),
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ network: 'z' });
    expect(problems[0]?.refusal.detail).toMatch(says);
    expect(made).toEqual(plan([first]).plan);
  });

  it('lets a network stay that was there first, whatever the names', () => {
    const wants = [
      attachment({ network: 'a', conduit: '1g0,1g1', bondMode: 1, address: '10.1.0.5/24' }),
      attachment({ network: 'z', address: '10.2.0.5/24' }),
    ];
    const { problems } = plan(wants, { established: new Set(['z']) });
    expect(problems.map(({ network }) => network)).toEqual(['a']);
    expect(plan(wants).problems.map(({ network }) => network)).toEqual(['z']);
  });

  it('does not take a name that an interface of somebody else has', () => {
    const present = { ...BARE, links: [...BARE.links, linkThere('br200', { kind: 'bridge' as const, vlan: null })] };
    const wants = [attachment({ network: 'a', vlan: 200, address: '10.1.0.5/24' })];
    expect(plan(wants, { present }).problems).toEqual([]);
    const tagged = {
      ...BARE,
      links: [...BARE.links, linkThere('vlan200', { kind: 'vlan' as const, vlan: { id: 200, parent: 'eno1' } })],
    };
    expect(plan(wants, { present: tagged }).problems[0]?.refusal.detail).toMatch(/where vlan200 has it already/);
  });

  it('does not depend on the order in which it is told', () => {
    const wants = [
      attachment({ network: 'c', vlan: 20, bridge: true, address: '10.3.0.5/24' }),
      attachment({ network: 'a', address: '10.1.0.5/24' }),
      attachment({ network: 'b', conduit: '10g0,10g1', bondMode: 0, address: 'fd01::5/64' }),
      attachment({ network: 'b', conduit: '10g0,10g1', bondMode: 0, address: '10.2.0.5/24' }),
    ];
    expect(plan(wants.toReversed()).plan).toEqual(plan(wants).plan);
  });

  it('keeps names of interfaces within what the kernel allows', () => {
    const long = { product: null, interfaces: [card('enx0123456789ab', '0000:00/0000:00:01.0', 1_000)] };
    const wants = [attachment({ network: 'a', vlan: 4000, bridge: false, address: '10.1.0.5/24' })];
    const { plan: made } = planNetwork({ wanted: wants, inventory: long, present: BARE });
    expect(made.links.map(({ name }) => name)).toEqual(['enx0123456789ab', '23456789ab.4000']);
    for (const { name } of made.links) expect(name.length).toBeLessThanOrEqual(15);
  });

  it('leaves networks of the management controller to the controller', () => {
    expect(plan([attachment({ network: 'bmc', conduit: 'bmc', address: '192.168.128.21/24' })])).toMatchObject({
      plan: { links: [] },
      problems: [],
      conduits: { bmc: [] },
    });
  });
});

describe('networkDifferenceOf', () => {
  const team = { conduit: '1g0,1g1', bondMode: 1 };
  const wants = [
    attachment({ network: 'a', ...team, address: '10.1.0.5/24' }),
    attachment({ network: 'b', ...team, vlan: 30, address: '10.2.0.5/24' }),
  ];

  it('is empty when what is wanted is there', () => {
    const done = plan(wants).plan;
    const present = carriedOut(done, BARE);
    expect(isEmptyNetworkDifference(networkDifferenceOf(plan(wants, { present }).plan, present))).toBe(true);
  });

  it('sees what somebody has taken away on the node', () => {
    const done = plan(wants).plan;
    const present = carriedOut(done, BARE);
    const lacking = {
      ...present,
      links: present.links.map((link) => (link.name === 'bond0.30' ? { ...link, addresses: [] } : link)),
    };
    expect(networkDifferenceOf(done, lacking).changed).toEqual(['bond0.30']);
  });

  it('takes away only what is ours, from the top down', () => {
    const done = plan(wants).plan;
    const there = carriedOut(done, BARE);
    const present = {
      ...there,
      links: [
        ...there.links,
        linkThere('br-own', { kind: 'bridge', addresses: [{ address: '10.66.0.1/24', dynamic: false }] }),
      ],
    };
    const difference = networkDifferenceOf(plan([], { present }).plan, present);
    expect(difference).toMatchObject({ destroyed: ['bond0.30', 'bond0'], released: ['eno2', 'eno1'].toSorted() });
    expect(difference.dropped.map(({ address }) => address)).toEqual(['10.1.0.5/24', '10.2.0.5/24']);
  });

  it('makes a bond anew when its mode changes, with all that stands on it', () => {
    const present = carriedOut(plan(wants).plan, BARE);
    const other = plan(
      wants.map((want) => ({ ...want, bondMode: 4 })),
      { present },
    ).plan;
    expect(networkDifferenceOf(other, present)).toMatchObject({
      destroyed: ['bond0'],
      changed: ['eno1', 'eno2', 'bond0', 'bond0.30'],
    });
  });

  it('reads no record but one of ours', () => {
    const { plan: made } = plan(wants);
    expect(readNetworkPlan(JSON.stringify(made))).toEqual(made);
    for (const text of ['', 'null', '{}', '{"format":2,"links":[],"tables":{}}', '[1'])
      expect(readNetworkPlan(text)).toBeNull();
  });
});

describe('the inventory', () => {
  it('is read as it is written', () => {
    expect(readNetworkInventory({ network: networkInventoryJson(SERVER) })).toEqual(SERVER);
  });

  it('is absent where nothing was reported, and leaves out what is no card', () => {
    expect(readNetworkInventory({})).toBeNull();
    expect(readNetworkInventory(undefined)).toBeNull();
    expect(
      readNetworkInventory({ network: { interfaces: [{ name: 'eth0' }, 7, { name: 'e', mac: '02:00:00:00:00:0A' }] } }),
    ).toMatchObject({ product: null, interfaces: [{ name: 'e', mac: '02:00:00:00:00:0a', speeds: [] }] });
  });
});
