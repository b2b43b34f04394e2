import { SingleFlight } from '../engine/single-flight.js';
import type { Log } from '../ports/log.js';
import type { NetbootBeat } from '../ports/netboot-store.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { withinDeadline } from '../boot-view/within-deadline.js';
import { ACKNOWLEDGE_QUIET_MS, ACKNOWLEDGE_REST_MS, BEAT_PERIOD_MS } from './limits.js';

/** A beat that takes longer than this, in milliseconds, is given up; the next one says the same and more. */
const BEAT_WITHIN_MS = 10_000;

/**
 * Tells the rows that this netboot server lives, how its services stand, and which generation it has taken in. It writes
 * one row, again and again; what it could not write while the database was away is told by the next beat.
 */
export class Acknowledge {
  private readonly flight = new SingleFlight(() => this.turn());
  private timer: NodeJS.Timeout | null = null;
  private soon: NodeJS.Timeout | null = null;
  private soonAt = Number.POSITIVE_INFINITY;
  private failed = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
    /** What is true now. */
    private readonly beat: () => NetbootBeat,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.flight.nudge(), BEAT_PERIOD_MS);
    this.flight.nudge();
  }

  /** The copy has reached another generation. `isNews`: somebody may be waiting for it. */
  reached(isNews: boolean): void {
    const inMs = isNews ? 0 : ACKNOWLEDGE_QUIET_MS;
    const at = Date.now() + inMs;
    if (this.timer === null || at >= this.soonAt) return;
    if (this.soon) clearTimeout(this.soon);
    this.soonAt = at;
    this.soon = setTimeout(() => {
      this.soonAt = Number.POSITIVE_INFINITY;
      this.flight.nudge();
    }, inMs);
  }

  /** Says once more that it stops, so that nobody waits for it. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    if (this.soon) clearTimeout(this.soon);
    this.timer = null;
    await this.flight.stop();
    const { id } = this.beat();
    await withinDeadline(
      this.unitOfWork.write(ENGINE, (tx) => tx.netboot.stopped(id)),
      BEAT_WITHIN_MS / 5,
      'saying that this netboot server stops',
    ).catch((cause: unknown) =>
      this.log.warn('the database was not told that netboot stops', { cause: String(cause) }),
    );
  }

  private async turn(): Promise<void> {
    const beat = this.beat();
    try {
      await withinDeadline(
        this.unitOfWork.write(ENGINE, (tx) => tx.netboot.beat(beat)),
        BEAT_WITHIN_MS,
        'acknowledging the boot view',
      );
      this.failed = false;
    } catch (cause) {
      if (!this.failed) this.log.error('the database does not hear from this netboot server', cause);
      this.failed = true;
    }
    await new Promise((resolve) => setTimeout(resolve, ACKNOWLEDGE_REST_MS));
  }
}
