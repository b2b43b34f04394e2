import { Graph, type DeploymentId, type NodeId, type NodeRole, type NodeRoleId } from '#core';

/**
 * The graph with noderoles of a deployment held as a commit leaves them: what an earlier rollout kept back is let go, and
 * what the commit is told to keep back is held. The same graph where nothing of this differs.
 */
export const heldAsCommitted = (
  graph: Graph,
  deploymentId: DeploymentId,
  changed: ReadonlySet<NodeRoleId>,
  heldNodes: ReadonlySet<NodeId>,
): Graph => {
  const held = (nodeRole: NodeRole): boolean =>
    heldNodes.has(nodeRole.nodeId) && (nodeRole.state === 'proposed' || changed.has(nodeRole.id));
  const mine = [...graph.nodeRoles.values()].filter((nodeRole) => nodeRole.deploymentId === deploymentId);
  if (mine.every((nodeRole) => nodeRole.held === held(nodeRole))) return graph;
  const nodeRoles = [...graph.nodeRoles.values()].map((nodeRole) =>
    nodeRole.deploymentId === deploymentId ? { ...nodeRole, held: held(nodeRole) } : nodeRole,
  );
  return new Graph({
    nodeRoles,
    edges: nodeRoles.flatMap(({ id }) => graph.edgesDown(id)),
    nodes: graph.nodes.values(),
    roles: graph.roles.values(),
    deployments: graph.deployments.values(),
  });
};
