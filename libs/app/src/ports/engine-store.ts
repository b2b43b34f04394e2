import type { DeploymentId, JsonObject, NodeId, NodeRoleId, NodeRoleState, RoleId, RunId } from '#core';
import type { RunState } from './run-store.js';
import type { Ticket } from './job-queue.js';
import type { WorkerDoing } from './worker-store.js';

/** What the annealer must know of a noderole to give it its place. */
export interface Standing {
  readonly id: NodeRoleId;
  readonly nodeId: NodeId;
  readonly deploymentId: DeploymentId;
  readonly state: NodeRoleState;
  readonly cohort: number;
  readonly unmet: number;
  readonly priority: number;
  readonly dirty: boolean;
  /** What it did still stands: in todo it counts as done. */
  readonly kept: boolean;
  readonly held: boolean;
  readonly available: boolean;
  /** Milliseconds since the epoch. */
  readonly notBefore: number | null;
  readonly destructive: boolean;
  readonly runCount: number;
  /** Its run is an install, which is admitted apart and does not count against the cap. */
  readonly apart: boolean;
}

/** Everything a leader needs to begin, read in one instant. */
export interface FirstLook {
  readonly position: number;
  readonly standings: readonly Standing[];
  readonly nodes: readonly { id: NodeId; open: boolean }[];
  readonly deployments: readonly { id: DeploymentId; committed: boolean; priority: number }[];
}

/** What events say has changed, by id; the rows say how. */
export interface Changed {
  /** The last event that was read. */
  readonly position: number;
  readonly nodeRoleIds: readonly NodeRoleId[];
  readonly nodeIds: readonly NodeId[];
  readonly deploymentIds: readonly DeploymentId[];
}

/** The numbers of events, both included. */
export interface NewsRange {
  readonly first: number;
  readonly last: number;
}

/** A noderole to be handed a run, and the run's frozen input. */
export interface Claim {
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  readonly runId: RunId;
  readonly input: JsonObject;
  /** The worker that plans it begins it as well, in the same transaction; one that destroys is left to a ticket. */
  readonly begin?: boolean;
}

/** A claim that the rows agreed to. */
export interface Claimed {
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  readonly deploymentId: DeploymentId;
  readonly runId: RunId;
  /** The run, when it was begun at once; without it a ticket has to find a worker. */
  readonly begun: BegunRun | null;
}

/** What a group of good ends did to the graph. */
export interface Settled {
  /** Tickets whose end counted. */
  readonly tickets: readonly Ticket[];
  /** Noderoles that are active now, children that became todo, and active ones below that are to be run again. */
  readonly standings: readonly Standing[];
}

/** A run as its worker begins it. */
export interface BegunRun {
  readonly runId: RunId;
  readonly attempt: number;
  readonly fence: number;
  readonly nodeRoleId: NodeRoleId;
  readonly roleId: RoleId;
  readonly roleVersion: number;
  readonly jig: string;
  readonly input: JsonObject;
  readonly deadlineAt: Date | null;
  readonly timeoutMs: number | null;
  readonly node: {
    readonly id: NodeId;
    readonly name: string;
    readonly address: string | null;
    readonly sshPort: number;
    readonly hostKey: string | null;
  };
}

/** Files and typed outputs of a role, as a jig gets them. */
export interface RoleWork {
  readonly roleId: RoleId;
  readonly version: number;
  readonly name: string;
  readonly files: readonly { path: string; content: string }[];
  readonly outputs: readonly { name: string; schema: JsonObject | boolean | null }[];
}

/** An open run as rescue sees it; ages are in milliseconds by the database's clock. */
export interface OpenRun extends Ticket {
  readonly nodeRoleId: NodeRoleId;
  readonly state: Extract<RunState, 'queued' | 'running' | 'waiting'>;
  readonly destructive: boolean;
  readonly sinceDispatchMs: number;
  readonly sinceHeartbeatMs: number | null;
  readonly overdueMs: number | null;
}

/** A leader's right to plan. `epoch` grows with every change of holder. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
}

/** How a run that a worker holds stands in the rows. */
export interface HeldRun extends Ticket {
  readonly mine: boolean;
  readonly cancelRequestedBy: string | null;
}

/** The statements of the hot path, inside a transaction: sets of rows, prepared, each with its guards. */
export interface EngineStore {
  /** Keeps `lease` until the transaction ends, and gives the number of the last event; null when another holds it. */
  holdLease(lease: Lease): Promise<number | null>;
  /**
   * Ends runs that went well and have nothing to write but that: their noderoles become active, children whose last missing
   * parent they were become todo. Those that are doubted are left out, and so are stale attempts.
   */
  settle(tickets: readonly Ticket[]): Promise<Settled>;
  /** Hands noderoles their runs, where the rows agree that they may run now; `worker` begins those that say so. */
  claim(claims: readonly Claim[], worker?: string): Promise<Claimed[]>;
  /** Makes new attempts of running runs, fenced off from the old ones, tells of them, and gives their tickets. */
  newAttempts(tickets: readonly Ticket[]): Promise<Ticket[]>;
  standings(ids: readonly NodeRoleId[]): Promise<Standing[]>;
  nodes(ids: readonly NodeId[]): Promise<FirstLook['nodes']>;
  deployments(ids: readonly DeploymentId[]): Promise<FirstLook['deployments']>;
  firstLook(): Promise<FirstLook>;
  /** What happened in a stretch of the history. */
  news(range: NewsRange): Promise<Changed>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly engine: EngineStore;
    /** The numbers that the events of this transaction got; null before it commits, and when it had none. */
    readonly news: NewsRange | null;
  }
}

/** Single statements of the engine that need no transaction around them. */
export abstract class EngineRecords {
  /** Takes or renews a lease for `ttlMs` milliseconds; null when another holds it. */
  abstract takeLease(name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  abstract giveLease(lease: Lease): Promise<void>;
  abstract enrolWorker(worker: { id: string; host: string; pid: number }): Promise<void>;
  abstract dismissWorker(id: string): Promise<void>;
  /** Says that a worker lives and what it does, reads how the runs it believes to hold stand, and leaves to rescue those it does not know of. */
  abstract heartbeat(workerId: string, held: readonly Ticket[], doing: WorkerDoing): Promise<HeldRun[]>;
  abstract liveWorkers(silenceMsMax: number): Promise<number>;
  /** Begins what may be begun of these tickets; an attempt that was begun, replaced or ended is left out. */
  abstract begin(workerId: string, tickets: readonly Ticket[]): Promise<BegunRun[]>;
  abstract roleWork(roleIds: readonly RoleId[]): Promise<RoleWork[]>;
  abstract openRuns(): Promise<OpenRun[]>;
  /** Marks queued runs as handed over again, and gives their tickets. */
  abstract dispatchAgain(ids: readonly RunId[]): Promise<Ticket[]>;
  abstract runsAtOnceMax(): Promise<number>;
  /** The number of the last event that was committed. */
  abstract lastEvent(): Promise<number>;
}
