import { randomFillSync } from 'node:crypto';
import { IdSource } from '#app';
import type { Branded } from '#core';

/**
 * UUIDs version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then a counter, then chance. Rows that are made together lie
 * together in an index, which makes inserting many of them cheap, and within this process a later id is a greater one.
 */
export class TimeOrderedIds extends IdSource {
  private lastMs = 0;
  private counter = 0;
  private readonly pool = new Uint8Array(4_096);
  private used = this.pool.length;

  override next<Id extends Branded<string>>(): Id {
    const nowMs = Date.now();
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.counter = 0;
    } else if (this.counter === COUNTER_MAX) {
      // More than 4,096 in one millisecond: the next ones borrow from the milliseconds to come.
      this.lastMs += 1;
      this.counter = 0;
    } else this.counter += 1;
    return this.print() as Id;
  }

  private print(): string {
    const time = this.lastMs.toString(16).padStart(12, '0');
    const count = this.counter.toString(16).padStart(3, '0');
    const chance = this.chance();
    const variant = ((parseInt(chance[0] as string, 16) & 0x3) | 0x8).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${chance.slice(1, 4)}-${chance.slice(4, 16)}`;
  }

  private chance(): string {
    if (this.used + 8 > this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const bytes = this.pool.subarray(this.used, this.used + 8);
    this.used += 8;
    return Buffer.from(bytes).toString('hex');
  }
}

/** Twelve bits. */
const COUNTER_MAX = 0xfff;
