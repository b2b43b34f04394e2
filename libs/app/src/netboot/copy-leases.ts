import type { Lease } from '#core';
import { Periodic } from '../engine/periodic.js';
import type { Log } from '../ports/log.js';
import type { NetbootServerId } from '../ports/model-ids.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { withinDeadline } from '../boot-view/within-deadline.js';

/** How soon after a lease was given everybody can see it, in milliseconds. */
const COPY_PERIOD_MS = 500;
/** Leases that one statement writes. */
const LEASES_PER_STATEMENT = 2_000;
/** A batch that takes longer than this, in milliseconds, is given up and written again. */
const COPY_WITHIN_MS = 15_000;
const RETRY_REST_MS = 1_000;

/**
 * Copies leases to where everybody can see them, after they are durable with their server: in batches, the last word on
 * an address only, again and again until it has succeeded. Nothing waits for it, and the same copied twice is harmless.
 */
export class CopyLeases {
  /** By address: what was said last. Never more than there are leases. */
  private pending = new Map<string, Lease>();
  private readonly loop: Periodic;
  private failures = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly server: NetbootServerId,
    private readonly log: Log,
  ) {
    this.loop = new Periodic('lease copy', COPY_PERIOD_MS, () => this.turn(), log);
  }

  /** Leases that are not copied yet. */
  get waiting(): number {
    return this.pending.size;
  }

  take(leases: Iterable<Lease>): void {
    for (const lease of leases) this.pending.set(lease.address, lease);
  }

  start(): void {
    this.loop.start();
  }

  /** Copies what waits, when the database answers soon, and ends. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.turn();
  }

  private async turn(): Promise<void> {
    while (this.pending.size > 0) {
      const batch: Lease[] = [];
      for (const lease of this.pending.values()) if (batch.push(lease) >= LEASES_PER_STATEMENT) break;
      try {
        await withinDeadline(
          this.unitOfWork.write(ENGINE, (tx) => tx.netboot.copyLeases(this.server, batch, new Date())),
          COPY_WITHIN_MS,
          'copying leases',
        );
        if (this.failures > 0) this.log.info('leases are copied to the database again', { waiting: this.pending.size });
        this.failures = 0;
      } catch (cause) {
        if (this.failures === 0)
          this.log.error('leases cannot be copied to the database now; they are kept here', cause);
        this.failures += 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_REST_MS));
        return;
      }
      for (const lease of batch) if (this.pending.get(lease.address) === lease) this.pending.delete(lease.address);
    }
  }
}
