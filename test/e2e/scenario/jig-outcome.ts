import type { JigOutcome } from '#app';
import type { Outcome } from '#core';
import { stretched } from './stretched.js';

/** What a jig answers so that a run ends as a script wants it. */
export const jigOutcomeOf = (outcome: Outcome): JigOutcome => {
  if (outcome.kind === 'cancelled') return { kind: 'aborted', cause: 'cancelled' };
  if (outcome.kind === 'not-yet') return { ...outcome, retryAfterMs: stretched(outcome.retryAfterMs) };
  return outcome;
};
