import type { DiskId, KnownMachine, MachineClaims, NodeId } from '#core';
import type { BootSessionId } from './model-ids.js';

/** One boot of a machine that has proved itself. */
export interface BootSession {
  readonly id: BootSessionId;
  /** Null when the node has been deleted. */
  readonly nodeId: NodeId | null;
  /** What runs: a system in memory that netboot gave it, or the one on its own disk. */
  readonly system: 'memory' | 'disk';
  readonly bootenv: string;
  /** When its boot script was rendered; of two boots of a node the later one counts. */
  readonly madeAt: Date;
  readonly begunAt: Date;
  readonly bootId: string | null;
  readonly address: string | null;
}

/** A boot session with what tells a lost answer from a second machine. */
export interface KeptBootSession extends BootSession {
  readonly digest: Uint8Array | null;
  readonly answers: number;
  /** By the clock of the database. */
  readonly ageMs: number;
  /** Whether its node is in this session still. */
  readonly isCurrent: boolean;
}

export interface NewBootSession extends Omit<BootSession, 'begunAt' | 'nodeId'> {
  readonly nodeId: NodeId;
  readonly digest: Uint8Array | null;
}

/** What a machine says of one of its parts. */
export interface NewMachineReport {
  readonly id: string;
  readonly nodeId: NodeId;
  readonly part: MachinePart;
  /** Which one: a disk's stable id, the name of a card. */
  readonly subject: DiskId | string;
  readonly severity: 'warning' | 'failure';
  readonly says: string;
}

export const MACHINE_PARTS = ['drive', 'link', 'memory', 'fan', 'power', 'temperature', 'other'] as const;
export type MachinePart = (typeof MACHINE_PARTS)[number];

export interface MachineReportView extends Omit<NewMachineReport, 'nodeId'> {
  /** How often it was said. */
  readonly times: number;
  readonly reportedAt: Date;
  readonly lastAt: Date;
  readonly resolvedAt: Date | null;
}

/** Where a node's removal from service stands. */
export type Retirement = 'none' | 'under-way' | 'done';

export interface MachineStore {
  /** Nodes that share the UUID, in either byte order, or a hardware address; those that are no machines left out. */
  alike(claims: MachineClaims): Promise<KnownMachine[]>;

  /** The session that a ticket stands for, locked; null when nobody has used it. */
  lockSession(id: BootSessionId): Promise<KeptBootSession | null>;
  /** False when the ticket was used meanwhile. */
  insertSession(session: NewBootSession): Promise<boolean>;
  /** From now on this is the node's boot; what comes from earlier ones counts no more. Its tokens are revoked. */
  makeCurrent(id: BootSessionId, nodeId: NodeId): Promise<void>;
  currentOf(nodeId: NodeId): Promise<BootSession | null>;
  /** Counts an answer that was given again, and revokes the token of the one before. */
  answeredAgain(id: BootSessionId): Promise<void>;
  /** The node was seen alive in the boot that it is in. */
  reached(nodeId: NodeId): Promise<void>;
  /** Deletes sessions that are no node's current one and began before; gives how many. */
  forgetSessions(before: Date, limit: number): Promise<number>;

  /** Flags of a node's life that no rule of the graph knows. */
  mark(nodeId: NodeId, change: { readonly debugging?: boolean; readonly retirement?: Retirement }): Promise<void>;

  /** Writes that a part is not well; the same again is counted. Whether it is new. */
  report(report: NewMachineReport): Promise<boolean>;
  /** A part is well again. False when nothing was open. */
  resolve(nodeId: NodeId, part: MachinePart, subject: string): Promise<boolean>;
  reportsOf(nodeId: NodeId, limit: number): Promise<MachineReportView[]>;

  /** The public keys of workers, as in authorized_keys. */
  workerKeys(): Promise<string[]>;
  /** Says that a worker of this host logs in with this key. */
  keepWorkerKey(host: string, publicKey: string): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly machines: MachineStore;
  }
}
