import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';
import {
  Graph,
  type DeploymentState,
  type Edge,
  type GraphDeployment,
  type GraphNode,
  type NodeRole,
} from './graph.js';

/** A fact to be appended to the event history, in the transaction that makes it true. */
export interface EventDraft {
  /** `subject.what`, for example `node_role.active`. */
  readonly kind: string;
  readonly nodeRoleId?: NodeRoleId;
  readonly nodeId?: NodeId;
  readonly deploymentId?: DeploymentId;
  readonly runId?: string;
  readonly data?: JsonObject;
}

export type NodeRolePatch = Partial<Omit<NodeRole, 'id' | 'deploymentId' | 'roleId' | 'nodeId'>> & {
  readonly deploymentId?: DeploymentId;
};
export type NodePatch = Partial<Pick<GraphNode, 'alive' | 'available' | 'frozen'>>;

/** What a decision wants written: only fields that really changed. */
export interface GraphChanges {
  readonly nodeRoles: ReadonlyMap<NodeRoleId, NodeRolePatch>;
  readonly nodes: ReadonlyMap<NodeId, NodePatch>;
  readonly deployments: ReadonlyMap<DeploymentId, { readonly state: DeploymentState }>;
  /** Edges that count from now on. */
  readonly edgesCounted: readonly Edge[];
}

export interface Decision {
  readonly changes: GraphChanges;
  readonly events: readonly EventDraft[];
}

/** A graph that remembers what was changed in it. The graph it was made from stays as it is. */
export class GraphDraft extends Graph {
  private readonly base: Graph;
  private readonly touchedNodeRoles = new Set<NodeRoleId>();
  private readonly touchedNodes = new Set<NodeId>();
  private readonly touchedDeployments = new Set<DeploymentId>();
  private readonly counted = new Set<Edge>();
  private readonly events: EventDraft[] = [];

  constructor(base: Graph) {
    super({ nodeRoles: [], edges: [], nodes: [], roles: [], deployments: [] });
    this.base = base;
    for (const [id, nodeRole] of base.nodeRoles) this.nodeRoles.set(id, nodeRole);
    for (const [id, node] of base.nodes) this.nodes.set(id, node);
    for (const [id, role] of base.roles) this.roles.set(id, role);
    for (const [id, deployment] of base.deployments) this.deployments.set(id, deployment);
  }

  override edgesDown(id: NodeRoleId): readonly Edge[] {
    return this.base.edgesDown(id);
  }

  override edgesUp(id: NodeRoleId): readonly Edge[] {
    return this.base.edgesUp(id);
  }

  /** Whether `edge` counts, after what this draft has changed. */
  counts(edge: Edge): boolean {
    return !edge.pending || this.counted.has(edge);
  }

  patchNodeRole(id: NodeRoleId, patch: NodeRolePatch): NodeRole {
    const next = { ...this.nodeRole(id), ...patch };
    this.nodeRoles.set(id, next);
    this.touchedNodeRoles.add(id);
    return next;
  }

  patchNode(id: NodeId, patch: NodePatch): GraphNode {
    const next = { ...this.node(id), ...patch };
    this.nodes.set(id, next);
    this.touchedNodes.add(id);
    return next;
  }

  patchDeployment(id: DeploymentId, state: DeploymentState): GraphDeployment {
    const next = { ...this.deployment(id), state };
    this.deployments.set(id, next);
    this.touchedDeployments.add(id);
    return next;
  }

  count(edge: Edge): void {
    this.counted.add(edge);
  }

  tell(event: EventDraft): void {
    this.events.push(event);
  }

  decision(): Decision {
    return {
      changes: {
        nodeRoles: collect(this.touchedNodeRoles, this.base.nodeRoles, this.nodeRoles),
        nodes: collect(this.touchedNodes, this.base.nodes, this.nodes),
        deployments: collect(this.touchedDeployments, this.base.deployments, this.deployments) as Map<
          DeploymentId,
          { state: DeploymentState }
        >,
        edgesCounted: [...this.counted],
      },
      events: this.events,
    };
  }
}

const collect = <Id, Value extends object>(
  touched: ReadonlySet<Id>,
  before: ReadonlyMap<Id, Value>,
  after: ReadonlyMap<Id, Value>,
): Map<Id, Partial<Value>> => {
  const patches = new Map<Id, Partial<Value>>();
  for (const id of touched) {
    const was = before.get(id) as Value;
    const is = after.get(id) as Value;
    const patch: Partial<Value> = {};
    for (const key of Object.keys(is) as (keyof Value)[]) if (was[key] !== is[key]) patch[key] = is[key];
    if (Object.keys(patch).length > 0) patches.set(id, patch);
  }
  return patches;
};
