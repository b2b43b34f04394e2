import type {
  DeploymentId,
  JsonObject,
  NodeId,
  NodeRoleId,
  NodeRoleState,
  ParentChoice,
  Refusal,
  RoleId,
  RunId,
} from '#core';
import type { ListQuery, Page } from './page.js';
import type { RunState } from './run-store.js';

export interface NodeRoleView {
  readonly id: NodeRoleId;
  /** `role@node`, which is also a key. */
  readonly name: string;
  readonly roleId: RoleId;
  readonly role: string;
  readonly nodeId: NodeId;
  readonly node: string;
  readonly deploymentId: DeploymentId;
  readonly deployment: string;
  readonly state: NodeRoleState;
  readonly stateCode: number;
  readonly stateSince: Date;
  readonly cohort: number;
  /** Parents that are not active. */
  readonly unmet: number;
  /** It will be run again because an input changed. */
  readonly changed: boolean;
  /** A rollout keeps it back. */
  readonly held: boolean;
  readonly available: boolean;
  readonly runCount: number;
  readonly failures: number;
  /** When it may be tried again. */
  readonly notBefore: Date | null;
  /** One line about the last outcome. */
  readonly status: string;
  /** The run that owns it, and how far that is. */
  readonly runId: RunId | null;
  readonly runState: RunState | null;
  readonly version: number;
  readonly createdAt: Date;
}

/** With its data; secrets are hidden. */
export interface NodeRoleDetail extends NodeRoleView {
  /** Null when nothing is proposed beyond what was committed. */
  readonly proposedData: JsonObject | null;
  readonly committedData: JsonObject;
  /** What its runs wrote. */
  readonly wall: JsonObject;
  readonly sysdata: JsonObject;
  readonly notes: JsonObject;
  readonly dataUpdatedAt: Date | null;
  readonly dataUpdatedBy: string;
}

/** A neighbour in the graph, and why it is one. */
export interface Relative {
  readonly nodeRole: NodeRoleView;
  readonly soft: boolean;
  readonly pending: boolean;
  readonly why: ParentChoice;
  /** What would have done as well. */
  readonly candidates: readonly { readonly id: NodeRoleId; readonly name: string }[];
  /** Attributes that the child reads from the parent. */
  readonly attribs: readonly string[];
}

/** The graph of a deployment as pictures need it: its noderoles, and those outside that they hang together with. */
export interface GraphPicture {
  readonly nodeRoles: readonly (Pick<
    NodeRoleView,
    'id' | 'name' | 'role' | 'node' | 'nodeId' | 'deploymentId' | 'state' | 'stateCode' | 'cohort' | 'changed' | 'held'
  > & {
    readonly outside: boolean;
  })[];
  readonly edges: readonly {
    readonly parentId: NodeRoleId;
    readonly childId: NodeRoleId;
    readonly soft: boolean;
    readonly pending: boolean;
  }[];
}

export interface NodeRoleScope {
  readonly nodeId?: NodeId;
  readonly deploymentId?: DeploymentId;
  readonly roleId?: RoleId;
}

/** The stored layers of a noderole's own data, secrets and all. */
export interface NodeRoleData {
  readonly proposedData: JsonObject | null;
  readonly committedData: JsonObject;
  readonly wall: JsonObject;
  readonly sysdata: JsonObject;
  readonly notes: JsonObject;
}

export interface NodeRoleStore {
  /** By id or as `role@node`. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<NodeRoleDetail | null>;
  list(query: ListQuery, scope?: NodeRoleScope): Promise<Page<NodeRoleView> | Refusal>;
  parents(id: NodeRoleId): Promise<Relative[]>;
  children(id: NodeRoleId): Promise<Relative[]>;
  graphOf(deploymentId: DeploymentId): Promise<GraphPicture>;
  /** Ids of a deployment's or a node's noderoles, by cohort. */
  idsOf(scope: NodeRoleScope): Promise<NodeRoleId[]>;
  /** The roles that are bound to a node. */
  rolesOn(nodeId: NodeId): Promise<RoleId[]>;
  data(id: NodeRoleId): Promise<NodeRoleData>;
  /** Writes layers of its data. Does not touch what the graph's rules decide. */
  putData(id: NodeRoleId, change: Partial<NodeRoleData>): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly nodeRoles: NodeRoleStore;
  }
}
