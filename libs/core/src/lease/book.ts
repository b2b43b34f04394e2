import { Heap } from '../anneal/heap.js';
import { addressValue } from '../boot-view/address-value.js';
import type { AddressRange, IpFamily, NetworkId } from '../boot-view/document.js';
import { invariant } from '../base/invariant.js';
import type { Lease } from './lease.js';
import { PoolCursor } from './pool-cursor.js';

/**
 * Who holds which address, in memory, for DHCPv4 and DHCPv6. It is what keeps an address from being promised twice: an
 * address has one entry, an entry one holder. An offer is a short hold that is kept here only; a lease is written to
 * the journal by whoever called `bind`, before the client hears of it. Reservations are not in the book: they follow
 * from the boot view, and the engines ask it (`isReserved`).
 *
 * Every operation takes O(1), or O(log n) where an end is noted. It knows no clock: `now` is always an argument.
 */

/** How many former leases and lapsed offers are remembered, so that a client finds its address again: about 200 MB. */
const REMEMBERED_MAX = 500_000;
/** How many ends are attended to before an answer: more would make one client wait for many that left. */
const ENDS_PER_STEP_MAX = 64;
/** How many addresses are looked at for one answer: some milliseconds. The search goes on where it stopped. */
const LOOKS_PER_SEARCH_MAX = 65_536;
/** A pool without a free address is not searched from its beginning more often, in milliseconds. */
const REWIND_PAUSE_MS = 10_000;

/** A hold that was told to a client and may become a lease. */
export interface Offer {
  readonly network: NetworkId;
  readonly family: IpFamily;
  readonly address: string;
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface Entry {
  readonly network: NetworkId;
  readonly family: IpFamily;
  readonly address: string;
  /** Empty where nobody shall find it again: a declined address. */
  holder: string;
  lease: Lease | null;
  /** End of the hold by an offer; 0 without one. */
  offeredUntil: number;
  /** The moment that stands in the heap; 0 when none does. */
  endNoted: number;
  /** It waits in its pool to be given out. */
  returned: boolean;
  /** Other entries of this holder. */
  next: Entry | null;
}

interface Pool {
  readonly cursor: PoolCursor;
  /** Addresses were passed over that may be free later without anybody giving them back: reserved, or forgotten ones. */
  passedOver: boolean;
  rewoundAt: number;
}

export class LeaseBook {
  private readonly byAddress = new Map<string, Entry>();
  private readonly byHolder = new Map<string, Entry>();
  private readonly pools = new Map<string, Pool>();
  private readonly poolsOfNetwork = new Map<NetworkId, Pool[]>();
  private readonly ends = new Heap<{ readonly entry: Entry; readonly at: number }>((a, b) => a.at < b.at);

  /** Number of addresses with a lease, a former lease or an offer. */
  get size(): number {
    return this.byAddress.size;
  }

  /** The lease of this address as it was last written, also when it has ended since. */
  leaseAt(address: string): Lease | null {
    return this.byAddress.get(address)?.lease ?? null;
  }

  offerAt(address: string, now: number): Offer | null {
    const entry = this.byAddress.get(address);
    return entry && entry.offeredUntil > now ? offerOf(entry) : null;
  }

  /** The leases that this holder has or had and that nobody else got since, in all networks. */
  leasesOf(holder: string): readonly Lease[] {
    const leases: Lease[] = [];
    for (let entry = this.byHolder.get(holder) ?? null; entry; entry = entry.next)
      if (entry.lease) leases.push(entry.lease);
    return leases;
  }

  /**
   * The address that this holder has, had, or was offered in one of these networks, the liveliest first: bound, then
   * offered, then former. Null when there is none.
   */
  addressOf(
    holder: string,
    family: IpFamily,
    isNetwork: (network: NetworkId) => boolean,
    now: number,
  ): { readonly address: string; readonly network: NetworkId; readonly rank: 'bound' | 'offered' | 'former' } | null {
    let best: Entry | null = null;
    let bestRank = -1;
    for (let entry = this.byHolder.get(holder) ?? null; entry; entry = entry.next) {
      if (entry.family !== family || !isNetwork(entry.network)) continue;
      const rank = isBound(entry, now) ? 2 : entry.offeredUntil > now ? 1 : 0;
      if (rank > bestRank) {
        best = entry;
        bestRank = rank;
      }
    }
    if (!best) return null;
    return { address: best.address, network: best.network, rank: (['former', 'offered', 'bound'] as const)[bestRank]! };
  }

