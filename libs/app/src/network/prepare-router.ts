import {
  formatAddress,
  isPool,
  parseInterfaceAddress,
  refuse,
  sameSubnet,
  spanHas,
  subnetOf,
  usableSpan,
  formatSubnet,
  type Refusal,
  type Subnet,
} from '#core';
import type { NetworkRouterId } from '../ports/model-ids.js';
import type { NetworkView, NewRange, NewRouter, RouterView } from '../ports/network-store.js';
import { hostOf } from './usable-range.js';

/** Preference of a router when nobody says: after all that somebody preferred. */
const PREFERENCE = 65_536;
const PREFERENCE_MAX = 1_000_000;

export interface RouterInput {
  /** With the prefix length of its subnet: `192.168.124.10/24`. */
  readonly address: string;
  readonly pref?: number;
}

type RangeBounds = Pick<NewRange, 'name' | 'first' | 'last' | 'prefixLength'>;

/** The router as it is kept. It stands in a subnet in which its network has addresses; one router for each. */
export const prepareRouter = (
  id: NetworkRouterId,
  network: Pick<NetworkView, 'id' | 'name'>,
  input: RouterInput,
  around: { readonly ranges: readonly RangeBounds[]; readonly routers: readonly (NewRouter | RouterView)[] },
): NewRouter | Refusal => {
  const no = (field: string, detail: string): Refusal =>
    refuse('invalid', `the router of network ${network.name}: ${detail}.`, { field });
  const parsed = parseInterfaceAddress(input.address);
  if (!parsed)
    return no(
      'address',
      `"${input.address.slice(0, 80)}" is no address with the prefix length of its subnet, such as 192.168.124.10/24`,
    );
  const pref = input.pref ?? PREFERENCE;
  if (!(Number.isInteger(pref) && pref >= 0 && pref <= PREFERENCE_MAX))
    return no('pref', `its preference is a whole number from 0 to ${PREFERENCE_MAX}; the lowest wins`);
  const { address, prefixLength } = parsed;
  const subnet = subnetOf(address, prefixLength);
  if (!spanHas(usableSpan(subnet), address))
    return no('address', `${input.address} is an address that no machine in ${formatSubnet(subnet)} can have`);
  const subnets = subnetsOf(around.ranges);
  if (!subnets.some((one) => sameSubnet(one, subnet)))
    return no(
      'address',
      `network ${network.name} has no addresses in ${formatSubnet(subnet)}: ${subnets.length > 0 ? `use an address of ${subnets.map(formatSubnet).join(', ')}, or` : ''} add a range there first`,
    );
  const twin = around.routers.find((one) => {
    const other = parseInterfaceAddress(one.address);
    return one.id !== id && other !== null && sameSubnet(subnetOf(other.address, other.prefixLength), subnet);
  });
  if (twin)
    return refuse(
      'already-exists',
      `${formatSubnet(subnet)} has the router ${twin.address} already: change that one instead.`,
      { field: 'address', router: twin.id },
    );
  const pool = around.ranges.find(
    (range) =>
      isPool(range.name) &&
      spanHas({ family: address.family, first: hostOf(range.first).value, last: hostOf(range.last).value }, address) &&
      hostOf(range.first).family === address.family,
  );
  if (pool)
    return refuse(
      'conflict',
      `${formatAddress(address)} is in range ${pool.name}, from which machines that nobody knows are served: give the router an address outside of it.`,
      { field: 'address', range: pool.name },
    );
  return { id, networkId: network.id, address: `${formatAddress(address)}/${prefixLength}`, pref };
};

/** The subnets in which ranges are, each once. */
const subnetsOf = (ranges: readonly Pick<NewRange, 'first' | 'prefixLength'>[]): Subnet[] => {
  const each = new Map(
    ranges.map(({ first, prefixLength }) => {
      const subnet = subnetOf(hostOf(first), prefixLength);
      return [formatSubnet(subnet), subnet];
    }),
  );
  return [...each.values()];
};
