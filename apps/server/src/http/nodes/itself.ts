import type { Principal } from '#app';
import { refuse, type NodeId, type Refusal } from '#core';

/**
 * A node speaks for itself and nobody else. Whether the other thing exists is not told: a node's token that fell into
 * wrong hands shall not find out what there is.
 */
export const refuseOtherNode = async (
  principal: Principal,
  findNodeId: () => Promise<NodeId | null>,
): Promise<Refusal | null> => {
  if (principal.role !== 'node') return null;
  return principal.nodeId !== null && (await findNodeId()) === principal.nodeId
    ? null
    : refuse('forbidden', `${principal.actor} speaks for itself only.`);
};
