import {
  BootView,
  LeaseBook,
  decideBoot,
  idOf,
  makeUuidDuid,
  type ClientMessage6,
  type NetworkId,
  type NodeId,
  type Option6,
  type ViewMachine,
  type ViewNetwork,
  type World6,
} from '#core';

/** A network with IPv6 alone, for tests of DHCPv6: `fd00:77:0:1::/64` on link `admin`, with a small pool. */
export const networkOf6 = (more: Partial<ViewNetwork> = {}): ViewNetwork => ({
  id: idOf<NetworkId>('11111111-0000-4000-8000-000000000001'),
  name: 'admin',
  category: 'admin',
  group: 'internal',
  link: 'admin',
  subnets: [
    {
      family: 6,
      cidr: 'fd00:77:0:1::/64',
      pools: [{ name: 'dhcp', first: 'fd00:77:0:1::d000', last: 'fd00:77:0:1::dfff' }],
      routes: [],
    },
  ],
  domain: 'example.test',
  nameServers: ['fd00:77:0:1::1', '10.77.0.1'],
  timeServers: ['fd00:77:0:1::1'],
  poolLeaseSeconds: 600,
  reservedLeaseSeconds: 86_400,
  dhcp: 'serve',
  ...more,
});

/** A machine with one address on that network. */
export const machineOf6 = (more: Partial<ViewMachine> = {}): ViewMachine => ({
  node: idOf<NodeId>('22222222-0000-4000-8000-000000000001'),
  name: 'd52-54-00-77-00-01.example.test',
  deployment: 'system',
  roles: [],
  macs: ['52:54:00:77:00:01'],
  uuid: '00112233-4455-6677-8899-aabbccddeeff',
  addresses: [{ network: 'admin', range: 'host-v6', family: 6, address: 'fd00:77:0:1::a1' }],
  bootenv: 'discovery',
  secureBoot: false,
  params: {},
  ...more,
});

export interface Site6 extends World6 {
  readonly view: BootView;
  readonly book: LeaseBook;
}

/** A server that knows these networks and machines. Boot files are decided as in the product. */
export const siteOf6 = (
  networks: readonly ViewNetwork[] = [networkOf6()],
  machines: readonly ViewMachine[] = [machineOf6()],
  more: Partial<World6> = {},
): Site6 => {
  const view = new BootView();
  view.apply(
    [
      ...networks.map((body) => ({ kind: 'network', id: body.id, body }) as const),
      ...machines.map((body) => ({ kind: 'machine', id: body.node, body }) as const),
    ],
    1,
  );
  return {
    duid: makeUuidDuid(new Uint8Array(16).fill(0xa5)),
    addresses: ['fd00:77:0:1::1'],
    decideBoot: (facts) => decideBoot(facts, view),
    rapidCommit: true,
    ...more,
    view,
    book: new LeaseBook(),
  };
};

/** A DUID-LL of this Ethernet address (RFC 8415 §11.4). */
export const duidOfMac = (mac: string): Uint8Array =>
  Uint8Array.of(0, 3, 0, 1, ...mac.split(':').map((octet) => Number.parseInt(octet, 16)));

export const message6 = (type: number, transaction: number, ...options: readonly Option6[]): ClientMessage6 => ({
  kind: 'client',
  type,
  transaction,
  options,
});

/** An association that names these addresses. */
export const association6 = (iaid: number, ...addresses: readonly string[]): Option6 => ({
  is: 'ia-na',
  iaid,
  t1: 0,
  t2: 0,
  options: addresses.map((address) => ({ is: 'ia-address', address, preferred: 0, valid: 0, options: [] })),
});
