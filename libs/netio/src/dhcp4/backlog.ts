/**
 * What has come and is not answered yet. When more comes than can be answered, somebody has to ask again: rather those
 * who only look for a server than those who have been promised an address and come to take it, since an exchange that is
 * cut in its middle was work for nothing. And rather nobody gets an answer than one that comes after its client has given
 * up: what waited longer than `waitedMsMax` is dropped.
 */

/** Clients wait 4 s for the first answer, and less when their clock is short (RFC 2131 §4.1): later is too late. */
export const WAITED_MS_MAX = 1_000;
/** Messages of one sort that may wait. Beyond, the oldest goes. */
const WAITING_MAX = 4_096;

export interface Arrived<Source> {
  readonly bytes: Buffer;
  readonly from: string;
  readonly fromPort: number;
  readonly at: number;
  readonly source: Source;
}

/** First in, first out, both in O(1). */
class Line<Item> {
  private items: (Item | undefined)[] = [];
  private from = 0;

  get length(): number {
    return this.items.length - this.from;
  }

  push(item: Item): void {
    this.items.push(item);
  }

  shift(): Item | undefined {
    const item = this.items[this.from];
    if (item === undefined) return undefined;
    this.items[this.from] = undefined;
    this.from += 1;
    if (this.from === this.items.length) {
      this.items = [];
      this.from = 0;
    } else if (this.from >= WAITING_MAX) {
      this.items = this.items.slice(this.from);
      this.from = 0;
    }
    return item;
  }
}

export class Backlog<Source> {
  private readonly urgent = new Line<Arrived<Source>>();
  private readonly other = new Line<Arrived<Source>>();
  private dropped = 0;

  get length(): number {
    return this.urgent.length + this.other.length;
  }

  /** How many were dropped so far. */
  get shed(): number {
    return this.dropped;
  }

  push(arrived: Arrived<Source>): void {
    const line = isDiscover(arrived.bytes) ? this.other : this.urgent;
    line.push(arrived);
    if (line.length > WAITING_MAX) {
      line.shift();
      this.dropped += 1;
    }
  }

  /** The next to be answered; what waited too long is left out. */
  shift(now: number): Arrived<Source> | undefined {
    for (;;) {
      const next = this.urgent.shift() ?? this.other.shift();
      if (next === undefined || now - next.at <= WAITED_MS_MAX) return next;
      this.dropped += 1;
    }
  }
}

/** A glance at the message type, which nearly everybody puts first; where it is not, the message counts as urgent. */
const isDiscover = (bytes: Buffer): boolean => bytes[240] === 53 && bytes[242] === 1;
