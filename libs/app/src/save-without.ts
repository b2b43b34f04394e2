import type { Graph, GraphDraft, NodeRoleId } from '#core';
import { releaseUnbound } from './network/release-within.js';
import type { Transaction } from './ports/unit-of-work.js';

/**
 * Saves a draft in which noderoles were unbound, deletes these, gives back the addresses that came with the roles of
 * networks, and gives their names as `role@node`.
 */
export const saveWithout = async (
  tx: Transaction,
  graph: Graph,
  draft: GraphDraft,
  gone: readonly NodeRoleId[],
): Promise<string[]> => {
  await tx.graph.save(graph, draft.decision());
  await tx.bindings.remove(gone);
  await releaseUnbound(
    tx,
    gone.map((id) => graph.nodeRole(id)),
  );
  return gone.map((id) => {
    const { roleId, nodeId } = graph.nodeRole(id);
    return `${graph.role(roleId).name}@${graph.node(nodeId).name}`;
  });
};
