import { parseDuration } from '../command/duration.js';
import type { Invocation } from '../command/invocation.js';
import { EXIT, type ExitCode } from '../exit.js';
import { parseSubject } from '../resource/subject.js';
import { until } from './until.js';
import { TIMEOUT_DEFAULT, type WaitOptions } from './wait-options.js';

/** Waits until all of these have settled, one after the other: the time is for all of them together. */
export const waitForAll = async (
  invocation: Invocation,
  subjects: readonly string[],
  options: Partial<WaitOptions>,
): Promise<ExitCode> => {
  const end = performance.now() + parseDuration(options.timeout ?? TIMEOUT_DEFAULT, '--timeout');
  for (const subject of subjects)
    await until(
      invocation,
      parseSubject(subject),
      { kind: 'settled' },
      { timeoutMs: Math.max(0, end - performance.now()) },
    );
  return EXIT.ok;
};
