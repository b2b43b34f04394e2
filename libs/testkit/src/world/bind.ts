import { refuse, type DeploymentId, type Edge, type Graph, type NodeId, type NodeRole, type NodeRoleId, type Refusal, type RoleId } from '#core';

/** What a role brings along when it is bound, beyond what the graph remembers of it. */
export interface BoundBy {
  /** Roles that must be bound above it. */
  readonly requires: readonly RoleId[];
  /** Only ever taken from the same node. */
  readonly implicit: boolean;
}

/** What binding adds to a graph. */
export interface Binding {
  readonly added: readonly NodeRole[];
  readonly edges: readonly Edge[];
  /** New cohorts and counts of noderoles that were there before. */
  readonly changed: readonly NodeRole[];
}

/**
 * Binds a role to a node in the words of the in-memory world: each required role is taken from the same node, else (unless
 * it is implicit) from the deployment and then those above it, by name of the node, else it is bound on the node as well.
 * Every peer of a cluster role becomes a parent, and a new peer gets its peers' children.
 */
export const bindInWorld = (
  graph: Graph,
  roleId: RoleId,
  nodeId: NodeId,
  deploymentId: DeploymentId,
  roleSays: (id: RoleId) => BoundBy,
  newId: () => NodeRoleId,
): Binding | Refusal => {
  const nodeRoles = new Map(graph.nodeRoles);
  const edges = new Map<string, Edge>();
  const added: NodeRoleId[] = [];
  const above = (id: NodeRoleId): Edge[] => [...graph.edgesUp(id), ...[...edges.values()].filter(({ childId }) => childId === id)];
  const below = (id: NodeRoleId): Edge[] => [...graph.edgesDown(id), ...[...edges.values()].filter(({ parentId }) => parentId === id)];
  const all = (): NodeRole[] => [...nodeRoles.values()].sort((a, b) => (graph.node(a.nodeId).name < graph.node(b.nodeId).name ? -1 : 1));
  const on = (role: RoleId, node: NodeId): NodeRole | undefined => all().find((nodeRole) => nodeRole.roleId === role && nodeRole.nodeId === node);

  const join = (parentId: NodeRoleId, childId: NodeRoleId): void => {
    if (parentId === childId || above(childId).some((edge) => edge.parentId === parentId)) return;
    const child = nodeRoles.get(childId) as NodeRole;
    const pending = nodeRoles.get(parentId)?.state === 'proposed' && child.state !== 'proposed';
    edges.set(`${parentId} ${childId}`, { parentId, childId, soft: false, pending });
    deepen(childId);
  };
  const deepen = (id: NodeRoleId): void => {
    const nodeRole = nodeRoles.get(id) as NodeRole;
    const parents = above(id).map((edge) => ({ edge, parent: nodeRoles.get(edge.parentId) as NodeRole }));
    const cohort = Math.max(nodeRole.cohort, ...parents.map(({ parent }) => parent.cohort + 1));
    const unmet = parents.filter(({ edge, parent }) => !edge.pending && parent.state !== 'active').length;
    nodeRoles.set(id, { ...nodeRole, cohort, unmet });
    if (cohort > nodeRole.cohort) for (const { childId } of below(id)) deepen(childId);
  };
  const chosen = (role: RoleId): NodeRole | undefined => {
    const beside = on(role, nodeId);
    if (beside || roleSays(role).implicit) return beside;
    for (let at: DeploymentId | null = deploymentId; at; at = graph.deployment(at).parentId) {
      const found = all().find((nodeRole) => nodeRole.roleId === role && nodeRole.deploymentId === at);
      if (found) return found;
    }
    return undefined;
  };
  const place = (role: RoleId): NodeRoleId => {
    const id = newId();
    nodeRoles.set(id, { ...FRESH, id, roleId: role, nodeId, deploymentId });
    added.push(id);
    for (const wanted of roleSays(role).requires) {
      const parentId = chosen(wanted)?.id ?? place(wanted);
      const parent = nodeRoles.get(parentId) as NodeRole;
      const peers = all().filter((peer) => peer.roleId === wanted && peer.deploymentId === parent.deploymentId);
      for (const peer of graph.role(wanted).cluster ? peers : [parent]) join(peer.id, id);
    }
    if (graph.role(role).cluster)
      for (const peer of all().filter((other) => other.roleId === role && other.deploymentId === deploymentId && other.id !== id))
        for (const { childId } of below(peer.id)) join(id, childId);
    return id;
  };

  if (on(roleId, nodeId)) return refuse('already-exists', `${graph.role(roleId).name} is bound to ${graph.node(nodeId).name} already.`);
  place(roleId);
  const changed = [...nodeRoles.values()].filter((nodeRole) => graph.nodeRoles.has(nodeRole.id) && nodeRole !== graph.nodeRoles.get(nodeRole.id));
  return { added: added.map((id) => nodeRoles.get(id) as NodeRole), edges: [...edges.values()], changed };
};

const FRESH: Omit<NodeRole, 'id' | 'roleId' | 'nodeId' | 'deploymentId'> = {
  state: 'proposed',
  cohort: 0,
  unmet: 0,
  doubted: false,
  rerun: false,
  dirty: false,
  held: false,
  available: true,
  runCount: 0,
  failures: 0,
  notBefore: null,
  runId: null,
  status: '',
};
