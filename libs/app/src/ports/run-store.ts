import type { JsonObject, NodeId, NodeRoleId, Outcome, RunId } from '#core';

export const RUN_STATES = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'not-yet',
  'lost-contact',
  'cancelled',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States in which a run holds its node. */
export const OPEN_RUN_STATES: readonly RunState[] = ['queued', 'running', 'waiting'];

export interface NewRun {
  readonly id: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  readonly jig: string;
  readonly rerun: boolean;
  readonly input: JsonObject;
}

export interface Run {
  readonly id: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  readonly attempt: number;
  readonly fence: number;
  readonly state: RunState;
  readonly jig: string;
  readonly rerun: boolean;
  readonly workerId: string | null;
  readonly deadlineAt: Date | null;
  /** Who asked that it end. */
  readonly cancelRequestedBy: string | null;
  readonly input: JsonObject;
}

/** What a node says of a run that its scripts still work on. */
export interface EarlyReport {
  readonly attempt: number;
  readonly outcome: Extract<Outcome, { kind: 'succeeded' | 'failed' }>;
  readonly outputs?: JsonObject;
  readonly rebootNeeded?: boolean;
}

/** What is written when a run ends. */
export interface RunEnd {
  readonly state: Exclude<RunState, 'queued' | 'running' | 'waiting'>;
  readonly reason: string;
  readonly exitCode?: number | null;
  readonly outputs?: JsonObject | null;
  readonly rebootNeeded?: boolean;
}

export interface RunStore {
  insert(runs: readonly NewRun[]): Promise<void>;
  /** The open run of this id and attempt, locked; null when there is none: it ended, or a newer attempt owns it. */
  lockOpen(id: RunId, attempt: number): Promise<Run | null>;
  /** The open runs of these noderoles, locked. */
  lockOpenOf(nodeRoleIds: readonly NodeRoleId[]): Promise<Run[]>;
  /** How this attempt ended; null when it is open or another attempt took its place. */
  endedAs(id: RunId, attempt: number): Promise<RunEnd['state'] | null>;
  end(id: RunId, end: RunEnd): Promise<void>;
  wait(id: RunId, deadlineAt: Date): Promise<void>;
  /** Keeps a report until the run's scripts are done; a later one takes its place. */
  keepReport(id: RunId, report: EarlyReport): Promise<void>;
  /** The reports that were kept of these attempts, by run. */
  reports(tickets: readonly { readonly runId: RunId; readonly attempt: number }[]): Promise<Map<RunId, EarlyReport>>;
}
