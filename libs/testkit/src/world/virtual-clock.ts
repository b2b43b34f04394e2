/** A clock that stands still until it is told to go on. */
export class VirtualClock {
  /** Milliseconds since the epoch. */
  constructor(private at: number = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.at;
  }

  advance(ms: number): void {
    if (ms < 0) throw new Error(`time does not run backwards (${ms} ms)`);
    this.at += ms;
  }

  advanceTo(instant: number): void {
    if (instant > this.at) this.at = instant;
  }
}
