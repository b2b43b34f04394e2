import type { NodeId, NodeRoleId, RunId } from '../base/ids.js';
import type { EventDraft } from '../graph/draft.js';
import type { InstallDeadlines } from './deadlines.js';
import type { GrantedDisk, InstallLayout, OrderedImage } from './order.js';
import type { InstallId, InstallPhase } from './phase.js';

/**
 * An install as its row has it: which machine gets what, how far it is, and by what its machine is recognised. It is made
 * by `planInstall` and changed by the functions of decide.ts alone. No secret is in it, only digests of them.
 */
export interface Install {
  readonly id: InstallId;
  readonly nodeId: NodeId;
  readonly nodeRoleId: NodeRoleId;
  readonly runId: RunId;
  readonly phase: InstallPhase;
  /** Milliseconds since the epoch, as all times here. */
  readonly phaseSince: number;
  /** When each phase began. */
  readonly times: Readonly<Partial<Record<InstallPhase, number>>>;
  readonly plan: InstallPlan;
  /** How the order reached the machine; null before. */
  readonly via: OrderWay | null;
  /** The boot session that fetched the order, as far as whoever gave it knows; else the one before, which was to end. */
  readonly session: string | null;
  /** SHA-256 of the token of the order, hex. Counts in `installing`; kept after it, so that a repeated finish is known. */
  readonly tokenHash: string | null;
  /** SHA-256 of the token with which the installed system joins, hex. Counts in `installed` alone. */
  readonly joinHash: string | null;
  /** When the machine last reported; null until it has taken its order up. */
  readonly heardAt: number | null;
  /** The kernel's boot id of the system that installs, when it told it. */
  readonly bootId: string | null;
  /** Host key of the system that was installed, as in known_hosts. */
  readonly hostKey: string | null;
  /** What the machine says it is doing. */
  readonly step: string;
  readonly percent: number | null;
  readonly says: string;
  /** When the machine was told to start again, and how often; null and 0 before. */
  readonly poweredAt: number | null;
  readonly powered: number;
  /** Why it ended, in a sentence; empty while it goes on or has succeeded. */
  readonly reason: string;
  /** The last lines that the machine sent. */
  readonly logTail: readonly string[];
}

/** `ssh`: handed to the running discovery system. `netboot`: fetched by a machine that booted for it. */
export type OrderWay = 'ssh' | 'netboot';

/** What was decided when the install was planned. It never changes afterwards (R27). */
export interface InstallPlan {
  readonly image: PlannedImage;
  /** Boot environment in which the machine asks for its order. */
  readonly bootenv: string;
  readonly layout: InstallLayout;
  /** The first carries the system. */
  readonly disks: readonly GrantedDisk[];
  /** The machine is restarted even when it could be handed its order as it is. */
  readonly reboot: boolean;
  readonly kernelParams: readonly string[];
  readonly packages: readonly string[];
  readonly proxy: string | null;
  /** Who may log in to the new system as root, as in authorized_keys. */
  readonly authorizedKeys: readonly string[];
  readonly deadlines: InstallDeadlines;
}

export interface PlannedImage {
  readonly name: string;
  readonly family: string;
  readonly version: string;
  /** What is written to the disk; null where an installer brings its own. */
  readonly content: Omit<OrderedImage, 'url'> | null;
}

/** What of an install a decision changes. */
export type InstallPatch = Partial<
  Omit<Install, 'id' | 'nodeId' | 'nodeRoleId' | 'runId' | 'plan' | 'phaseSince' | 'times'>
>;

/** What a decision wants written, all in one transaction. */
export interface InstallDecision {
  /** The install as it is afterwards. */
  readonly install: Install;
  readonly node: NodeEffect;
  /** Lines for the log of the run. */
  readonly log: readonly string[];
  readonly events: readonly EventDraft[];
  /** How the run ends with it; null when it goes on. */
  readonly run: RunEffect | null;
}

export interface NodeEffect {
  readonly bootenv?: string;
  /** The installed system runs there now: the node counts as not alive until that one was reached, by this key. */
  readonly joined?: { readonly hostKey: string; readonly bootId: string };
}

export type RunEffect =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string };

/** Boot environments in which nothing is ever installed. */
export const SAFE_BOOTENVS = {
  /** What a machine starts once its order was given out: its own disk. */
  local: 'local',
  /** What it starts after a failure: a system in memory. */
  discovery: 'discovery',
} as const;

/** The jig whose runs are installs. */
export const INSTALL_JIG = 'install';
