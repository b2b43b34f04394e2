import type {
  DeploymentId,
  InstallId,
  InstallPhase,
  JsonObject,
  Lifecycle,
  NodeId,
  NodeRoleState,
  Refusal,
  RoleId,
} from '#core';
import type { BootSessionId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export interface NodeView {
  readonly id: NodeId;
  /** FQDN, lower case. */
  readonly name: string;
  readonly description: string;
  readonly deploymentId: DeploymentId;
  readonly deployment: string;
  readonly admin: boolean;
  /** It stands in for its deployment: a phantom node. */
  readonly system: boolean;
  readonly alive: boolean;
  readonly available: boolean;
  /** Noderoles in error that keep anything new from starting here. */
  readonly frozen: number;
  readonly bootenv: string;
  readonly targetRoleId: RoleId | null;
  readonly targetRole: string | null;
  readonly address: string | null;
  readonly sshPort: number;
  /** The pinned SSH host key, as in known_hosts. */
  readonly hostKey: string | null;
  readonly probed: boolean;
  readonly probedAt: Date | null;
  readonly probeSays: string;
  readonly macs: readonly string[];
  /** Values of secret attributes are hidden in these two. */
  readonly inventory: JsonObject;
  readonly hints: JsonObject;
  readonly quirks: readonly string[];
  readonly notes: JsonObject;
  /** `category/name`. */
  readonly groups: readonly string[];
  /** Derived from its noderoles: error, transition, todo, blocked, proposed, active; the first that occurs. */
  readonly state: NodeRoleState;
  readonly stateCode: number;
  /** Where the machine stands in its life; whether it can be reached is `alive`. */
  readonly lifecycle: Lifecycle;
  /** The boot that it is in; null before it has proved one. */
  readonly bootSession: { readonly id: BootSessionId; readonly bootenv: string; readonly since: Date } | null;
  /** Parts of it that are not well. */
  readonly openReports: number;
  /** Its newest install, how far it is or how it ended; null when there was none. */
  readonly install: {
    readonly id: InstallId;
    readonly image: string;
    readonly phase: InstallPhase;
    readonly percent: number | null;
    readonly since: Date;
  } | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewNode {
  readonly id: NodeId;
  readonly name: string;
  readonly description: string;
  readonly deploymentId: DeploymentId;
  readonly admin: boolean;
  readonly system: boolean;
  readonly alive: boolean;
  readonly available: boolean;
  readonly bootenv: string;
  readonly address: string | null;
  readonly sshPort: number;
  readonly hostKey: string | null;
  readonly probed: boolean;
  readonly macs: readonly string[];
  readonly inventory: JsonObject;
  readonly hints: JsonObject;
  readonly quirks: readonly string[];
  readonly notes: JsonObject;
}

/** What is not decided by the rules of the graph. */
export type NodeChange = Partial<
  Pick<
    NewNode,
    | 'name'
    | 'description'
    | 'deploymentId'
    | 'bootenv'
    | 'address'
    | 'sshPort'
    | 'hostKey'
    | 'probed'
    | 'macs'
    | 'inventory'
    | 'hints'
    | 'quirks'
    | 'notes'
  > & { readonly targetRoleId: RoleId | null }
>;

/** What is written down about a node, secrets and all. */
export interface NodeDocuments {
  readonly inventory: JsonObject;
  readonly hints: JsonObject;
  readonly notes: JsonObject;
}

export interface NodeStore {
  /** By id or by name. `lock` keeps others from changing it until the transaction ends. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<NodeView | null>;
  list(query: ListQuery): Promise<Page<NodeView> | Refusal>;
  /** False when there is one of this name already. */
  insertMissing(node: NewNode): Promise<boolean>;
  update(id: NodeId, change: NodeChange): Promise<void>;
  documents(id: NodeId): Promise<NodeDocuments>;
  /** Deletes a node that has no noderoles. */
  delete(id: NodeId): Promise<void>;
  /** Nodes with the admin flag, locked, so that the last one stays. */
  admins(): Promise<NodeId[]>;
  /** The node that stands in for a deployment. */
  phantomOf(deploymentId: DeploymentId): Promise<NodeId | null>;
  /** Gives all nodes of a deployment but its phantom to another, and says which. */
  moveAll(from: DeploymentId, to: DeploymentId): Promise<{ readonly id: NodeId; readonly name: string }[]>;
  /** The nodes of some keys, by key; those that are not there are left out. For bulk work. */
  idsOf(keys: readonly string[]): Promise<ReadonlyMap<string, NodeId>>;
  /** Another node that has one of these hardware addresses. */
  withMacs(macs: readonly string[], except: NodeId): Promise<{ readonly name: string; readonly mac: string } | null>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly nodes: NodeStore;
  }
}
