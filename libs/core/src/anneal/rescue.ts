/**
 * What becomes of a run whose worker may be gone. Decided from rows and the database's clock alone; the queue is not asked.
 */
export interface RunInFlight {
  readonly state: 'queued' | 'running' | 'waiting';
  readonly attempt: number;
  readonly destructive: boolean;
  /** Milliseconds since it was last handed to the queue. */
  readonly sinceDispatchMs: number;
  /** Milliseconds since its worker last said that it lives; null when it has no worker yet. */
  readonly sinceHeartbeatMs: number | null;
  /** Milliseconds by which its deadline has passed; null while it has not, or has none. */
  readonly overdueMs: number | null;
}

export interface RescueLimits {
  /** A queued run that nobody began within this time is handed to the queue again, in milliseconds. */
  readonly queuedMsMax: number;
  /** A worker that has been silent for this long has lost its runs, in milliseconds. */
  readonly silenceMsMax: number;
  /** A run that outlived this many workers is given up: it is likely to be what kills them. */
  readonly attemptsMax: number;
  /** How long after a deadline the worker itself has to end the run before we do, in milliseconds. */
  readonly overdueMsMax: number;
}

export const RESCUE_LIMITS: RescueLimits = {
  queuedMsMax: 5_000,
  silenceMsMax: 10_000,
  attemptsMax: 5,
  overdueMsMax: 15_000,
};

export type Rescue =
  | { readonly kind: 'leave' }
  /** Same attempt, once more through the queue: whoever begins first wins, the other is refused. */
  | { readonly kind: 'dispatch-again' }
  /** A new attempt; whatever the old one still reports is recorded and changes nothing. */
  | { readonly kind: 'new-attempt' }
  | { readonly kind: 'give-up'; readonly reason: string };

export const rescueRun = (run: RunInFlight, limits: RescueLimits): Rescue => {
  switch (run.state) {
    case 'queued':
      return run.sinceDispatchMs > limits.queuedMsMax ? { kind: 'dispatch-again' } : { kind: 'leave' };
    case 'waiting':
      return run.overdueMs === null
        ? { kind: 'leave' }
        : { kind: 'give-up', reason: 'the node did not report back before the deadline' };
    case 'running': {
      const silent = run.sinceHeartbeatMs === null || run.sinceHeartbeatMs > limits.silenceMsMax;
      const ignoredDeadline = run.overdueMs !== null && run.overdueMs > limits.overdueMsMax;
      if (!silent)
        return ignoredDeadline
          ? { kind: 'give-up', reason: 'it did not end when its deadline passed' }
          : { kind: 'leave' };
      if (run.destructive)
        return {
          kind: 'give-up',
          reason: 'its worker vanished, and a destructive role is not repeated by itself: look at the node, then retry',
        };
      if (run.attempt >= limits.attemptsMax)
        return {
          kind: 'give-up',
          reason: `its worker vanished ${run.attempt} times: the run itself may be what ends them`,
        };
      return { kind: 'new-attempt' };
    }
    default:
      return run.state satisfies never;
  }
};
