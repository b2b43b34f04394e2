/**
 * Keeps one service running: when it ends unasked it is started again, after a pause that grows with each failure in a
 * row. It knows nothing of what it keeps; it gets a way to start it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './home.js';
import type { Exit } from './tied-process.js';

/** The first restart is almost at once: most crashes are single. */
const PAUSE_FIRST_MS = 100;
/** What keeps failing is tried this often: it costs little, and the operator need not come back to start it. */
const PAUSE_MAX_MS = 10_000;
/** Whoever ran this long is well again: the next pause is the first one. */
const HEALTHY_AFTER_MS = 30_000;

export interface Runnable {
  /** Null for a service that is not ours: it is taken to run for ever. */
  readonly exited: Promise<Exit> | null;
  stop(): Promise<void>;
}

export interface Kept<T extends Runnable> {
  /** The one that runs now; while it is being started again, the last one. */
  current(): T;
  /** How often it has been started again. */
  restarts(): number;
  /** Stops it for good, also in the middle of a restart. */
  stop(): Promise<void>;
}

/**
 * Starts it and keeps it. The first start is awaited and its error is the caller's; `restart` (by default the same
 * function) gets what ran before.
 */
export async function keepRunning<T extends Runnable>(
  name: string,
  start: () => Promise<T>,
  log: Log,
  restart: (before: T) => Promise<T> = start,
): Promise<Kept<T>> {
  let current = await start();
  let restarts = 0;
  const stopping = new AbortController();
  const kept = (async () => {
    let pauseMs = PAUSE_FIRST_MS;
    for (;;) {
      const since = Date.now();
      const exit = await untilExit(current, stopping.signal);
      if (exit === null) return;
      if (Date.now() - since >= HEALTHY_AFTER_MS) pauseMs = PAUSE_FIRST_MS;
      log(`${name} ended ${wordsFor(exit)}; starting it again in ${pauseMs} ms`);
      for (;;) {
        await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) return;
        pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
        const next = await restart(current).catch((error: unknown) => {
          log(
            `${name} does not start: ${error instanceof Error ? error.message : String(error)}; next try in ${pauseMs} ms`,
          );
          return null;
        });
        if (next === null) continue;
        current = next;
        restarts += 1;
        break;
      }
    }
  })();
  return {
    current: () => current,
    restarts: () => restarts,
    async stop() {
      stopping.abort();
      await kept;
      await current.stop();
    },
  };
}

/** The exit, or null when we are to stop first. */
function untilExit(service: Runnable, stopping: AbortSignal): Promise<Exit | null> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve(null);
    stopping.addEventListener('abort', () => resolve(null), { once: true });
    void service.exited?.then(resolve);
  });
}

const wordsFor = (exit: Exit): string => (exit.signal ? `by ${exit.signal}` : `with code ${exit.code}`);
