import { addressValue, prefixOf, prefixValue, type AddressValue } from './address-value.js';
import { Claims } from './claims.js';
import type { IpFamily } from './document.js';

/**
 * Which of many subnets holds an address: the one with the longest prefix. One map for each prefix length that occurs,
 * asked from the longest down; an installation has a handful of lengths, whatever the number of its subnets.
 */
export class PrefixIndex<Entry> {
  private readonly byFamily: Record<IpFamily, Level<Entry>[]> = { 4: [], 6: [] };

  add(cidr: string, id: string, entry: Entry): void {
    const prefix = prefixValue(cidr);
    if (prefix === null) return;
    const levels = this.byFamily[prefix.family];
    let level = levels.find((candidate) => candidate.length === prefix.length);
    if (level === undefined) {
      level = { length: prefix.length, claims: new Claims() };
      levels.push(level);
      levels.sort((a, b) => b.length - a.length);
    }
    level.claims.add(prefix.prefix, id, entry);
  }

  remove(cidr: string, id: string): void {
    const prefix = prefixValue(cidr);
    if (prefix === null) return;
    const levels = this.byFamily[prefix.family];
    const level = levels.find((candidate) => candidate.length === prefix.length);
    if (level === undefined) return;
    level.claims.remove(prefix.prefix, id);
    if (level.claims.size === 0) levels.splice(levels.indexOf(level), 1);
  }

  holding(address: string): Entry | undefined {
    const value = addressValue(address);
    return value === null ? undefined : this.holdingValue(value);
  }

  private holdingValue(value: AddressValue): Entry | undefined {
    for (const level of this.byFamily[typeof value === 'number' ? 4 : 6]) {
      const entry = level.claims.get(prefixOf(value, level.length));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Subnets that more than one network has, with those networks, the winner first. */
  *conflicts(): IterableIterator<readonly Entry[]> {
    for (const levels of [this.byFamily[4], this.byFamily[6]])
      for (const level of levels) for (const [, entries] of level.claims.conflicts()) yield entries;
  }
}

interface Level<Entry> {
  readonly length: number;
  readonly claims: Claims<AddressValue, Entry>;
}
