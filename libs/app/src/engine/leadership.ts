import type { EngineRecords, Lease } from '../ports/engine-store.js';
import type { Log } from '../ports/log.js';
import type { LoopStatus } from '../ports/worker-store.js';
import { LEASE_MS, LEASE_RENEW_MS } from './limits.js';
import { Periodic } from './periodic.js';

/** The lease of whoever plans. */
export const ANNEAL_LEASE = 'anneal';

/** How long a lease lasts, and how often it is renewed, in milliseconds. */
export interface LeaseLimits {
  readonly ms: number;
  readonly renewMs: number;
}

const LEASE_LIMITS: LeaseLimits = { ms: LEASE_MS, renewMs: LEASE_RENEW_MS };

/**
 * Keeps trying to lead. One process in the installation does; when it falls silent another follows within seconds. A former
 * leader that wakes up late is fenced off by the epoch: the database refuses what it plans.
 */
export class Leadership {
  private held: Lease | null = null;
  private readonly loop: Periodic;

  constructor(
    private readonly records: EngineRecords,
    private readonly holder: string,
    private readonly changed: (lease: Lease | null) => void,
    private readonly log: Log,
    private readonly limits: LeaseLimits = LEASE_LIMITS,
  ) {
    this.loop = new Periodic('leadership', limits.renewMs, () => this.renew(), log);
  }

  get lease(): Lease | null {
    return this.held;
  }

  get status(): LoopStatus {
    return this.loop.status;
  }

  start(): void {
    this.loop.start();
  }

  /** The database refused the lease: it is somebody else's. */
  lost(): void {
    this.become(null);
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    const lease = this.held;
    this.become(null);
    // Given back, so that the next leader need not wait for its end; when that fails, it ends by itself.
    if (lease) await this.records.giveLease(lease).catch(() => undefined);
  }

  private async renew(): Promise<void> {
    this.become(await this.records.takeLease(ANNEAL_LEASE, this.holder, this.limits.ms));
  }

  private become(lease: Lease | null): void {
    if (lease?.epoch === this.held?.epoch) return;
    this.held = lease;
    this.log.info(lease ? 'this process leads' : 'this process no longer leads', lease ? { epoch: lease.epoch } : {});
    this.changed(lease);
  }
}
