import type { JigOutcome } from '#app';
import type { Outcome } from '#core';

/** What a jig answers so that a run ends as a script wants it. */
export const jigOutcomeOf = (outcome: Outcome): JigOutcome =>
  outcome.kind === 'cancelled' ? { kind: 'aborted', cause: 'cancelled' } : outcome;
