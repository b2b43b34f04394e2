import { invariant } from '../base/invariant.js';
import type { DeploymentId, NodeId, NodeRoleId, RoleId, RunId } from '../base/ids.js';
import type { NodeRoleState } from '../noderole/states.js';

/**
 * The graph of noderoles as the rules see it: plain values, in memory. A store loads the part that a decision needs (a
 * slice), the rules read it through `Graph` and write through `GraphDraft`, and the store saves what the draft collected.
 * A slice is closed downwards: with a noderole come all its descendants.
 */
export interface NodeRole {
  readonly id: NodeRoleId;
  readonly deploymentId: DeploymentId;
  readonly roleId: RoleId;
  readonly nodeId: NodeId;
  readonly state: NodeRoleState;
  /** Longest distance from a root. Orders work; correctness never rests on it. */
  readonly cohort: number;
  /** How many parents, over edges that count, are not active. */
  readonly unmet: number;
  /** While in transition: something it relies on was lost, so its result is not the last word. */
  readonly doubted: boolean;
  /** While in transition: it was active before, and its children go on relying on it. */
  readonly rerun: boolean;
  /** An input changed since the last run was staged; an active noderole with this mark is run again. */
  readonly dirty: boolean;
  /**
   * While in todo or blocked: only its node was lost, and by the scope of its role what it did still stands. Once its parents
   * are active it counts as done without a run.
   */
  readonly kept: boolean;
  /** Kept back by a rollout until its wave begins. */
  readonly held: boolean;
  /** Switched off by an operator, or outside of the node's target role. */
  readonly available: boolean;
  readonly runCount: number;
  /** Runs that failed in a row since the last success, for the retry policy. */
  readonly failures: number;
  /** Not to be planned before this instant (milliseconds since the epoch); null when it may be. */
  readonly notBefore: number | null;
  /** The run that owns it while in transition. */
  readonly runId: RunId | null;
  /** One line about the last outcome, shown beside the state. */
  readonly status: string;
}

export interface Edge {
  readonly parentId: NodeRoleId;
  readonly childId: NodeRoleId;
  /** A soft edge orders, but does not keep its parent from being deleted. */
  readonly soft: boolean;
  /**
   * The parent was bound after its child had been committed and has not been committed itself: proposing changes nothing,
   * so the edge does not count until then.
   */
  readonly pending: boolean;
}

export interface GraphNode {
  readonly id: NodeId;
  readonly name: string;
  readonly alive: boolean;
  readonly available: boolean;
  /** Stands in for a deployment (a phantom node): always alive, never reached over the network. */
  readonly system: boolean;
  /** How many noderoles in error freeze it. */
  readonly frozen: number;
  /** Whether it runs, or ran last, the system of its own disk: what was done to that lasts as long as the disk does. */
  readonly onDisk: boolean;
}

/**
 * How long what a role did lasts (R24). `boot`: until its node is lost; it proves itself whenever the node comes back to
 * life. `install`: as long as the system on the node's disk does; it is done again on a new one, and in every system that
 * runs in memory. `once`: for good.
 */
export const ROLE_SCOPES = ['boot', 'install', 'once'] as const;
export type RoleScope = (typeof ROLE_SCOPES)[number];

export type OnError = 'node' | 'descendants';
export type OnRerunFailure = 'warn' | 'block';

export interface GraphRole {
  readonly id: RoleId;
  readonly name: string;
  readonly jig: string;
  readonly destructive: boolean;
  readonly cluster: boolean;
  readonly onError: OnError;
  readonly onRerunFailure: OnRerunFailure;
  readonly scope: RoleScope;
  readonly priority: number;
  readonly retry: RetryPolicy | null;
  /** Milliseconds; null means that a run may take as long as it likes. */
  readonly timeoutMs: number | null;
}

/** After a failure, plan again up to `max` times, waiting `backoffMs` · 2ⁿ before each. Off unless a role asks for it. */
export interface RetryPolicy {
  readonly max: number;
  readonly backoffMs: number;
  /** Only these exit codes are retried; empty means any failure. */
  readonly exitCodes: readonly number[];
}

export type DeploymentState = 'proposed' | 'committed';

export interface GraphDeployment {
  readonly id: DeploymentId;
  readonly name: string;
  readonly parentId: DeploymentId | null;
  readonly system: boolean;
  readonly state: DeploymentState;
  readonly priority: number;
}

export interface GraphParts {
  readonly nodeRoles: Iterable<NodeRole>;
  readonly edges: Iterable<Edge>;
  readonly nodes: Iterable<GraphNode>;
  readonly roles: Iterable<GraphRole>;
  readonly deployments: Iterable<GraphDeployment>;
}

export class Graph {
  readonly nodeRoles = new Map<NodeRoleId, NodeRole>();
  readonly nodes = new Map<NodeId, GraphNode>();
  readonly roles = new Map<RoleId, GraphRole>();
  readonly deployments = new Map<DeploymentId, GraphDeployment>();
  private readonly downward = new Map<NodeRoleId, Edge[]>();
  private readonly upward = new Map<NodeRoleId, Edge[]>();

  constructor(parts: GraphParts) {
    for (const node of parts.nodes) this.nodes.set(node.id, node);
    for (const role of parts.roles) this.roles.set(role.id, role);
    for (const deployment of parts.deployments) this.deployments.set(deployment.id, deployment);
    for (const nodeRole of parts.nodeRoles) this.nodeRoles.set(nodeRole.id, nodeRole);
    for (const edge of parts.edges) this.join(edge);
  }

  private join(edge: Edge): void {
    listed(this.downward, edge.parentId).push(edge);
    listed(this.upward, edge.childId).push(edge);
  }

  nodeRole(id: NodeRoleId): NodeRole {
    const found = this.nodeRoles.get(id);
    invariant(found, `noderole ${id} is not in the slice`);
    return found;
  }

  node(id: NodeId): GraphNode {
    const found = this.nodes.get(id);
    invariant(found, `node ${id} is not in the slice`);
    return found;
  }

  role(id: RoleId): GraphRole {
    const found = this.roles.get(id);
    invariant(found, `role ${id} is not in the slice`);
    return found;
  }

  deployment(id: DeploymentId): GraphDeployment {
    const found = this.deployments.get(id);
    invariant(found, `deployment ${id} is not in the slice`);
    return found;
  }

  edgesDown(id: NodeRoleId): readonly Edge[] {
    return this.downward.get(id) ?? [];
  }

  edgesUp(id: NodeRoleId): readonly Edge[] {
    return this.upward.get(id) ?? [];
  }

  /** Parents that the slice holds; a slice may hold only some of them. */
  parents(id: NodeRoleId): NodeRole[] {
    return this.edgesUp(id).flatMap((edge) => this.nodeRoles.get(edge.parentId) ?? []);
  }

  children(id: NodeRoleId): NodeRole[] {
    return this.edgesDown(id).flatMap((edge) => this.nodeRoles.get(edge.childId) ?? []);
  }

  /** `role on node`, as people read a noderole's name. */
  nameOf(id: NodeRoleId): string {
    const nodeRole = this.nodeRole(id);
    return `${this.role(nodeRole.roleId).name} on ${this.node(nodeRole.nodeId).name}`;
  }
}

const listed = <Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] => {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
};
