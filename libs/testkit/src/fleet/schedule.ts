import type { VirtualClock } from '../world/virtual-clock.js';

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly what: () => Promise<void> | void;
}

/** What happens later on a virtual clock. Of two things at one instant the one that was planned first comes first. */
export class Schedule {
  private readonly heap: Planned[] = [];
  private planned = 0;

  constructor(private readonly clock: VirtualClock) {}

  /** Milliseconds from now. */
  after(ms: number, what: () => Promise<void> | void): void {
    this.planned += 1;
    this.heap.push({ at: this.clock.now() + ms, order: this.planned, what });
    for (let at = this.heap.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(at, above)) break;
      this.swap(at, above);
      at = above;
    }
  }

  /** Lets everything happen up to an instant, milliseconds since the epoch; the clock stands there afterwards. */
  async until(instant: number): Promise<void> {
    for (let next = this.heap[0]; next && next.at <= instant; next = this.heap[0]) {
      this.take();
      this.clock.advanceTo(next.at);
      await next.what();
    }
    this.clock.advanceTo(instant);
  }

  private take(): void {
    const last = this.heap.pop() as Planned;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.heap.length && this.isBefore(left, least)) least = left;
      if (right < this.heap.length && this.isBefore(right, least)) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a] as Planned, this.heap[b] as Planned];
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b] as Planned, this.heap[a] as Planned];
  }
}
