import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import type { Graph, NodeRole } from '../graph/graph.js';

/**
 * Which noderoles of a node follow it into another deployment: those that are proposed, have never run, and have only such
 * descendants. The others stay where they were committed. In order of cohort, then id; the preview lists the same ones.
 */
export const followersOf = (graph: Graph, nodeId: NodeId): NodeRoleId[] => {
  const known = new Map<NodeRoleId, boolean>();
  const mayFollow = (nodeRole: NodeRole): boolean => {
    const before = known.get(nodeRole.id);
    if (before !== undefined) return before;
    const untouched = nodeRole.state === 'proposed' && nodeRole.runCount === 0;
    const answer = untouched && graph.children(nodeRole.id).every(mayFollow);
    known.set(nodeRole.id, answer);
    return answer;
  };
  return [...graph.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.nodeId === nodeId && mayFollow(nodeRole))
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
};

/** Moves a node into another deployment, and with it the noderoles that follow. Returns these. */
export const moveNode = (draft: GraphDraft, nodeId: NodeId, deploymentId: DeploymentId): NodeRoleId[] => {
  const followers = followersOf(draft, nodeId).filter((id) => draft.nodeRole(id).deploymentId !== deploymentId);
  for (const id of followers) {
    const from = draft.nodeRole(id).deploymentId;
    draft.patchNodeRole(id, { deploymentId });
    draft.tell({ kind: 'node_role.moved', nodeRoleId: id, nodeId, deploymentId, data: { from } });
  }
  draft.tell({ kind: 'node.moved', nodeId, deploymentId });
  return followers;
};
