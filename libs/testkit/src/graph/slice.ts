import { Graph, type DeploymentId, type Edge, type NodeId, type NodeRole, type NodeRoleId } from '#core';

/** Where a slice begins; the same words as the port of the graph store. */
export interface SliceRoots {
  readonly nodeRoleIds?: readonly NodeRoleId[];
  readonly nodeIds?: readonly NodeId[];
  readonly deploymentIds?: readonly DeploymentId[];
}

/**
 * The part of a graph that a store would load for a decision: the roots with all their descendants, the direct parents of
 * these, and the nodes, roles and deployments of all of them. Decisions made on it must not differ from those made on the whole.
 */
export const sliceOf = (graph: Graph, roots: SliceRoots): Graph => {
  const named = [...graph.nodeRoles.values()].filter(
    ({ id, nodeId, deploymentId }) =>
      roots.nodeRoleIds?.includes(id) || roots.nodeIds?.includes(nodeId) || roots.deploymentIds?.includes(deploymentId),
  );
  const kept = new Set(named.map(({ id }) => id));
  for (const id of kept) for (const child of graph.children(id)) kept.add(child.id);
  for (const id of [...kept]) for (const parent of graph.parents(id)) kept.add(parent.id);
  return cut(graph, kept, roots);
};

/**
 * What a store would load for `explain`: the noderoles with their children and all their ancestors, and what is in error or
 * in transition on the nodes of these.
 */
export const ancestryOf = (graph: Graph, ids: readonly NodeRoleId[]): Graph => {
  const kept = new Set(ids);
  for (const id of kept) for (const parent of graph.parents(id)) kept.add(parent.id);
  const nodes = new Set([...kept].map((id) => graph.nodeRole(id).nodeId));
  for (const { id, nodeId, state } of graph.nodeRoles.values())
    if (nodes.has(nodeId) && (state === 'error' || state === 'transition')) kept.add(id);
  for (const id of ids) for (const child of graph.children(id)) kept.add(child.id);
  return cut(graph, kept, {});
};

/** Every edge of a graph. */
export const edgesOf = (graph: Graph): Edge[] => [...graph.nodeRoles.keys()].flatMap((id) => graph.edgesDown(id));

const cut = (graph: Graph, kept: ReadonlySet<NodeRoleId>, roots: SliceRoots): Graph => {
  const nodeRoles: NodeRole[] = [...kept].map((id) => graph.nodeRole(id));
  const ofThese = <Id>(also: readonly Id[] | undefined, idOf: (nodeRole: NodeRole) => Id): Id[] => [
    ...new Set([...(also ?? []), ...nodeRoles.map(idOf)]),
  ];
  return new Graph({
    nodeRoles,
    edges: edgesOf(graph).filter(({ parentId, childId }) => kept.has(parentId) && kept.has(childId)),
    nodes: ofThese(roots.nodeIds, ({ nodeId }) => nodeId).map((id) => graph.node(id)),
    roles: ofThese(undefined, ({ roleId }: NodeRole) => roleId).map((id) => graph.role(id)),
    deployments: ofThese(roots.deploymentIds, ({ deploymentId }) => deploymentId).map((id) => graph.deployment(id)),
  });
};
