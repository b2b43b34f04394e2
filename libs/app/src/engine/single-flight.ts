/**
 * Runs a piece of work, never twice at once: what is asked for while it runs makes it run once more afterwards. A loop is
 * this plus a timer; whoever knows that there may be something to do calls `nudge`, and says nothing about what.
 */
export class SingleFlight {
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(private readonly work: () => Promise<void>) {}

  nudge(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.loop();
  }

  /** Undoes `stop`. */
  resume(): void {
    this.stopped = false;
  }

  /** Begins nothing more, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async loop(): Promise<void> {
    try {
      do {
        this.again = false;
        await this.work();
      } while (this.again && !this.stopped);
    } finally {
      // In the same breath as the last look at `again`: whoever nudges in between would be heard by nobody.
      this.running = null;
    }
  }
}
