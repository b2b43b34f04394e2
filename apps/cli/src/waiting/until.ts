import { setTimeout as pause } from 'node:timers/promises';
import type { Invocation } from '../command/invocation.js';
import { EXIT, Stop, type ExitCode } from '../exit.js';
import { span } from '../output/cell.js';
import type { Subject } from '../resource/subject.js';
import { conditionText, type Condition } from './condition.js';
import { look, type Sight } from './look.js';

/** First and longest pause between two looks. One look costs the server a query or two. */
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2_000;
const PAUSE_GROWS_BY = 1.3;
/** What fails may be retried by its policy a moment later: it is given up when it still stands so after this time. */
const HOPELESS_MS = 1_000;

export interface UntilOptions {
  /** Milliseconds from now. */
  readonly timeoutMs: number;
  /** Wait on although a run has failed: somebody may mend it. */
  readonly patient?: boolean;
}

/**
 * Waits until a condition holds, telling on stderr what changes. Ends with 0 when it does, 1 when it cannot any more
 * without a person, 5 when the time is up.
 */
export const until = async (
  invocation: Invocation,
  subject: Subject | null,
  condition: Condition,
  options: UntilOptions,
): Promise<ExitCode> => {
  const { client, progress, signal } = invocation;
  const name = subject ? subject.key : 'everything';
  const end = performance.now() + options.timeoutMs;
  let [wait, hopelessSince]: [number, number | null] = [PAUSE_MS_MIN, null];
  let told = '';
  for (;;) {
    const sight: Sight = await look(client, subject, condition);
    if (sight.says !== told) progress.line(`${name}: ${(told = sight.says)}`);
    if (sight.met) return EXIT.ok;
    hopelessSince = sight.hopeless === null ? null : (hopelessSince ?? performance.now());
    if (hopelessSince !== null && !options.patient && performance.now() - hopelessSince >= HOPELESS_MS)
      throw new Stop(
        EXIT.failed,
        `${name} does not become ${conditionText(condition)}: ${sight.hopeless}`,
        adviceFor(subject),
      );
    const left = end - performance.now();
    if (left <= 0)
      throw new Stop(
        EXIT.timeout,
        `${name} is not ${conditionText(condition)} after ${span(Math.round(options.timeoutMs / 1000) * 1000)}: ${sight.says}.`,
        adviceFor(subject),
      );
    await pause(Math.min(wait, left), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    wait = Math.min(wait * PAUSE_GROWS_BY, PAUSE_MS_MAX);
  }
};

const adviceFor = (subject: Subject | null): string =>
  `\`anneal ${subject ? `explain ${subject.key}` : 'status'}\` says what is in the way.`;
