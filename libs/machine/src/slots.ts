/** A number of places that callers take in turn. Waiting ends early when the caller's signal is aborted. */
export class Slots {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private max: number) {}

  get inUse(): number {
    return this.taken;
  }

  /** Resolves to true with a place taken, or to false without one when the signal was aborted first. */
  async take(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    if (this.taken < this.max) {
      this.taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const given = (): void => {
        signal?.removeEventListener('abort', gaveUp);
        this.taken += 1;
        resolve(true);
      };
      const gaveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(given), 1);
        resolve(false);
      };
      this.waiting.push(given);
      signal?.addEventListener('abort', gaveUp, { once: true });
    });
  }

  give(): void {
    this.taken -= 1;
    while (this.taken < this.max && this.waiting.length > 0) this.waiting.shift()!();
  }

  /** Lowers the number of places for good: the other side has shown that it allows no more. */
  lowerTo(max: number): void {
    this.max = Math.max(1, Math.min(this.max, max));
  }
}
