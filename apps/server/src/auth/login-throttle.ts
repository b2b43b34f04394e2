import { refusedByHttp } from '../http/refused.js';

/** Failures for one name, or from one address, before the door stays shut for a while. */
export const FAILURES_MAX = 10;
/** How long failures are remembered, in milliseconds. */
export const FAILURES_WINDOW_MS = 5 * 60_000;
/** Names and addresses remembered at the most; beyond it the oldest are forgotten. */
const REMEMBERED_MAX = 50_000;

/**
 * Slows guessing down. It counts by name and by address, so that neither one account under attack from everywhere nor one
 * guesser at many accounts gets far. Each server counts for itself.
 */
export class LoginThrottle {
  private readonly failures = new Map<string, { count: number; readonly since: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Counts an attempt before it is looked at, so that many at once do not slip through. Throws when there were too many. */
  attempt(keys: readonly string[]): void {
    const now = this.now();
    const waitMs = Math.max(...keys.map((key) => this.waitMs(key, now)));
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1_000);
      throw refusedByHttp('too-many-requests', `too many failed attempts: wait ${seconds} s.`, {
        headers: { 'retry-after': String(seconds) },
      });
    }
    for (const key of keys) {
      const known = this.current(key, now);
      this.failures.delete(key);
      this.failures.set(key, { count: (known?.count ?? 0) + 1, since: known?.since ?? now });
    }
    for (const oldest of this.failures.keys()) {
      if (this.failures.size <= REMEMBERED_MAX) break;
      this.failures.delete(oldest);
    }
  }

  /** It was no failure after all. Earlier ones still count: an account of one's own is no way to guess at others. */
  succeeded(keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.failures.get(key);
      if (known && known.count > 1) known.count -= 1;
      else this.failures.delete(key);
    }
  }

  private waitMs(key: string, now: number): number {
    const known = this.current(key, now);
    return known && known.count >= FAILURES_MAX ? known.since + FAILURES_WINDOW_MS - now : 0;
  }

  private current(key: string, now: number): { count: number; since: number } | undefined {
    const known = this.failures.get(key);
    return known && now - known.since < FAILURES_WINDOW_MS ? known : undefined;
  }
}
