import type { AnnealStatusView } from '#app';
import { annealStatus } from '#api-types';
import { isRefusal, refuse, type Refusal } from '#core';
import { refusedByHttp, type Refused } from '../refused.js';
import { projectionOf } from '../route/project.js';

/** What can be waited for, and how it is seen. */
const GOALS = {
  settled: ({ settled }: AnnealStatusView): boolean => settled,
  quiet: ({ working }: AnnealStatusView): boolean => !working,
} as const;
export type Goal = keyof typeof GOALS;

export interface Waiting {
  readonly look: () => Promise<AnnealStatusView | Refusal>;
  /** Resolves when something may have changed, at the latest after so many milliseconds or when the signal is aborted. */
  readonly news: (signal: AbortSignal, maxMs: number) => Promise<void>;
  readonly timeoutMs: number;
  /** The caller has gone, or the server stops. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at the most: some things change by the clock alone, a node that is tried again for example. */
const LOOK_MS = 1_000;
/**
 * Milliseconds between two looks at the least: what somebody learns later than it became true. And as long as a look takes
 * (some milliseconds for a thousand noderoles), so that no graph is so large that looking is all we do.
 */
const PAUSE_MS = 25;

/** Looks until it is so, at the latest until the time is up; then the refusal says how it stands. */
export const waitUntil = async (
  goal: Goal,
  { look, news, timeoutMs, signal }: Waiting,
): Promise<AnnealStatusView | Refusal> => {
  const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
  const over = AbortSignal.any([signal, deadline]);
  let status: AnnealStatusView | Refusal | null = null;
  do {
    const seen = new AbortController();
    // Listens before it looks: what becomes true in between is not missed.
    const somethingNew = news(AbortSignal.any([over, seen.signal]), LOOK_MS);
    const began = performance.now();
    // The first look is whole, so that the answer to the shortest wait is true.
    status = (await before(status === null ? signal : over, look())) ?? status;
    if (status !== null && (isRefusal(status) || GOALS[goal](status))) {
      seen.abort();
      return status;
    }
    await Promise.all([somethingNew, before(over, pause(Math.max(PAUSE_MS, performance.now() - began)))]);
  } while (!over.aborted);
  if (signal.aborted) return refuse('unavailable', 'the server stops: ask again.');
  throw late(goal, timeoutMs, status as AnnealStatusView | null);
};

/** The value, or null when the signal is aborted first. */
const before = <Value>(signal: AbortSignal, value: Promise<Value>): Promise<Value | null> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const late = (goal: Goal, timeoutMs: number, status: AnnealStatusView | null): Refused => {
  const { transition = 0, todo = 0, blocked = 0, error = 0 } = status?.counts ?? {};
  return refusedByHttp(
    'timeout',
    `not ${goal} within ${timeoutMs / 1_000} s: ${transition} noderoles run, ${todo} may run, ${blocked} wait, ${error} are in error.`,
    {
      fields: { status: status && projectionOf(annealStatus)(status, 'status') },
    },
  );
};
