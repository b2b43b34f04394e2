import type { JigOutcome } from '../ports/jig.js';
import type { RunResult } from './finish-run.js';

/**
 * What a jig's answer means for the run; null when it means nothing: a superseded attempt has no say, and one that ended
 * because its worker stops is given to another worker.
 */
export const resultOf = (outcome: JigOutcome, timeoutMs: number | null): RunResult | null => {
  switch (outcome.kind) {
    case 'succeeded':
      return { outcome: { kind: 'succeeded' }, outputs: outcome.outputs, rebootNeeded: outcome.rebootNeeded };
    case 'failed':
      return {
        outcome: { kind: 'failed', reason: outcome.reason, exitCode: outcome.exitCode },
        outputs: outcome.outputs,
      };
    case 'not-yet':
      return {
        outcome: { kind: 'not-yet', reason: outcome.reason, retryAfterMs: outcome.retryAfterMs },
        outputs: outcome.outputs,
      };
    case 'lost-contact':
      return { outcome };
    case 'aborted':
      if (outcome.cause === 'cancelled')
        return { outcome: { kind: 'cancelled', reason: 'cancelled by an operator' }, outputs: outcome.outputs };
      if (outcome.cause === 'deadline')
        return {
          outcome: {
            kind: 'failed',
            reason: `it did not end within ${(timeoutMs ?? 0) / 1_000} s, the role's timeout`,
          },
          outputs: outcome.outputs,
        };
      return null;
    case 'waiting':
      return null;
    default:
      return outcome satisfies never;
  }
};
