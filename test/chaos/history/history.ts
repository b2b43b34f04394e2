import type { EffectLine } from '../effects/effect-log.js';

/**
 * All that is known of a storm after it: what the database says and what the nodes saw. Plain values, so that a bad history
 * can be written by hand.
 */
export interface History {
  /** The most runs that may be open at once. */
  readonly cap: number;
  /** What the counter of events says. */
  readonly lastEvent: number;
  readonly events: readonly HistoryEvent[];
  readonly runs: readonly HistoryRun[];
  readonly nodeRoles: readonly HistoryNodeRole[];
  readonly edges: readonly { readonly parentId: string; readonly childId: string }[];
  readonly effects: readonly EffectLine[];
}

export interface HistoryEvent {
  readonly seq: number;
  /** Text of the transaction's start, to the microsecond: neighbours that share it were written together. */
  readonly at: string;
  readonly kind: string;
  readonly nodeRoleId: string | null;
  readonly nodeId: string | null;
  readonly runId: string | null;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface HistoryRun {
  readonly id: string;
  readonly nodeRoleId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly state: string;
  readonly reason: string;
}

/** A noderole as it was left. */
export interface HistoryNodeRole {
  readonly id: string;
  readonly name: string;
  readonly nodeId: string;
  readonly destructive: boolean;
  /** Whether `state` ERROR is where it ought to end. */
  readonly broken: boolean;
  /** The public number: −1 error, 0 active, 1 todo, 2 transition, 3 blocked, 4 proposed. */
  readonly state: number;
  readonly unmet: number;
  readonly status: string;
}
