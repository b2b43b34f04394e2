import type { IpFamily } from '../boot-view/document.js';
import type { AddressSpan } from './address.js';

/**
 * What is free in a range, or in the part of it that matters: disjoint spans in order, with a gap between any two. Taking
 * an address, giving one back and finding the lowest look at as many spans as a binary search does, whatever the size of
 * the range and however much of it is taken.
 */
export class FreeSpans {
  private readonly spans: { first: bigint; last: bigint }[];
  private readonly family: IpFamily;
  /** Spans that were looked at so far: what the work grows with. */
  looks = 0;

  constructor(
    family: IpFamily,
    private readonly before: readonly AddressSpan[],
  ) {
    this.family = family;
    this.spans = before.map(({ first, last }) => ({ first, last })).sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  /** Takes an address out; false when it is not free. */
  take(address: bigint): boolean {
    const at = this.floor(address);
    const span = this.spans[at];
    if (!span || span.last < address) return false;
    this.cut(at, span, address);
    return true;
  }

  /** Takes the lowest address that is none of a few. Null when there is none. */
  takeLowest(avoid: ReadonlySet<bigint>): bigint | null {
    for (let at = 0; at < this.spans.length; at += 1) {
      const span = this.spans[at] as { first: bigint; last: bigint };
      this.looks += 1;
      let address = span.first;
      while (address <= span.last && avoid.has(address)) address += 1n;
      if (address > span.last) continue;
      this.cut(at, span, address);
      return address;
    }
    return null;
  }

  /** Gives an address back; it becomes one with its neighbours. False when it was free already. */
  give(address: bigint): boolean {
    const at = this.floor(address);
    const below = this.spans[at];
    if (below && below.last >= address) return false;
    const above = this.spans[at + 1];
    const joinsBelow = below?.last === address - 1n;
    const joinsAbove = above?.first === address + 1n;
    if (joinsBelow && joinsAbove) {
      below.last = above.last;
      this.spans.splice(at + 1, 1);
    } else if (joinsBelow) below.last = address;
    else if (joinsAbove) above.first = address;
    else this.spans.splice(at + 1, 0, { first: address, last: address });
    return true;
  }

  /** The spans as they are now. */
  now(): AddressSpan[] {
    return this.spans.map(({ first, last }) => ({ family: this.family, first, last }));
  }

  /** What has to be written: spans that are no more, and spans that are new. */
  difference(): { readonly before: readonly AddressSpan[]; readonly after: readonly AddressSpan[] } {
    const keyOf = ({ first, last }: { first: bigint; last: bigint }): string => `${first}-${last}`;
    const was = new Set(this.before.map(keyOf));
    const after = this.now();
    const is = new Set(after.map(keyOf));
    return {
      before: this.before.filter((span) => !is.has(keyOf(span))),
      after: after.filter((span) => !was.has(keyOf(span))),
    };
  }

  private cut(at: number, span: { first: bigint; last: bigint }, address: bigint): void {
    const { first, last } = span;
    if (first === last) this.spans.splice(at, 1);
    else if (address === first) span.first = address + 1n;
    else if (address === last) span.last = address - 1n;
    else {
      span.last = address - 1n;
      this.spans.splice(at + 1, 0, { first: address + 1n, last });
    }
  }

  /** The index of the last span that begins at or below an address; -1 when there is none. */
  private floor(address: bigint): number {
    let [low, high] = [0, this.spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      this.looks += 1;
      if ((this.spans[middle] as { first: bigint }).first <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
