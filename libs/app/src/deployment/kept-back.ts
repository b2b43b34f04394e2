import type { DeploymentId, Graph, NodeId, NodeRoleId } from '#core';

/** Of the work of a commit, the noderoles on nodes that are to be held back. */
export const keptBack = (
  graph: Graph,
  deploymentId: DeploymentId,
  changed: ReadonlySet<NodeRoleId>,
  heldNodes: ReadonlySet<NodeId>,
): Set<NodeRoleId> => {
  if (heldNodes.size === 0) return new Set();
  const mine = [...graph.nodeRoles.values()].filter(
    (nodeRole) => nodeRole.deploymentId === deploymentId && heldNodes.has(nodeRole.nodeId),
  );
  const isWork = mine.filter(({ id, state, held }) => state === 'proposed' || held || changed.has(id));
  return new Set(isWork.map(({ id }) => id));
};