  /** True when this holder may have the address: it is free, or it is the holder's own. A declined one is nobody's. */
  mayHave(address: string, holder: string, now: number): boolean {
    const entry = this.byAddress.get(address);
    if (!entry) return true;
    if (entry.lease && entry.lease.until > now && entry.lease.state !== 'released')
      return entry.lease.state === 'bound' && entry.lease.holder === holder;
    return entry.offeredUntil <= now || entry.holder === holder;
  }

  /** The holder of a lease or an offer that is in force; null when the address is free or declined. */
  holderOf(address: string, now: number): string | null {
    const entry = this.byAddress.get(address);
    if (!entry || entry.holder === '') return null;
    return isBound(entry, now) || entry.offeredUntil > now ? entry.holder : null;
  }

  /**
   * A free address of the range, the least recently used; null when there is none, or none was found in a bounded
   * search that the next call continues. Nothing is held yet: offer or bind it before anybody else asks. An address for
   * which `isReserved` holds is passed over.
   */
  free(network: NetworkId, range: AddressRange, now: number, isReserved: (address: string) => boolean): string | null {
    this.attendToEnds(now);
    const pool = this.poolOf(network, range);
    const address = this.search(pool, now, isReserved);
    if (address !== null || !pool.passedOver || now - pool.rewoundAt < REWIND_PAUSE_MS) return address;
    pool.cursor.rewind();
    pool.passedOver = false;
    pool.rewoundAt = now;
    return this.search(pool, now, isReserved);
  }

  /** Holds an address for a while. It must be free for this holder (`mayHave`). */
  offer(offer: Offer, now: number): void {
    const entry = this.claim(offer, now);
    entry.offeredUntil = offer.until;
    this.noteEnd(entry, now);
  }

  /** Ends the offers that this holder has, but no lease: it chose another server. */
  withdraw(holder: string, now: number): void {
    for (let entry = this.byHolder.get(holder) ?? null; entry; entry = entry.next) {
      if (entry.offeredUntil <= now) continue;
      entry.offeredUntil = 0;
      if (!isBound(entry, now)) this.giveBack(entry);
    }
  }

  /**
   * Makes or renews a lease; one with a state other than `bound` says how it stands. The address must be free for its
   * holder (`mayHave`).
   */
  bind(lease: Lease, now: number): void {
    const entry = this.claim(lease, now);
    entry.lease = lease;
    entry.offeredUntil = 0;
    if (lease.state === 'declined') this.changeHolder(entry, '');
    this.noteEnd(entry, now);
    if (lease.state === 'released') this.giveBack(entry);
  }

  /** Takes in what a journal tells, in its order: whatever was said of the address before is void. */
  restore(lease: Lease, now: number): void {
    const entry = this.byAddress.get(lease.address);
    if (entry) this.forget(entry);
    this.bind(lease, now);
  }

  /** Ends the lease that this holder has on the address. Returns it as it stands now, null when it has none. */
  release(address: string, holder: string, now: number): Lease | null {
    const entry = this.byAddress.get(address);
    if (!entry?.lease || entry.lease.holder !== holder || !isBound(entry, now)) return null;
    entry.lease = { ...entry.lease, state: 'released', until: now };
    entry.offeredUntil = 0;
    this.giveBack(entry);
    return entry.lease;
  }

  /**
   * Nobody gets this address until then: its holder, or a probe, found it in use. Returns the lease that says so; null
   * when the holder neither has it nor was offered it, so that no stranger can empty a pool.
   */
  decline(address: string, holder: string, now: number, until: number): Lease | null {
    const entry = this.byAddress.get(address);
    if (!entry || entry.holder !== holder || !(isBound(entry, now) || entry.offeredUntil > now)) return null;
    const { network, family } = entry;
    const { mac = null, node = null, hostname = null } = entry.lease ?? {};
    const lease: Lease = {
      network,
      family,
      address,
      holder,
      mac,
      node,
      hostname,
      state: 'declined',
      since: now,
      until,
    };
    this.bind(lease, now);
    return lease;
  }

  /**
   * Returns addresses whose time is over to their pools, at most `max` of them. Nothing depends on when it is called:
   * whether an address is free is always judged by the clock.
   */
  attendToEnds(now: number, max = ENDS_PER_STEP_MAX): number {
    let attended = 0;
    for (let end = this.ends.peek(); end && end.at <= now && attended < max; end = this.ends.peek()) {
      this.ends.pop();
      attended += 1;
      const { entry, at } = end;
      if (entry.endNoted !== at || this.byAddress.get(entry.address) !== entry) continue;
      entry.endNoted = 0;
      const until = endOf(entry);
      if (until > now) this.noteEnd(entry, now);
      else this.giveBack(entry);
    }
    return attended;
  }

