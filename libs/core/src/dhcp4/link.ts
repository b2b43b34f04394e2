import { addressValue } from '../boot-view/address-value.js';
import type { AddressRange, ViewNetwork, ViewSubnet } from '../boot-view/document.js';
import { RELAY } from './client.js';
import { OPTION } from './option-table.js';
import { readAddress, readSuboptions } from './option-value.js';
import { NO_ADDRESS, type Dhcp4Packet } from './packet.js';
import type { Dhcp4Arrival, Dhcp4View } from './question.js';

/** The broadcast domain that a packet came from, and what Anneal does there. */
export interface ClientLink {
  readonly link: string;
  /** The network that the relay, or our own address, points at. */
  readonly nearest: ViewNetwork;
  readonly dhcp: ViewNetwork['dhcp'];
  /** Networks of the link in which Anneal gives out addresses, or boots what another server addresses; nearest first. */
  readonly networks: readonly ViewNetwork[];
}

/**
 * Which link the client is on. A relay says it by its address, or by the link selection sub-option (RFC 3527 §3) or the
 * subnet selection option (RFC 3011) where that is another. A client that renews by unicast may be routers away: its own
 * address says it. Otherwise it is on the link of the interface.
 */
export function linkOf(packet: Dhcp4Packet, arrival: Dhcp4Arrival, view: Dhcp4View): ClientLink | null {
  const { giaddr, ciaddr } = packet;
  if (giaddr !== NO_ADDRESS) {
    const selected = readAddress(readSuboptions(packet.options[OPTION.relayAgent])?.get(RELAY.linkSelection));
    const chosen = selected ?? readAddress(packet.options[OPTION.subnetSelection]) ?? giaddr;
    return linkHolding(chosen, view);
  }
  if (arrival.unicast && ciaddr !== NO_ADDRESS) return linkHolding(ciaddr, view);
  for (const address of arrival.local) {
    const found = linkHolding(address, view);
    if (found) return found;
  }
  return null;
}

function linkHolding(address: string, view: Dhcp4View): ClientLink | null {
  const holding = view.networkHolding(address);
  if (!holding || holding.subnet.family !== 4) return null;
  const { network } = holding;
  const all = view.networksOfLink(network.link);
  if (all.length < 2) return { link: network.link, nearest: network, dhcp: network.dhcp, networks: all };
  const dhcp = (['serve', 'proxy', 'off'] as const).find((mode) => all.some((each) => each.dhcp === mode)) ?? 'off';
  const alike = all.filter((each) => each.dhcp === dhcp);
  const networks = [...alike.filter((each) => each === network), ...alike.filter((each) => each !== network)];
  return { link: network.link, nearest: network, dhcp, networks };
}

/** A place that an address has on a link. */
export interface Place {
  readonly network: ViewNetwork;
  readonly subnet: ViewSubnet;
}

/** Where on the link this address belongs; null when it does not. */
export function placeOn(link: ClientLink, address: string, view: Dhcp4View): Place | null {
  const holding = view.networkHolding(address);
  return holding && holding.subnet.family === 4 && link.networks.includes(holding.network) ? holding : null;
}

const SPANS = new WeakMap<AddressRange, readonly [number, number]>();

/** True when the range holds this IPv4 address. */
export function holds(range: AddressRange, address: number): boolean {
  let span = SPANS.get(range);
  if (!span) {
    const [first, last] = [addressValue(range.first), addressValue(range.last)];
    span = typeof first === 'number' && typeof last === 'number' ? [first, last] : [1, 0];
    SPANS.set(range, span);
  }
  return address >= span[0] && address <= span[1];
}
