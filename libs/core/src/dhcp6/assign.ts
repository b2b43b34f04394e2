import { addressValue } from '../boot-view/address-value.js';
import type { NetworkId } from '../boot-view/document.js';
import type { Lease } from '../lease/lease.js';
import { parseAddress6, samePrefix6 } from './address.js';
import type { Client6 } from './client.js';
import type { World6 } from './exchange.js';
import type { Place6, Subnet6 } from './place.js';

/**
 * Which addresses a client gets for one identity association. A machine that the view knows gets those that were
 * allocated to it on this link; any other client, one from a pool. Nothing is promised here: `hold` and `commit` do that.
 */

/** How long an address that was advertised waits for its Request, in milliseconds: clients ask within some seconds. */
const OFFER_MS = 60_000;
/**
 * RFC 8415 §21.6 leaves the relation to the server. Addresses stop being preferred early enough that T2 (0.8 of that) leaves
 * half of the lease for finding another server.
 */
const PREFERRED_SHARE = 0.625;
/** RFC 8415 §21.4: the recommended shares of the shortest preferred lifetime. */
const T1_SHARE = 0.5;
const T2_SHARE = 0.8;

export interface Assigned6 {
  readonly subnet: Subnet6;
  readonly address: string;
  /** Allocated to the machine, and not from a pool. */
  readonly reserved: boolean;
}

export interface Wish6 {
  readonly client: Client6;
  readonly holder: string;
  /** Addresses that the client named. */
  readonly named: readonly string[];
  /** The association that gets what was allocated to the machine: its first one. Others get what a pool has. */
  readonly first: boolean;
}

/** The addresses for a wish; none when there are none to have. */
export const assignAddresses = (world: World6, place: Place6, wish: Wish6, now: number): readonly Assigned6[] => {
  const allocated = wish.first ? allocatedTo(world, place, wish, now) : [];
  if (allocated.length > 0) return allocated;
  const pooled = fromPools(world, place, wish, now);
  return pooled ? [pooled] : [];
};

const allocatedTo = (world: World6, place: Place6, { client, holder }: Wish6, now: number): Assigned6[] => {
  const { machine } = client;
  const found: Assigned6[] = [];
  if (!machine) return found;
  for (const held of machine.addresses) {
    if (held.family !== 6) continue;
    const subnet = place.served.find(({ network }) => network.name === held.network);
    const bytes = subnet && parseAddress6(held.address);
    if (!subnet || !bytes || !samePrefix6(subnet.prefix.base, bytes, subnet.prefix.length)) continue;
    const mayHave = world.book.mayHave(held.address, holder, now) || isOwnLease(world, held.address, client, now);
    if (mayHave) found.push({ subnet, address: held.address, reserved: true });
  }
  return found;
};

/** The machine has the address already, under the name that its firmware, a loader or another system gave itself. */
const isOwnLease = ({ book }: World6, address: string, { machine }: Client6, now: number): boolean => {
  const lease = book.leaseAt(address);
  return lease !== null && lease.state === 'bound' && lease.until > now && lease.node === machine?.node;
};

const fromPools = (world: World6, place: Place6, wish: Wish6, now: number): Assigned6 | null => {
  const { book, view } = world;
  const { holder } = wish;
  const isReserved = (address: string): boolean =>
    view.machineByAddress(address) !== undefined || world.addresses.includes(address);
  const isServed = (network: NetworkId): boolean => place.served.some((subnet) => subnet.network.id === network);
  const may = (address: string): Assigned6 | null => {
    if (!book.mayHave(address, holder, now) || isReserved(address)) return null;
    const subnet = poolHolding(place, address);
    return subnet ? { subnet, address, reserved: false } : null;
  };
  const former = book.addressOf(holder, 6, isServed, now);
  const again = former && may(former.address);
  if (again) return again;
  for (const address of wish.named) {
    const named = may(address);
    if (named) return named;
  }
  for (const subnet of place.served) {
    for (const { range } of subnet.pools) {
      const address = book.free(subnet.network.id, range, now, isReserved);
      if (address !== null) return { subnet, address, reserved: false };
    }
  }
  return null;
};

const poolHolding = (place: Place6, address: string): Subnet6 | undefined => {
  const value = addressValue(address);
  return place.served.find(({ pools }) =>
    pools.some(({ first, last }) => typeof value === 'bigint' && value >= first && value <= last),
  );
};

/** Keeps advertised addresses from others for a while. What was allocated needs no keeping. */
export const holdAddresses = (world: World6, wish: Wish6, assigned: readonly Assigned6[], now: number): void => {
  for (const { subnet, address, reserved } of assigned) {
    if (reserved || world.book.holderOf(address, now) === wish.holder) continue;
    const offer = {
      network: subnet.network.id,
      family: 6,
      address,
      holder: wish.holder,
      until: now + OFFER_MS,
    } as const;
    world.book.offer(offer, now);
  }
};

/**
 * Promises the addresses and gives the leases that must be durable before the client hears of it; also those that the
 * client has no longer, because it gets others now.
 */
export const commitAddresses = (
  world: World6,
  wish: Wish6,
  assigned: readonly Assigned6[],
  hostname: string | null,
  now: number,
): readonly Lease[] => {
  const { book } = world;
  const { client, holder } = wish;
  const leases: Lease[] = [];
  for (const lease of book.leasesOf(holder)) {
    if (lease.state !== 'bound' || lease.until <= now || assigned.some(({ address }) => address === lease.address))
      continue;
    const released = book.release(lease.address, holder, now);
    if (released) leases.push(released);
  }
  for (const { subnet, address, reserved } of assigned) {
    const before = book.leaseAt(address);
    const inForce = before !== null && before.state === 'bound' && before.until > now;
    const renewed = inForce && before.holder === holder;
    // Another name of the same machine: `assignAddresses` has seen to that.
    if (inForce && !renewed) book.release(address, before.holder, now);
    const lease: Lease = {
      network: subnet.network.id,
      family: 6,
      address,
      holder,
      mac: client.mac,
      node: client.machine?.node ?? null,
      hostname: hostname ?? (renewed ? before.hostname : null),
      state: 'bound',
      since: renewed ? before.since : now,
      until: now + secondsOf(subnet, reserved) * 1_000,
    };
    book.bind(lease, now);
    leases.push(lease);
  }
  return leases;
};

const secondsOf = ({ network }: Subnet6, reserved: boolean): number =>
  reserved ? network.reservedLeaseSeconds : network.poolLeaseSeconds;

/** Lifetimes that the client is told, in seconds. */
export const lifetimesOf = ({
  subnet,
  reserved,
}: Assigned6): { readonly preferred: number; readonly valid: number } => {
  const valid = secondsOf(subnet, reserved);
  return { valid, preferred: Math.floor(valid * PREFERRED_SHARE) };
};

/** When the client renews (T1) and when it asks anybody (T2), in seconds. */
export const timersOf = (assigned: readonly Assigned6[]): { readonly t1: number; readonly t2: number } => {
  if (assigned.length === 0) return { t1: 0, t2: 0 };
  const shortest = Math.min(...assigned.map((each) => lifetimesOf(each).preferred));
  return { t1: Math.floor(shortest * T1_SHARE), t2: Math.floor(shortest * T2_SHARE) };
};
