import { refuse, type GraphDraft, type NodeId, type NodeRoleId, type Refusal, type RoleId } from '#core';

/**
 * Lets only what a role on this node needs, on this node, be annealed; everything else there is switched off. Null switches
 * all of it on again.
 */
export const aimAt = (
  draft: GraphDraft,
  nodeId: NodeId,
  target: { readonly id: RoleId; readonly name: string } | null,
): Refusal | null => {
  const mine = [...draft.nodeRoles.values()].filter((nodeRole) => nodeRole.nodeId === nodeId);
  const aim = target && mine.find((nodeRole) => nodeRole.roleId === target.id);
  if (target && !aim)
    return refuse(
      'invalid',
      `${target.name} is not bound to ${draft.node(nodeId).name}: bind it first, or choose another target.`,
      { field: 'target_role' },
    );
  const wanted = aim ? ancestorsOnNode(draft, aim.id, nodeId) : null;
  for (const { id, available, deploymentId } of mine) {
    const on = wanted === null || wanted.has(id);
    if (on === available) continue;
    draft.patchNodeRole(id, { available: on });
    // Whoever plans hears of it from the history.
    draft.tell({ kind: 'node_role.switched', nodeRoleId: id, nodeId, deploymentId, data: { available: on } });
  }
  draft.tell({ kind: 'node.aimed', nodeId, data: { role: target?.name ?? null } });
  return null;
};

const ancestorsOnNode = (draft: GraphDraft, id: NodeRoleId, nodeId: NodeId): Set<NodeRoleId> => {
  const found = new Set([id]);
  for (const each of found)
    for (const parent of draft.parents(each)) if (parent.nodeId === nodeId) found.add(parent.id);
  return found;
};
