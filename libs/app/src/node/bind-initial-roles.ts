import { isRefusal, rolesForNewNode, type NodeId, type Refusal } from '#core';
import { bindRoles } from '../barclamp/role-catalog.js';
import { bindWithin, type BoundNodeRole } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Binds to a node, in the system deployment, what nodes of its kind get by themselves. What is there is left as it is. */
export const bindInitialRoles = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'ids' | 'vetoes'>,
  node: { readonly id: NodeId; readonly admin: boolean; readonly firstAdmin: boolean },
): Promise<readonly BoundNodeRole[] | Refusal> => {
  const facts = await tx.catalog.facts();
  const retired = new Set(facts.roles.filter((role) => role.retired).map(({ id }) => id));
  const roles = rolesForNewNode(bindRoles(facts), {
    admin: node.admin,
    system: false,
    firstAdmin: node.firstAdmin,
  }).filter((id) => !retired.has(id));
  const bound = new Set(await tx.nodeRoles.rolesOn(node.id));
  // Whoever binds keeps everybody from following edges for a moment, so nobody does it for nothing.
  const missing = roles.filter((id) => !bound.has(id));
  if (missing.length === 0) return [];
  const system = await tx.deployments.system();
  if (!system) return [];
  const result = await bindWithin(
    tx,
    parts,
    missing.map((roleId) => ({ roleId, nodeId: node.id, deploymentId: system })),
  );
  return isRefusal(result) ? result : result.created;
};