  /** Everything that a journal has to remember: leases that hold, and those that ended and are not forgotten. */
  *leases(): IterableIterator<Lease> {
    for (const entry of this.byAddress.values()) if (entry.lease) yield entry.lease;
  }

  /** Leases that are in force now, declined addresses included. */
  *leasesInForce(now: number): IterableIterator<Lease> {
    for (const lease of this.leases()) if (lease.until > now && lease.state !== 'released') yield lease;
  }

  private search(pool: Pool, now: number, isReserved: (address: string) => boolean): string | null {
    for (let looks = 0; looks < LOOKS_PER_SEARCH_MAX; looks += 1) {
      const address = pool.cursor.step();
      if (address === null) return null;
      const entry = this.byAddress.get(address);
      if (entry) {
        entry.returned = false;
        if (endOf(entry) > now) continue;
      }
      if (!isReserved(address)) return address;
      pool.passedOver = true;
    }
    return null;
  }

  private claim(wish: { network: NetworkId; family: IpFamily; address: string; holder: string }, now: number): Entry {
    const { network, family, address, holder } = wish;
    let entry = this.byAddress.get(address);
    invariant(
      this.mayHave(address, holder, now) || entry?.lease?.holder === holder,
      `${address} is held by ${entry?.holder || 'nobody, it was declined'} and cannot go to ${holder}`,
    );
    if (entry && (entry.network !== network || entry.family !== family)) {
      this.forget(entry);
      entry = undefined;
    }
    if (!entry) {
      entry = {
        network,
        family,
        address,
        holder: '',
        lease: null,
        offeredUntil: 0,
        endNoted: 0,
        returned: false,
        next: null,
      };
      this.byAddress.set(address, entry);
    }
    if (entry.holder !== holder) {
      if (entry.lease && entry.lease.holder !== holder) entry.lease = null;
      this.changeHolder(entry, holder);
    }
    return entry;
  }

  private changeHolder(entry: Entry, holder: string): void {
    if (entry.holder !== '') {
      const first = this.byHolder.get(entry.holder) ?? null;
      if (first === entry) {
        if (entry.next) this.byHolder.set(entry.holder, entry.next);
        else this.byHolder.delete(entry.holder);
      } else {
        for (let other = first; other; other = other.next) if (other.next === entry) other.next = entry.next;
      }
    }
    entry.holder = holder;
    entry.next = null;
    if (holder === '') return;
    entry.next = this.byHolder.get(holder) ?? null;
    this.byHolder.set(holder, entry);
  }

  /** One moment stands in the heap for an entry: a later end is noted when the earlier one comes up. */
  private noteEnd(entry: Entry, now: number): void {
    const at = endOf(entry);
    if (at <= now || (entry.endNoted !== 0 && entry.endNoted <= at)) return;
    entry.endNoted = at;
    this.ends.push({ entry, at });
  }

  private giveBack(entry: Entry): void {
    if (entry.returned) return;
    const value = addressValue(entry.address);
    const pool =
      value === null ? undefined : this.poolsOfNetwork.get(entry.network)?.find(({ cursor }) => cursor.holds(value));
    if (pool && value !== null && !pool.cursor.isAhead(value)) {
      entry.returned = true;
      pool.cursor.giveBack(entry.address);
    }
    if (this.byAddress.size > REMEMBERED_MAX) {
      // The address itself waits in its pool; only the memory of who had it goes.
      this.forget(entry);
    }
  }

  private forget(entry: Entry): void {
    this.changeHolder(entry, '');
    this.byAddress.delete(entry.address);
  }

  private poolOf(network: NetworkId, range: AddressRange): Pool {
    const key = `${network} ${range.first} ${range.last}`;
    let pool = this.pools.get(key);
    if (!pool) {
      pool = { cursor: new PoolCursor(range), passedOver: false, rewoundAt: Number.NEGATIVE_INFINITY };
      this.pools.set(key, pool);
      this.poolsOfNetwork.set(network, [...(this.poolsOfNetwork.get(network) ?? []), pool]);
    }
    return pool;
  }
}

const isBound = (entry: Entry, now: number): boolean =>
  entry.lease !== null && entry.lease.state === 'bound' && entry.lease.until > now;

/** When nobody has a claim on it any more. */
const endOf = (entry: Entry): number =>
  Math.max(entry.offeredUntil, entry.lease && entry.lease.state !== 'released' ? entry.lease.until : 0);

const offerOf = (entry: Entry): Offer => ({
  network: entry.network,
  family: entry.family,
  address: entry.address,
  holder: entry.holder,
  until: entry.offeredUntil,
});
