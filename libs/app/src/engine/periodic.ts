import type { Log } from '../ports/log.js';
import type { LoopStatus } from '../ports/worker-store.js';
import { LoopRecord } from './loop-record.js';
import { SingleFlight } from './single-flight.js';

/**
 * A loop: its work looks at the rows and does what is to be done, now because it was nudged, or soon because its timer
 * fired. It takes no input, a failure is logged and the next turn is the retry. After a turn it may rest, so that a burst
 * of nudges costs a few looks and not one each; the first nudge after a quiet time is heard at once.
 */
export class Periodic {
  private readonly flight: SingleFlight;
  private timer: NodeJS.Timeout | null = null;
  private wake: (() => void) | null = null;
  private readonly record: LoopRecord;

  constructor(
    readonly name: string,
    private readonly periodMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly log: Log,
    private readonly restMs = 0,
  ) {
    this.record = new LoopRecord(name, periodMs);
    this.flight = new SingleFlight(() => this.turn().then(() => this.rest()));
  }

  start(): void {
    this.flight.resume();
    this.timer = setInterval(() => this.flight.nudge(), this.periodMs);
    this.flight.nudge();
  }

  nudge(): void {
    this.flight.nudge();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    const stopped = this.flight.stop();
    this.wake?.();
    await stopped;
  }

  get status(): LoopStatus {
    return this.record.status;
  }

  private async turn(): Promise<void> {
    const end = this.record.begin();
    try {
      await this.work();
      end();
    } catch (cause) {
      end({ cause });
      this.log.error(`the ${this.name} loop failed and will try again`, cause, { failures: this.status.failures });
    }
  }

  /** Ends early when the loop is stopped. */
  private async rest(): Promise<void> {
    if (this.restMs === 0 || this.timer === null) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, this.restMs);
    });
    clearTimeout(timer);
    this.wake = null;
  }
}
