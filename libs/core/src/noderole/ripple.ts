import type { NodeRoleId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';
import type { GraphDraft, NodeRolePatch } from '../graph/draft.js';
import type { NodeRole } from '../graph/graph.js';
import type { NodeRoleState } from './states.js';

/**
 * Moves one noderole into a state and does to its neighbours what follows from that (promise P3):
 * when it becomes active, children whose last missing parent it was become todo; when it leaves active, every committed
 * descendant becomes blocked, but for those in transition, which are marked as doubted and finish first.
 *
 * A noderole in transition for a re-run still carries its children: they stay active and only those that have not
 * begun wait.
 */
export const moveTo = (
  draft: GraphDraft,
  id: NodeRoleId,
  state: NodeRoleState,
  also: NodeRolePatch = {},
  why: JsonObject = {},
): void => {
  const before = draft.nodeRole(id);
  const waits = state === 'todo' || state === 'blocked';
  const after = draft.patchNodeRole(id, { ...also, state, ...(before.kept && !waits ? { kept: false } : {}) });
  if (before.state !== state) tellState(draft, before, after, why);
  countFreeze(draft, before, after);
  passOn(draft, before, after);
};

/** Changes fields that neighbours may care about without changing the state. */
export const remark = (draft: GraphDraft, id: NodeRoleId, patch: NodeRolePatch): void => {
  const before = draft.nodeRole(id);
  passOn(draft, before, draft.patchNodeRole(id, patch));
};

/** Whether children that have already run may go on relying on it. */
export const carries = (nodeRole: NodeRole): boolean =>
  nodeRole.state === 'active' || (nodeRole.state === 'transition' && nodeRole.rerun);

const tellState = (draft: GraphDraft, before: NodeRole, after: NodeRole, why: JsonObject): void =>
  draft.tell({
    kind: `node_role.${after.state}`,
    nodeRoleId: after.id,
    nodeId: after.nodeId,
    deploymentId: after.deploymentId,
    ...((after.runId ?? before.runId) ? { runId: (after.runId ?? before.runId) as string } : {}),
    data: { from: before.state, ...why },
  });

const countFreeze = (draft: GraphDraft, before: NodeRole, after: NodeRole): void => {
  if (draft.role(after.roleId).onError !== 'node') return;
  const change = Number(after.state === 'error') - Number(before.state === 'error');
  if (change !== 0) draft.patchNode(after.nodeId, { frozen: draft.node(after.nodeId).frozen + change });
};

const passOn = (draft: GraphDraft, before: NodeRole, after: NodeRole): void => {
  const unmetChange = Number(before.state === 'active') - Number(after.state === 'active');
  const stoppedCarrying = carries(before) && !carries(after);
  if (unmetChange === 0 && !stoppedCarrying) return;
  for (const edge of draft.edgesDown(after.id)) {
    if (!draft.counts(edge)) continue;
    const child = draft.nodeRole(edge.childId);
    const unmet = child.unmet + unmetChange;
    if (unmetChange !== 0) draft.patchNodeRole(child.id, { unmet });
    if (child.state === 'blocked' && unmet === 0) moveTo(draft, child.id, 'todo', {}, { parent: after.id });
    else if (unmet > 0 && child.state === 'todo') moveTo(draft, child.id, 'blocked', {}, { parent: after.id });
    else if (stoppedCarrying) lose(draft, child.id, after.id);
  }
};

/** A parent of `id` can no longer be relied on. */
const lose = (draft: GraphDraft, id: NodeRoleId, parentId: NodeRoleId): void => {
  const nodeRole = draft.nodeRole(id);
  switch (nodeRole.state) {
    case 'error':
      // Half-done destruction waits for a person: through blocked it would come to be run again by itself.
      if (!draft.role(nodeRole.roleId).destructive) moveTo(draft, id, 'blocked', {}, { parent: parentId });
      return;
    case 'active':
    case 'todo':
      moveTo(draft, id, 'blocked', {}, { parent: parentId });
      return;
    case 'transition':
      remark(draft, id, { doubted: true, rerun: false });
      return;
    case 'blocked':
    case 'proposed':
      return;
    default:
      nodeRole.state satisfies never;
  }
};

/** An edge that did not count so far does from now on. */
export const beginCounting = (draft: GraphDraft, parentId: NodeRoleId): void => {
  const parent = draft.nodeRole(parentId);
  for (const edge of draft.edgesDown(parentId)) {
    if (draft.counts(edge)) continue;
    draft.count(edge);
    if (parent.state === 'active') continue;
    const child = draft.patchNodeRole(edge.childId, { unmet: draft.nodeRole(edge.childId).unmet + 1 });
    if (!carries(parent)) lose(draft, child.id, parentId);
  }
};
