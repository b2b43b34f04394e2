import type { DeploymentId, NodeId, NodeRoleId, RolloutId } from '../../base/ids.js';

/**
 * Why something does not move. Links (`parent-not-active` and the like) lead to another noderole; all others are roots,
 * where somebody or something has to act. The order is the order of blame: of several roots the first kind here is named,
 * since what needs a person is worth more to an operator than what ends by itself.
 */
export const CAUSE_KINDS = {
  error: 'A run failed, and a person has to look.',
  'node-frozen': 'Another noderole of the node is in error and keeps anything new from starting there.',
  'node-not-alive': 'The node cannot be reached.',
  'node-not-available': 'An operator does not let us work on the node.',
  'deployment-not-committed': 'The deployment is being edited, so nothing in it starts.',
  proposed: 'Nobody has wished for it yet.',
  'switched-off': 'An operator switched it off, or the node aims at something else.',
  'held-by-rollout': 'A rollout keeps it for a later wave.',
  'run-waiting': 'Its run waits until the node reports back.',
  'run-in-flight': 'Its run is going on.',
  'run-queued': 'Its run was handed out and nobody has begun it.',
  'too-early': 'It is tried again later.',
  'node-busy': 'Another run is going on on its node.',
  'child-in-transition': 'It is run again when a child that relies on it has ended.',
  'cap-reached': 'As many runs as may go on at once are going on.',
  'next-pass': 'Nothing but its turn: one of the next passes hands it a run.',
  'parent-not-active': 'A parent is not active.',
  'parent-changed': 'A parent changed as well and is run again first.',
} as const;
export type CauseKind = keyof typeof CAUSE_KINDS;

/** How the kinds rank; a lower number is named first. */
export const rankOf = (kind: CauseKind): number => RANKS.get(kind) as number;
const RANKS = new Map((Object.keys(CAUSE_KINDS) as CauseKind[]).map((kind, rank) => [kind, rank]));

export interface Cause {
  readonly kind: CauseKind;
  /** Name of what it lies with: a noderole, a node or a deployment. */
  readonly name: string;
  /** The state of that thing, in a word. */
  readonly state: string;
  /** One clause, without a full stop, that names everything it speaks of and no times. */
  readonly sentence: string;
  readonly nodeRoleId?: NodeRoleId;
  readonly nodeId?: NodeId;
  readonly deploymentId?: DeploymentId;
  /** When it began, in milliseconds since the epoch, where that is known. */
  readonly since?: number;
  /** When it ends by itself, or is given up, in milliseconds since the epoch, where that is known. */
  readonly until?: number;
  /** Who carries the run out, where that is known. */
  readonly worker?: string;
}

/** What is known of an open run beyond the graph. */
export interface RunNote {
  readonly state: 'queued' | 'running' | 'waiting';
  readonly worker?: string | null;
  /** Milliseconds since the epoch. */
  readonly since?: number | null;
  readonly deadline?: number | null;
  /** What it waits for, and who moves it, where that is known: a clause. */
  readonly waitsFor?: string;
  /** It does not count against the cap. */
  readonly apart?: boolean;
}

/** What is known of the rollout of a deployment. */
export interface RolloutNote {
  readonly id: RolloutId;
  readonly state: 'running' | 'paused' | 'stopped' | 'done';
  readonly wave: number;
  readonly waves: number;
  readonly reason?: string;
}

/** The moment in which something is explained. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly cap: number;
  /** Runs in flight in all. */
  readonly running: number;
  /** Open runs, by the noderole that they are for. Left out, every noderole in transition is taken to be running. */
  readonly runs?: ReadonlyMap<NodeRoleId, RunNote>;
  readonly rollouts?: ReadonlyMap<DeploymentId, RolloutNote>;
}
