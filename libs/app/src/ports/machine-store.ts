import type { DiskId, KnownMachine, MachineClaims, NodeId, NodeRoleId, NodeRoleState } from '#core';
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

export interface RetiringNode {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly bootenv: string;
  /** What runs on it; null where nobody knows. */
  readonly system: 'memory' | 'disk' | null;
  readonly alive: boolean;
  /** The noderole that erases; null when somebody took it away. */
  readonly erase: { readonly id: NodeRoleId; readonly state: NodeRoleState } | null;
  /** Since it was last restarted for that; null when it was not. */
  readonly poweredAgoMs: number | null;
}

/** A machine that runs already and is to be taken in. */
export interface Adoption {
  readonly nodeId: NodeId;
  readonly state: 'asked' | 'done' | 'failed';
  readonly commits: boolean;
  readonly says: string;
  readonly isOverdue: boolean;
}

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

  /** The node has booted nothing that counts: its tokens of boots are revoked, what it reported is forgotten. */
  forgetBoot(nodeId: NodeId): Promise<void>;

  /** Flags of a node's life that no rule of the graph knows. `from` is what it was to boot before it was taken aside. */
  mark(
    nodeId: NodeId,
    change: { readonly debugging?: { readonly from: string } | null; readonly retirement?: Retirement },
  ): Promise<void>;
  /** What it was to boot before it was taken aside; null when it was not. */
  debuggedFrom(nodeId: NodeId): Promise<string | null>;
  /** Nodes whose disks are being erased, with how that stands. */
  retiring(): Promise<RetiringNode[]>;
  /** It was restarted, so that its disks can be erased. */
  retirePowered(nodeId: NodeId): Promise<void>;

  insertAdoption(nodeId: NodeId, options: { readonly commits: boolean; readonly withinMs: number }): Promise<void>;
  /** Adoptions that nobody has ended, the oldest first. */
  adoptions(limit: number): Promise<Adoption[]>;
  /** Locked; null when it has ended. */
  lockAdoption(nodeId: NodeId): Promise<Adoption | null>;
  noteAdoption(nodeId: NodeId, note: { readonly state: Adoption['state']; readonly says: string }): Promise<void>;

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
