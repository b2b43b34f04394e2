import { addressValue } from '../boot-view/address-value.js';
import type { Dhcp4Client } from './client.js';
import { holds, placeOn, type ClientLink, type Place } from './link.js';
import type { Dhcp4Sources } from './question.js';

/** An address that a client may have, and whether it is kept for it. */
export interface Choice extends Place {
  readonly address: string;
  readonly reserved: boolean;
}

export type Objection = 'wrong-network' | 'reserved-for-another' | 'not-in-a-pool' | 'in-use';

/** Says whether a client may have the address that it names, and if not, why not. */
export function check(
  address: string,
  client: Dhcp4Client,
  link: ClientLink,
  sources: Dhcp4Sources,
  now: number,
): Choice | Objection {
  const place = placeOn(link, address, sources.view);
  if (!place) return 'wrong-network';
  if (sources.ours.has(address)) return 'in-use';
  const owner = sources.view.machineByAddress(address);
  const reserved = owner !== undefined && owner === client.machine;
  if (owner && !reserved) return 'reserved-for-another';
  if (!reserved && !inPool(place, address)) return 'not-in-a-pool';
  if (!sources.book.mayHave(address, client.holder, now) && !isOwnUnderAnotherName(address, client, sources, now))
    return 'in-use';
  return { network: place.network, subnet: place.subnet, address, reserved };
}

/**
 * A machine that got its lease by a client identifier, when nobody knew it, and is known by its hardware address since:
 * the lease is still its own.
 */
function isOwnUnderAnotherName(address: string, client: Dhcp4Client, sources: Dhcp4Sources, now: number): boolean {
  const lease = sources.book.leaseAt(address);
  return client.machine !== null && lease?.state === 'bound' && lease.until > now && lease.mac === client.mac;
}

/** Lets the client have a choice under the name that it has now. To be called before it is offered or bound. */
export function takeOver({ address }: Choice, client: Dhcp4Client, sources: Dhcp4Sources, now: number): void {
  const lease = sources.book.leaseAt(address);
  if (lease && lease.holder !== client.holder) sources.book.release(address, lease.holder, now);
}

/**
 * The address that is kept for the client on this link. A machine with several hardware addresses gets it for the one
 * that holds it; the others get addresses of a pool until it lets go, lest two of its interfaces answer for one address.
 */
export function reservedFor(
  client: Dhcp4Client,
  link: ClientLink,
  sources: Dhcp4Sources,
  now: number,
): Choice | Objection | null {
  let objection: Objection | null = null;
  for (const { address, family } of client.machine?.addresses ?? []) {
    if (family !== 4 || !placeOn(link, address, sources.view)) continue;
    const choice = check(address, client, link, sources, now);
    if (typeof choice !== 'string') return choice;
    objection = choice;
  }
  return objection;
}

/**
 * An address for a client that asks for any (RFC 2131 §4.3.1): the one kept for it, the one it has or had, the one it
 * wishes, the least recently used of a pool. Null when there is none. `why` takes a sentence for each step.
 */
export function choose(
  client: Dhcp4Client,
  link: ClientLink,
  wished: string | null,
  sources: Dhcp4Sources,
  now: number,
  why: string[],
): Choice | null {
  const { view, book, ours } = sources;
  if (client.machine) {
    const reserved = reservedFor(client, link, sources, now);
    if (reserved && typeof reserved !== 'string') {
      why.push(RESERVED);
      return reserved;
    }
    why.push(reserved === 'in-use' ? RESERVED_IN_USE : NOTHING_RESERVED);
  }

  const former = book.addressOf(client.holder, 4, (id) => link.networks.some((network) => network.id === id), now);
  if (former) {
    const choice = check(former.address, client, link, sources, now);
    if (typeof choice !== 'string') {
      why.push(FORMER[former.rank]);
      return choice;
    }
  }

  if (wished !== null) {
    const choice = check(wished, client, link, sources, now);
    if (typeof choice !== 'string') {
      why.push(WISHED);
      return choice;
    }
  }

  for (const network of link.networks)
    for (const subnet of network.subnets) {
      if (subnet.family !== 4) continue;
      const isKept = (address: string) =>
        address === subnet.router || ours.has(address) || view.machineByAddress(address) !== undefined;
      for (const range of subnet.pools) {
        const address = book.free(network.id, range, now, isKept);
        if (address === null) continue;
        why.push(FROM_POOL);
        return { network, subnet, address, reserved: false };
      }
    }
  return null;
}

export const hasPools = (link: ClientLink): boolean =>
  link.networks.some(({ subnets }) => subnets.some(({ family, pools }) => family === 4 && pools.length > 0));

function inPool({ subnet }: Place, address: string): boolean {
  const value = addressValue(address);
  return typeof value === 'number' && address !== subnet.router && subnet.pools.some((range) => holds(range, value));
}

const RESERVED = 'the address is kept for this machine';
const RESERVED_IN_USE =
  'the address kept for this machine is held by another until its lease ends, so it gets one of a pool';
const NOTHING_RESERVED = 'the machine is known, but no address of this link is kept for it';
const FORMER = {
  bound: 'it has this address',
  offered: 'this address was offered to it',
  former: 'it had this address before',
} as const;
const WISHED = 'it asks for this address, which is free';
const FROM_POOL = 'the address was the least recently used of its pool';
