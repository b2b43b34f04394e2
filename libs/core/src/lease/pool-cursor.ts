import { Address6 } from 'ip-address';
import type { AddressRange, IpFamily } from '../boot-view/document.js';
import { addressValue, type AddressValue } from '../boot-view/address-value.js';

/** The canonical text of a value: dotted quad, or RFC 5952. */
export function addressText(value: AddressValue): string {
  if (typeof value === 'bigint') return Address6.fromBigInt(value).correctForm();
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/**
 * The addresses of one range in the order in which they are given out: first those that nobody ever had, from low to
 * high, then those that came back, the one that has been back longest first (RFC 2131 §4.3.1 asks for that, and it
 * gives a client the best chance to find its former address free). Either step is O(1). It does not know who has what:
 * the book looks at each address that it is handed.
 */
export class PoolCursor {
  readonly family: IpFamily;
  private readonly last: AddressValue;
  private readonly first: AddressValue;
  private next: AddressValue;
  private returned: string[] = [];
  private returnedFrom = 0;

  /** `range` must hold two addresses of one family; a range that does not holds nothing. */
  constructor(range: AddressRange) {
    const first = addressValue(range.first);
    const last = addressValue(range.last);
    const sound = first !== null && last !== null && typeof first === typeof last;
    this.first = sound ? first : 1;
    this.last = sound ? last : 0;
    this.family = typeof this.first === 'bigint' ? 6 : 4;
    this.next = this.first;
  }

  holds(value: AddressValue): boolean {
    return typeof value === typeof this.first && value >= this.first && value <= this.last;
  }

  /** Number of addresses in the range; beyond 2^53 it is only near. */
  get size(): number {
    return this.last < this.first ? 0 : Number(BigInt(this.last) - BigInt(this.first)) + 1;
  }

  /** The next address to look at; null when all have been handed out and none came back. */
  step(): string | null {
    if (this.next <= this.last) {
      const text = addressText(this.next);
      this.next = typeof this.next === 'bigint' ? this.next + 1n : this.next + 1;
      return text;
    }
    const address = this.returned[this.returnedFrom];
    if (address === undefined) return null;
    this.returnedFrom += 1;
    // The spent half is let go now and then, so that taking one out never moves the others.
    if (this.returnedFrom > 1_024 && this.returnedFrom * 2 > this.returned.length) {
      this.returned = this.returned.slice(this.returnedFrom);
      this.returnedFrom = 0;
    }
    return address;
  }

  /** True for an address that `step` will come to by itself. */
  isAhead(value: AddressValue): boolean {
    return value >= this.next;
  }

  giveBack(address: string): void {
    this.returned.push(address);
  }

  /** Begins anew from the lowest address. */
  rewind(): void {
    this.next = this.first;
    this.returned = [];
    this.returnedFrom = 0;
  }
}
