import type { LoopStatus } from '../ports/worker-store.js';

/** Characters kept of the reason of a failed turn; the whole of it is in the worker's log. */
const ERROR_LENGTH_MAX = 300;

/**
 * What a loop did last: kept in memory and written with the worker's heartbeat, so that health can show it. It counts and
 * remembers; it decides nothing, and costs a turn no more than looking at the clock.
 */
export class LoopRecord {
  private turnSince: number | null = null;
  private last = { endedAt: null as number | null, tookMs: null as number | null };
  private failures = 0;
  private error: string | null = null;

  constructor(
    private readonly name: string,
    private readonly periodMs: number,
  ) {}

  /** A turn begins. Returns what ends it: called without a cause it went well. */
  begin(): (failed?: { readonly cause: unknown }) => void {
    this.turnSince = Date.now();
    const begun = performance.now();
    return (failed) => {
      this.failures = failed ? this.failures + 1 : 0;
      this.error = failed ? sentenceOf(failed.cause) : null;
      this.last = { endedAt: Date.now(), tookMs: performance.now() - begun };
      this.turnSince = null;
    };
  }

  get status(): LoopStatus {
    const { name, periodMs, turnSince, failures, error, last } = this;
    return {
      name,
      periodMs,
      turnSince,
      lastEndedAt: last.endedAt,
      lastTookMs: last.tookMs,
      failures,
      lastError: error,
    };
  }
}

/** The first line of what was thrown. */
const sentenceOf = (cause: unknown): string =>
  ((cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] || 'it did not say why').slice(
    0,
    ERROR_LENGTH_MAX,
  );
