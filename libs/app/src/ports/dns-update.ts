import type { KeyedDnsServer } from './dns-store.js';

/** A record as servers elsewhere have it: names absolute, lower case and without a dot at the end; data as written. */
export interface ForeignRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** Presentation format, names in it with a dot at the end. */
  readonly value: string;
}

export interface ZoneUpdate {
  readonly add: readonly ForeignRecord[];
  readonly remove: readonly Omit<ForeignRecord, 'ttl'>[];
}

/**
 * Talks to a DNS server that somebody else runs, signed with the key that was agreed on. Throws with a sentence that an
 * operator can act on when the server does not answer, does not accept the key, or refuses.
 */
export abstract class DnsUpdate {
  /** All records of a zone that the server is primary for, by a transfer (RFC 5936). */
  abstract read(server: KeyedDnsServer, zone: string): Promise<ForeignRecord[]>;
  /** Adds and removes single records (RFC 2136); what is there already, or gone already, is no failure. */
  abstract update(server: KeyedDnsServer, zone: string, update: ZoneUpdate): Promise<void>;
}
