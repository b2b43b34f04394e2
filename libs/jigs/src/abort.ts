import type { AbortCause } from '#app';

const CAUSES: readonly AbortCause[] = ['cancelled', 'deadline', 'shutdown', 'superseded'];

/** Why a run's signal was aborted. A reason that is none of the known causes counts as a cancellation. */
export function causeOf(signal: AbortSignal): AbortCause {
  return CAUSES.find((cause) => cause === signal.reason) ?? 'cancelled';
}
