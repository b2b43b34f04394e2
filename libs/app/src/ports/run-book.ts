import type {
  DeploymentId,
  Json,
  JsonObject,
  NodeId,
  NodeRoleId,
  NodeRoleState,
  Refusal,
  RoleId,
  RunId,
  RunNote,
} from '#core';
import type { ListQuery, Page } from './page.js';
import type { LogStream } from './run-log.js';
import type { RunState } from './run-store.js';

export interface RunView {
  readonly id: RunId;
  readonly nodeRoleId: NodeRoleId;
  /** `role@node`. */
  readonly nodeRole: string;
  readonly roleId: RoleId;
  readonly nodeId: NodeId;
  readonly node: string;
  readonly deploymentId: DeploymentId;
  readonly state: RunState;
  readonly attempt: number;
  readonly jig: string;
  readonly rerun: boolean;
  /** `host:pid` of the worker that has it, or had it last. */
  readonly worker: string | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly deadlineAt: Date | null;
  readonly cancelRequestedBy: string | null;
  readonly exitCode: number | null;
  readonly reason: string;
  readonly rebootNeeded: boolean;
  readonly logLines: number;
  readonly logBytes: number;
}

/** With what it was given and what it brought back; secrets are hidden. */
export interface RunDetail extends RunView {
  readonly input: JsonObject;
  readonly outputs: JsonObject | null;
}

export interface StoredLine {
  readonly line: number;
  readonly attempt: number;
  readonly at: Date;
  readonly stream: LogStream;
  readonly text: string;
}

export interface RunScope {
  readonly nodeRoleId?: NodeRoleId;
  readonly nodeId?: NodeId;
  readonly deploymentId?: DeploymentId;
}

/** One thing that happened: an event, or a run from its beginning to its end. */
export interface TimelineEntry {
  readonly at: Date;
  readonly until: Date | null;
  readonly kind: string;
  readonly node: string | null;
  readonly nodeRole: string | null;
  readonly runId: RunId | null;
  readonly actor: string;
  readonly data: Json;
}

/** How the annealer gets on. */
export interface PaceView {
  /** How far back was looked; less than was asked for where more happened than is looked at. */
  readonly seconds: number;
  /** How many noderoles became so within that time. */
  readonly became: { readonly active: number; readonly error: number };
  /** The one that has been in its state for longest, of each state but ACTIVE and PROPOSED. */
  readonly oldest: readonly {
    readonly state: NodeRoleState;
    readonly id: NodeRoleId;
    readonly name: string;
    readonly since: Date;
  }[];
}

/** Reads what runs were and are. Runs are written by the engine alone, but for the wish that one be cancelled. */
export interface RunBook {
  find(id: string): Promise<RunDetail | null>;
  list(query: ListQuery, scope?: RunScope): Promise<Page<RunView> | Refusal>;
  /** The newest run of a noderole. */
  latestOf(nodeRoleId: NodeRoleId): Promise<RunView | null>;
  /** Lines after a number, in order. */
  lines(runId: RunId, after: number, limit: number): Promise<StoredLine[]>;
  /** The last so many lines, in order. */
  tail(runId: RunId, count: number): Promise<StoredLine[]>;
  /** What `explain` says of open runs. */
  notes(): Promise<ReadonlyMap<NodeRoleId, RunNote>>;
  /** Noderoles by state, of committed deployments or of one deployment; `changed` are active ones that are to be run again. */
  tally(
    deploymentId?: DeploymentId,
  ): Promise<{ readonly counts: Readonly<Record<NodeRoleState, number>>; readonly changed: number }>;
  /** How fast noderoles of committed deployments moved within the last so many milliseconds, and which waits for longest. */
  pace(lookBackMs: number): Promise<PaceView>;
  /** Asks whoever carries it out to end it. */
  requestCancel(runId: RunId, actor: string): Promise<void>;
  /** What happened within the scope, the newest first. */
  timeline(
    scope: Pick<RunScope, 'nodeId' | 'deploymentId'>,
    options: { readonly before?: Date; readonly limit: number },
  ): Promise<TimelineEntry[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly runBook: RunBook;
  }
}
