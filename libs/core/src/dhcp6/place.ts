import { addressValue } from '../boot-view/address-value.js';
import type { AddressRange, ViewNetwork, ViewSubnet } from '../boot-view/document.js';
import type { BootView } from '../boot-view/view.js';
import { parseAddress6, parsePrefix6, samePrefix6, type Prefix6 } from './address.js';
import type { Arrival6 } from './exchange.js';
import type { RelayMessage6 } from './message.js';

interface Pool6 {
  readonly range: AddressRange;
  readonly first: bigint;
  readonly last: bigint;
}

/** An IPv6 subnet on the client's link that Anneal serves. */
export interface Subnet6 {
  readonly network: ViewNetwork;
  readonly subnet: ViewSubnet;
  readonly prefix: Prefix6;
  readonly pools: readonly Pool6[];
}

/** Where the client is: the subnets that share its link. */
export interface Place6 {
  readonly link: string;
  readonly served: readonly Subnet6[];
  /** Of networks that somebody else serves, or nobody. */
  readonly others: readonly Prefix6[];
}

/**
 * The place of a client: by the address that the relay next to it gave its link (RFC 8415 §13.1); relays that give none
 * (RFC 6221 §5.2) leave it to the next. Without any, it is the link that the packet came in on. Null when none is known.
 */
export const placeOf = (view: BootView, arrival: Arrival6, relays: readonly RelayMessage6[]): Place6 | null => {
  for (let at = relays.length - 1; at >= 0; at -= 1) {
    const { link } = relays[at] as RelayMessage6;
    if (link === '::') continue;
    const holding = view.networkHolding(link);
    return holding ? placeOfLink(view, holding.network.link) : null;
  }
  return arrival.link === null ? null : placeOfLink(view, arrival.link);
};

/** What was made of the networks of a link; the view has another array as soon as one of them changes. */
const places = new WeakMap<readonly ViewNetwork[], Place6 | null>();

const placeOfLink = (view: BootView, link: string): Place6 | null => {
  const networks = view.networksOfLink(link);
  const known = places.get(networks);
  if (known !== undefined) return known;
  const served: Subnet6[] = [];
  const others: Prefix6[] = [];
  for (const network of networks) {
    for (const subnet of network.subnets) {
      const prefix = subnet.family === 6 ? parsePrefix6(subnet.cidr) : null;
      if (!prefix) continue;
      if (network.dhcp === 'serve') served.push({ network, subnet, prefix, pools: poolsOf(subnet) });
      else others.push(prefix);
    }
  }
  const place = served.length + others.length === 0 ? null : { link, served, others };
  if (networks.length > 0) places.set(networks, place);
  return place;
};

const poolsOf = (subnet: ViewSubnet): Pool6[] => {
  const pools: Pool6[] = [];
  for (const range of subnet.pools) {
    const first = addressValue(range.first);
    const last = addressValue(range.last);
    if (typeof first === 'bigint' && typeof last === 'bigint' && first <= last) pools.push({ range, first, last });
  }
  return pools;
};

/** Whether a host with this address would be at home on the link, whoever serves it. */
export const isOnLink = (place: Place6, address: string): boolean => {
  const bytes = parseAddress6(address);
  if (!bytes) return false;
  const holds = ({ base, length }: Prefix6): boolean => samePrefix6(base, bytes, length);
  return place.served.some(({ prefix }) => holds(prefix)) || place.others.some(holds);
};
