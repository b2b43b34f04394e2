/** The end of an action's time, shared by all its steps. */
export class Deadline {
  private readonly endsAt: number;

  constructor(
    ms: number,
    readonly signal?: AbortSignal,
  ) {
    this.endsAt = performance.now() + ms;
  }

  /** Milliseconds that are left; 0 when it is over or the caller has let go. */
  get leftMs(): number {
    return this.signal?.aborted ? 0 : Math.max(0, this.endsAt - performance.now());
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  /** A piece of what is left. */
  within(ms: number): Deadline {
    return new Deadline(Math.min(ms, this.leftMs), this.signal);
  }

  /** Waits so long, or until it is over or the caller lets go. */
  async pause(ms: number): Promise<void> {
    const wait = Math.min(ms, this.leftMs);
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, wait);
      this.signal?.addEventListener('abort', done, { once: true });
    });
  }
}
