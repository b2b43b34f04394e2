import type { LogPage } from '#app';
import { isRefusal, type Refusal } from '#core';
import type { StreamMessage } from '../answers.js';

/**
 * A log as it grows. Lines are stored in groups and make no news of their own, so whoever follows looks again and again:
 * soon after there was something, and less often while there is nothing.
 */

/** Milliseconds until the next look: after lines came, and at the most. */
const LOOK_MS = { soonest: 100, latest: 500 } as const;
/** How the pause grows while nothing comes. */
const PAUSE_GROWS_BY = 1.5;
/** A worker ends a run and stores its last lines in either order; this long after the end, in milliseconds, they are there. */
export const LATE_LINES_MS = 1_500;

/** Whether nothing follows a page any more. `now` is in milliseconds since the epoch. */
export const isOver = ({ ended, run }: LogPage, now: number): boolean =>
  ended && run.finishedAt !== null && now - run.finishedAt.getTime() >= LATE_LINES_MS;

/**
 * Lines from the first page on, each as a message `line` whose id is `RUN/LINE`, then one message `end`. Ends without it
 * when the signal is aborted.
 */
export async function* followLog(
  first: LogPage,
  after: number,
  read: (after: number) => Promise<LogPage | Refusal>,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const { id: runId } = first.run;
  let [last, pause, quietSince]: [number, number, number | null] = [after, LOOK_MS.soonest, null];
  // The beginning has an id as well, for a reader that is cut off before its first line.
  yield { id: `${runId}/${first.lines[0] ? first.lines[0].line - 1 : after}`, data: undefined };
  for (let page: LogPage | Refusal = first; ;) {
    if (isRefusal(page))
      return yield { event: 'end', data: { run_id: runId, state: null, reason: page.detail, exit_code: null } };
    for (const { line, attempt, at, stream, text } of page.lines) {
      yield { id: `${runId}/${line}`, event: 'line', data: { line, attempt, at: at.toISOString(), stream, text } };
      last = line;
    }
    const { run, lines } = page;
    // Counted here as well: the clocks of two hosts may differ by more than any pause.
    quietSince = run.finishedAt === null || lines.length > 0 ? null : (quietSince ?? performance.now());
    const quietLongEnough = quietSince !== null && performance.now() - quietSince >= LATE_LINES_MS;
    if (quietLongEnough || (lines.length === 0 && isOver(page, Date.now())))
      return yield {
        event: 'end',
        data: { run_id: runId, state: run.state, reason: run.reason, exit_code: run.exitCode },
      };
    pause = lines.length > 0 ? LOOK_MS.soonest : Math.min(pause * PAUSE_GROWS_BY, LOOK_MS.latest);
    await rest(pause, signal);
    if (signal.aborted) return;
    page = await read(last);
  }
}

/** The stream of a noderole that has not run yet. */
export async function* justEnd(): AsyncGenerator<StreamMessage> {
  yield { event: 'end', data: { run_id: null, state: null, reason: 'it has not run yet', exit_code: null } };
}

/** Waits; the signal ends it early. */
const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
