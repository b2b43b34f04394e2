import { addressValue, prefixOf, prefixValue, type ViewDocument, type ViewNetwork, type ViewSubnet } from '#core';
import { withExternalServices } from '../dns/external-services.js';
import type { NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Ranges from which machines are served that nobody knows. */
const POOLS: ReadonlySet<string> = new Set(['dhcp', 'dhcp-v6']);

/** The networks as documents of the boot view. */
export async function readNetworks(tx: Transaction): Promise<ViewDocument[]> {
  const [networks, ranges, routers, services] = [
    await tx.networks.all(),
    await tx.networks.ranges(),
    await tx.networks.routers(),
    await tx.externalServices.all(),
  ];
  return networks.map((network) => ({
    kind: 'network',
    id: network.id,
    body: withExternalServices(
      networkDocument(
        network,
        ranges.filter(({ networkId }) => networkId === network.id),
        routers.filter(({ networkId }) => networkId === network.id),
      ),
      services,
    ),
  }));
}

/** A network with the subnets that its ranges and its IPv6 prefix lie in. */
export function networkDocument(
  network: NetworkView,
  ranges: readonly RangeView[],
  routers: readonly RouterView[],
): ViewNetwork {
  const cidrs = new Set(ranges.map(({ subnet }) => subnet));
  if (network.v6prefix) cidrs.add(network.v6prefix);
  for (const { subnet } of routers) cidrs.add(subnet);
  const subnets = [...cidrs].map((cidr): ViewSubnet => {
    const router = routers.find(({ subnet }) => subnet === cidr)?.address.split('/')[0];
    return {
      family: cidr.includes(':') ? 6 : 4,
      cidr,
      ...(router === undefined ? {} : { router }),
      pools: ranges
        .filter(({ name, subnet }) => POOLS.has(name) && subnet === cidr)
        .map(({ name, first, last }) => ({ name, first, last })),
      routes: network.routes.filter(({ via }) => liesIn(via, cidr)),
    };
  });
  return {
    id: network.id,
    name: network.name,
    category: network.category,
    group: network.group,
    link: network.link,
    subnets: subnets.sort((a, b) => a.family - b.family || (a.cidr < b.cidr ? -1 : 1)),
    domain: network.domain,
    nameServers: network.nameServers,
    timeServers: network.timeServers,
    ...(network.mtu === null ? {} : { mtu: network.mtu }),
    poolLeaseSeconds: network.poolLeaseSeconds,
    reservedLeaseSeconds: network.reservedLeaseSeconds,
    dhcp: network.dhcp,
    ...(network.byCircuit ? { byCircuit: true } : {}),
  };
}

const liesIn = (address: string, cidr: string): boolean => {
  const subnet = prefixValue(cidr);
  const value = addressValue(address);
  if (subnet === null || value === null || (typeof value === 'number' ? 4 : 6) !== subnet.family) return false;
  return prefixOf(value, subnet.length) === subnet.prefix;
};
