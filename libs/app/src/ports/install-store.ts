import type { DiskId, GrantedDisk, Install, InstallId, InstallPhase, NodeId, NodeRoleId, Refusal, RunId } from '#core';
import type { ListQuery, Page } from './page.js';

/** An install as it is shown. */
export interface InstallView {
  readonly id: InstallId;
  readonly nodeId: NodeId;
  readonly node: string;
  readonly nodeRoleId: NodeRoleId;
  /** `role@node`. */
  readonly nodeRole: string;
  readonly runId: RunId;
  readonly phase: InstallPhase;
  readonly phaseSince: Date;
  /** Null when it has ended. */
  readonly deadlineAt: Date | null;
  readonly image: string;
  readonly layout: string;
  readonly disks: readonly GrantedDisk[];
  readonly bootenv: string;
  readonly via: string | null;
  readonly step: string;
  readonly percent: number | null;
  readonly says: string;
  readonly heardAt: Date | null;
  readonly reason: string;
  readonly logTail: readonly string[];
  readonly times: readonly { readonly phase: InstallPhase; readonly at: Date }[];
  readonly createdAt: Date;
}

/** An open install with what of its node is looked at before anything happens. */
export interface OpenInstall {
  readonly install: Install;
  readonly node: {
    readonly name: string;
    readonly alive: boolean;
    readonly bootenv: string;
    readonly address: string | null;
    readonly sshPort: number;
    readonly hostKey: string | null;
  };
  /** The boot that the node is in, as far as it has proved one. */
  readonly boot: { readonly session: string; readonly bootenv: string; readonly begunAt: number } | null;
}

export interface DiskClaim {
  readonly diskId: DiskId;
  readonly nodeRoleId: NodeRoleId;
  /** `role@node`. */
  readonly nodeRole: string;
}

export interface InstallStore {
  insert(install: Install): Promise<void>;
  /** Writes everything of it that may change. */
  save(install: Install): Promise<void>;
  /** Locked until the transaction ends. */
  lock(id: InstallId): Promise<Install | null>;
  lockOfRun(runId: RunId): Promise<Install | null>;
  /** The one that owns a node, locked. */
  lockOpenOf(nodeId: NodeId): Promise<Install | null>;
  /**
   * All that are open, oldest first; of those that wait for room only the oldest `plannedMax`, where that is given. Nothing
   * is locked.
   */
  open(plannedMax?: number): Promise<OpenInstall[]>;
  /** How many are admitted: what comes after `planned` and before the end. */
  admitted(): Promise<number>;
  find(id: string): Promise<InstallView | null>;
  list(query: ListQuery): Promise<Page<InstallView> | Refusal>;
  /** The newest of each of these nodes. */
  latestOf(nodeIds: readonly NodeId[]): Promise<ReadonlyMap<NodeId, InstallView>>;

  claims(nodeId: NodeId): Promise<DiskClaim[]>;
  /** Gives the noderole these disks and no others. False when one of them has become somebody else's. */
  claim(nodeId: NodeId, nodeRoleId: NodeRoleId, disks: readonly GrantedDisk[]): Promise<boolean>;

  /** Adds lines to the log of a run that no worker writes to. Beyond the most that a log keeps they are left out. */
  appendLog(runId: RunId, lines: readonly string[]): Promise<void>;
  /** When a waiting run is given up. */
  putRunDeadline(runId: RunId, at: Date): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly installs: InstallStore;
  }
}
