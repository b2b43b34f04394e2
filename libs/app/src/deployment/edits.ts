import {
  changedNodeRoles,
  type ChangedNodeRoles,
  type DataEdit,
  type DeploymentId,
  type Graph,
  type NodeRoleId,
} from '#core';
import type { ProposedEdits } from '../ports/commit-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Whom the data that is proposed in a deployment concerns. `graph` holds its noderoles and all below them. */
export const changesOf = async (
  tx: Transaction,
  graph: Graph,
  deploymentId: DeploymentId,
): Promise<ChangedNodeRoles> => {
  const proposed = await tx.commits.proposedEdits(deploymentId);
  if (proposed.deploymentRoles.length === 0 && proposed.nodeRoles.length === 0) return NOBODY;
  const nodeRoles = editsOf(graph, deploymentId, proposed);
  const edited = new Set(nodeRoles.flatMap(({ nodeRoleIds }) => nodeRoleIds));
  const readers = await tx.attribs.readers({ nodeRoleIds: [...edited], nodeIds: [] }, 'input');
  return changedNodeRoles(graph, { nodeRoles }, readers);
};

const NOBODY: ChangedNodeRoles = { because: new Map(), changed: new Set(), notRerun: [] };

const editsOf = (graph: Graph, deploymentId: DeploymentId, proposed: ProposedEdits): DataEdit[] => {
  const byRole = new Map<string, NodeRoleId[]>(proposed.deploymentRoles.map(({ roleId }) => [roleId, []]));
  for (const { id, roleId, deploymentId: of } of graph.nodeRoles.values())
    if (of === deploymentId) byRole.get(roleId)?.push(id);
  return [
    ...proposed.deploymentRoles.map(({ roleId, before, after }): DataEdit => ({
      layer: 'deployment_role.user',
      nodeRoleIds: byRole.get(roleId) ?? [],
      before,
      after,
    })),
    ...proposed.nodeRoles.map(({ id, before, after }): DataEdit => ({
      layer: 'node_role.user',
      nodeRoleIds: [id],
      before,
      after,
    })),
  ];
};
