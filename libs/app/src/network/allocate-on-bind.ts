import { isRefusal, type NodeId, type NodeRoleId, type Refusal, type RoleId } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { allocateWithin } from './allocate-within.js';

/** An address, or any of a range, that somebody asks for while a node is bound to a network's role. */
export interface AskedAddress {
  readonly roleId: RoleId;
  readonly address?: string;
  readonly range?: string;
}

/** Gives the addresses that come with the roles of networks, to noderoles that were made a moment ago. */
export const allocateOnBind = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'ids'>,
  made: readonly { readonly id: NodeRoleId; readonly roleId: RoleId; readonly nodeId: NodeId }[],
  asked?: AskedAddress,
): Promise<Refusal | null> => {
  if (made.length === 0) return null;
  const networks = await tx.networks.ofRoles([...new Set(made.map(({ roleId }) => roleId))]);
  const requests = made.flatMap(({ id, roleId, nodeId }) => {
    const network = networks.get(roleId);
    if (!network) return [];
    return [{ network, nodeId, nodeRoleId: id, ...(asked?.roleId === roleId ? { asked } : {}) }];
  });
  const given = await allocateWithin(tx, parts, requests);
  return isRefusal(given) ? given : null;
};
