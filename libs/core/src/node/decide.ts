import { refuse, type Refusal } from '../base/refusal.js';
import type { NodeId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import type { NodeRole } from '../graph/graph.js';
import { commitNodeRole, deactivateNodeRole, resetNodeRole } from '../noderole/decide.js';

/** The noderoles of a node in the order in which they are worked on. */
const ofNode = (draft: GraphDraft, nodeId: NodeId) =>
  [...draft.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.nodeId === nodeId)
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));

/**
 * Records whether a node can be reached. Losing it makes everything it did doubtful (promise P5): each of its noderoles
 * goes back to todo or blocked, and their descendants on other nodes become blocked. Getting it back changes no state;
 * what is todo may then run.
 */
export const setAlive = (draft: GraphDraft, nodeId: NodeId, alive: boolean, why: string): Refusal | null => {
  const node = draft.node(nodeId);
  if (node.system) return refuse('invalid', `${node.name} stands in for a deployment and is always alive.`);
  if (node.alive === alive) return null;
  draft.patchNode(nodeId, { alive });
  draft.tell({ kind: alive ? 'node.alive' : 'node.dead', nodeId, data: { why } });
  if (alive) return null;
  const all = ofNode(draft, nodeId);
  const stands = all.filter((nodeRole) => outlasts(draft, nodeRole)).map(({ id }) => id);
  for (const nodeRole of all) deactivateNodeRole(draft, nodeRole.id, why);
  for (const id of stands) draft.patchNodeRole(id, { kept: true });
  return null;
};

/** Whether what a noderole did is still there when its node comes back, by the scope of its role (R24). */
const outlasts = (draft: GraphDraft, { state, dirty, roleId, nodeId }: NodeRole): boolean => {
  const { scope, destructive } = draft.role(roleId);
  if (state !== 'active' || dirty || destructive) return false;
  return scope === 'once' || (scope === 'install' && draft.node(nodeId).onDisk);
};

/** Counts anew which noderoles in error freeze a node, after their roles have changed what they say of errors. */
export const recountFreezes = (draft: GraphDraft, nodeId: NodeId): void => {
  const freezes = ({ state, roleId }: NodeRole): boolean => state === 'error' && draft.role(roleId).onError === 'node';
  const frozen = ofNode(draft, nodeId).filter(freezes).length;
  if (frozen === draft.node(nodeId).frozen) return;
  draft.patchNode(nodeId, { frozen });
  draft.tell({
    kind: frozen > 0 ? 'node.frozen' : 'node.thawed',
    nodeId,
    data: { why: 'its roles were imported anew' },
  });
};

/** Another system runs there than before: what was done to the old one is gone with it. */
export const newSystem = (draft: GraphDraft, nodeId: NodeId): void => {
  for (const { id, kept, roleId, deploymentId } of ofNode(draft, nodeId)) {
    if (!kept || draft.role(roleId).scope !== 'install') continue;
    draft.patchNodeRole(id, { kept: false });
    draft.tell({ kind: 'node_role.changed', nodeRoleId: id, nodeId, deploymentId });
  }
};

/** Records whether the operator lets us work on a node. No state changes: what runs ends, nothing new begins. */
export const setAvailable = (draft: GraphDraft, nodeId: NodeId, available: boolean): Refusal | null => {
  if (draft.node(nodeId).available === available) return null;
  draft.patchNode(nodeId, { available });
  draft.tell({ kind: available ? 'node.available' : 'node.unavailable', nodeId });
  return null;
};

/** Wishes for everything that is proposed on a node, and lets us work on it. */
export const commitNode = (draft: GraphDraft, nodeId: NodeId): Refusal | null => {
  setAvailable(draft, nodeId, true);
  for (const nodeRole of ofNode(draft, nodeId)) if (nodeRole.state === 'proposed') commitNodeRole(draft, nodeRole.id);
  return null;
};

/** Deploys a node afresh: all its noderoles forget that they ran, and are committed again. */
export const redeployNode = (draft: GraphDraft, nodeId: NodeId): Refusal | null => {
  const running = ofNode(draft, nodeId).find((nodeRole) => nodeRole.state === 'transition');
  if (running)
    return refuse(
      'wrong-state',
      `cannot redeploy ${draft.node(nodeId).name} while ${draft.nameOf(running.id)} runs: cancel that run first.`,
    );
  for (const nodeRole of ofNode(draft, nodeId).reverse()) resetNodeRole(draft, nodeRole.id);
  for (const nodeRole of ofNode(draft, nodeId)) commitNodeRole(draft, nodeRole.id);
  draft.tell({ kind: 'node.redeployed', nodeId });
  return null;
};
