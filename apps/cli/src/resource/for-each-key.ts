import type { Invocation } from '../command/invocation.js';
import { EXIT, Stop, type ExitCode } from '../exit.js';
import { describeError } from '../output/print-error.js';

/**
 * Does the same with several things, one after the other. One that fails does not keep the others from being done: it is
 * told at once, and the exit code is that of the failures, or 1 when they differ.
 */
export const forEachKey = async (
  invocation: Invocation,
  keys: readonly string[],
  act: (key: string) => Promise<void>,
): Promise<ExitCode> => {
  if (keys.length === 1) {
    await act(keys[0]!);
    return EXIT.ok;
  }
  const codes = new Set<ExitCode>();
  for (const key of keys) {
    try {
      await act(key);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      codes.add(error.exitCode);
      invocation.progress.warn(`${key}: ${describeError(error, { trace: invocation.tracing })}`);
    }
  }
  const [only] = codes;
  return codes.size === 0 ? EXIT.ok : codes.size === 1 ? only! : EXIT.failed;
};
