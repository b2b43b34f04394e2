import { networkInterfaces } from 'node:os';
import type { BootView, IpFamily, ViewNetwork } from '#core';
import { localInterfaces } from '#netio';

/** An address of this machine on which something is served, and the networks of its link. */
export interface Place {
  readonly interface: string;
  readonly mac: readonly number[] | null;
  readonly address: string;
  readonly family: IpFamily;
  /** The networks of the broadcast domain; empty on interfaces that only the settings name. */
  readonly networks: readonly ViewNetwork[];
}

/** The loopback has no hardware address and is served only when the settings name it: for tests, and behind relays. */
const LOOPBACK = 'lo';

/**
 * Where this process serves: addresses that lie in a subnet of a network with DHCP (`serve` or `proxy`), and those of
 * interfaces that the settings name. Link-local addresses belong to an interface and to no network.
 */
export function placesOf(view: BootView, named: readonly string[] | null): readonly Place[] {
  const places: Place[] = [];
  for (const { name, mac, addresses } of interfacesWith(named)) {
    for (const { family, address } of addresses) {
      if (isLinkLocal(address)) continue;
      const network = view.networkHolding(address)?.network;
      const isServed = network !== undefined && network.dhcp !== 'off';
      if (!isServed && !named?.includes(name)) continue;
      const networks = network ? view.networksOfLink(network.link) : [];
      places.push({ interface: name, mac, address, family, networks });
    }
  }
  return places;
}

function interfacesWith(named: readonly string[] | null): ReturnType<typeof localInterfaces> {
  const outward = localInterfaces();
  if (!named?.includes(LOOPBACK)) return outward;
  const inward = (networkInterfaces()[LOOPBACK] ?? []).map(({ family, address, cidr }) => ({
    family: family === 'IPv4' ? (4 as const) : (6 as const),
    address,
    cidr: cidr ?? address,
  }));
  return [...outward, { name: LOOPBACK, mac: null, addresses: inward }];
}

const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
