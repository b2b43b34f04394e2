/**
 * What has come and is not answered yet. When more comes than can be answered, somebody has to ask again: rather those
 * who only look for a server than those who have been promised an address and come to take it, since an exchange that is
 * cut in its middle was work for nothing. And rather nobody gets an answer than one that comes after its client has given
 * up: what waited longer than a second is dropped.
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

/** What waits, oldest first; taken out at either end in O(1). */
class Line<Item> {
  private items: (Item | undefined)[] = [];
  private from = 0;

  get length(): number {
    return this.items.length - this.from;
  }

  get oldest(): Item | undefined {
    return this.items[this.from];
  }

  push(item: Item): void {
    this.items.push(item);
  }

  takeOldest(): Item | undefined {
    const item = this.items[this.from];
    if (item === undefined) return undefined;
    this.items[this.from] = undefined;
    this.from += 1;
    this.tidy();
    return item;
  }

  takeNewest(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.items.pop();
    this.tidy();
    return item;
  }

  private tidy(): void {
    if (this.from === this.items.length) {
      this.items.length = 0;
      this.from = 0;
    } else if (this.from >= WAITING_MAX) {
      this.items = this.items.slice(this.from);
      this.from = 0;
    }
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
      line.takeOldest();
      this.dropped += 1;
    }
  }

  /** The next to be answered; what waited too long is left out. */
  shift(now: number): Arrived<Source> | undefined {
    for (const line of [this.urgent, this.other])
      while (line.oldest !== undefined && now - line.oldest.at > WAITED_MS_MAX) {
        line.takeOldest();
        this.dropped += 1;
      }
    // Of those who look for a server, the one that came last is the likeliest to listen still.
    return this.urgent.takeOldest() ?? this.other.takeNewest();
  }
}

/** A glance at the message type, which nearly everybody puts first; where it is not, the message counts as urgent. */
const isDiscover = (bytes: Buffer): boolean => bytes[240] === 53 && bytes[242] === 1;
