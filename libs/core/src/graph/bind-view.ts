import { invariant } from '../base/invariant.js';
import type { DeploymentId, NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import type { BindingPlan } from './binding-plan.js';
import type { Edge, NodeRole } from './graph.js';

/** How deep deployments may stand in each other. Nobody keeps more levels apart, and looking for a parent walks them all. */
export const DEPLOYMENT_DEPTH_MAX = 32;

export type BoundNodeRole = Pick<NodeRole, 'id' | 'roleId' | 'nodeId' | 'deploymentId' | 'state' | 'cohort' | 'unmet'>;

export interface BindNode {
  readonly id: NodeId;
  readonly name: string;
  /** A phantom node, which stands in for its deployment. */
  readonly system: boolean;
  /** Anneal itself runs there. */
  readonly admin: boolean;
  readonly deploymentId: DeploymentId;
}

export interface BindDeployment {
  readonly id: DeploymentId;
  readonly name: string;
  readonly parentId: DeploymentId | null;
}

/**
 * The part of the graph that a binding looks at. To bind role R to node N in deployment D it must hold:
 * all noderoles of N; all noderoles, in D and the deployments above it, of the roles that R needs directly or not, of
 * roles that provide these, and of R itself; everything below the instances of cluster roles among these and below the
 * noderoles of N, with the edges between; the nodes of all these, and D with what is above it.
 * Holding more does no harm.
 */
export class BindView {
  private readonly nodeRoles = new Map<NodeRoleId, BoundNodeRole>();
  private readonly nodes = new Map<NodeId, BindNode>();
  private readonly deployments = new Map<DeploymentId, BindDeployment>();
  private readonly phantoms = new Map<DeploymentId, BindNode>();
  private readonly byNode = new Map<NodeId, NodeRoleId[]>();
  private readonly byRole = new Map<string, NodeRoleId[]>();
  private readonly down = new Map<NodeRoleId, Edge[]>();

  constructor(parts: {
    nodeRoles: Iterable<BoundNodeRole>;
    edges: Iterable<Edge>;
    nodes: Iterable<BindNode>;
    deployments: Iterable<BindDeployment>;
  }) {
    for (const deployment of parts.deployments) this.deployments.set(deployment.id, deployment);
    for (const node of [...parts.nodes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      this.nodes.set(node.id, node);
      if (node.system && !this.phantoms.has(node.deploymentId)) this.phantoms.set(node.deploymentId, node);
    }
    const ordered = [...parts.nodeRoles].sort((a, b) => this.compare(a, b));
    for (const nodeRole of ordered) {
      this.nodeRoles.set(nodeRole.id, nodeRole);
      listed(this.byNode, nodeRole.nodeId).push(nodeRole.id);
      listed(this.byRole, roleKey(nodeRole.roleId, nodeRole.deploymentId)).push(nodeRole.id);
    }
    for (const edge of parts.edges) listed(this.down, edge.parentId).push(edge);
  }

  findNode(id: NodeId): BindNode | undefined {
    return this.nodes.get(id);
  }

  node(id: NodeId): BindNode {
    const found = this.nodes.get(id);
    invariant(found, `node ${id} is not in the view`);
    return found;
  }

  findDeployment(id: DeploymentId): BindDeployment | undefined {
    return this.deployments.get(id);
  }

  deployment(id: DeploymentId): BindDeployment {
    const found = this.deployments.get(id);
    invariant(found, `deployment ${id} is not in the view`);
    return found;
  }

  /** The node that stands in for a deployment, if it has one. */
  phantomOf(id: DeploymentId): BindNode | undefined {
    return this.phantoms.get(id);
  }

  nodeRole(id: NodeRoleId): BoundNodeRole {
    const found = this.nodeRoles.get(id);
    invariant(found, `noderole ${id} is not in the view`);
    return found;
  }

  has(id: NodeRoleId): boolean {
    return this.nodeRoles.has(id);
  }

  /** Noderoles of a node, in any deployment. */
  onNode(id: NodeId): BoundNodeRole[] {
    return (this.byNode.get(id) ?? []).map((nodeRoleId) => this.nodeRole(nodeRoleId));
  }

  /** Noderoles of a role in one deployment, by name of node, then id. */
  instances(roleId: RoleId, deploymentId: DeploymentId): BoundNodeRole[] {
    return (this.byRole.get(roleKey(roleId, deploymentId)) ?? []).map((id) => this.nodeRole(id));
  }

  edgesDown(id: NodeRoleId): readonly Edge[] {
    return this.down.get(id) ?? [];
  }

  /** A deployment and those it stands in, nearest first. Ends after `DEPLOYMENT_DEPTH_MAX` + 1 of them. */
  ancestry(id: DeploymentId): DeploymentId[] {
    const ids: DeploymentId[] = [];
    for (
      let at: DeploymentId | null = id;
      at !== null && ids.length <= DEPLOYMENT_DEPTH_MAX;
      at = this.deployment(at).parentId
    )
      ids.push(at);
    return ids;
  }

  /** Takes a plan as carried out, so that the next binding of a group sees it. */
  apply(plan: BindingPlan): void {
    for (const nodeRole of plan.nodeRoles) {
      this.nodeRoles.set(nodeRole.id, nodeRole);
      this.insert(listed(this.byNode, nodeRole.nodeId), nodeRole);
      this.insert(listed(this.byRole, roleKey(nodeRole.roleId, nodeRole.deploymentId)), nodeRole);
    }
    for (const edge of plan.edges) listed(this.down, edge.parentId).push(edge);
    for (const [id, cohort] of plan.cohorts) this.nodeRoles.set(id, { ...this.nodeRole(id), cohort });
    for (const [id, unmet] of plan.unmet) this.nodeRoles.set(id, { ...this.nodeRole(id), unmet });
  }

  /** Order of noderoles by name of node, then id. */
  compare(a: BoundNodeRole, b: BoundNodeRole): number {
    if (a.id === b.id) return 0;
    const [nameA, nameB] = [this.node(a.nodeId).name, this.node(b.nodeId).name];
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  }

  private insert(list: NodeRoleId[], nodeRole: BoundNodeRole): void {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(this.nodeRole(list[middle] as NodeRoleId), nodeRole) < 0) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, nodeRole.id);
  }
}

const roleKey = (roleId: RoleId, deploymentId: DeploymentId): string => `${roleId} ${deploymentId}`;

const listed = <Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] => {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
};
