import { refuse, type Refusal } from '../base/refusal.js';
import type { DeploymentId, NodeRoleId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import { commitNodeRole } from '../noderole/decide.js';

const ofDeployment = (draft: GraphDraft, id: DeploymentId) =>
  [...draft.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.deploymentId === id)
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));

/**
 * Makes a deployment the wish of the system: every proposed noderole is committed, and every active one in `changed`
 * (those that want an attribute whose value differs now) is marked to be run again. `held` are kept back, for a later wave
 * or until somebody lets them go; all others are let go, whoever kept them back before.
 */
export const commitDeployment = (
  draft: GraphDraft,
  id: DeploymentId,
  options: { changed: ReadonlySet<NodeRoleId>; held: ReadonlySet<NodeRoleId> },
): Refusal | null => {
  for (const nodeRole of ofDeployment(draft, id)) {
    const held = options.held.has(nodeRole.id);
    if (held !== nodeRole.held) draft.patchNodeRole(nodeRole.id, { held });
    // Whoever plans hears of it from the history: nothing else about it may have changed.
    if (nodeRole.held && !held)
      draft.tell({ kind: 'node_role.let_go', nodeRoleId: nodeRole.id, nodeId: nodeRole.nodeId, deploymentId: id });
    if (nodeRole.state === 'proposed') commitNodeRole(draft, nodeRole.id);
  }
  for (const nodeRoleId of options.changed) markChanged(draft, nodeRoleId);
  if (draft.deployment(id).state !== 'committed') draft.patchDeployment(id, 'committed');
  draft.tell({ kind: 'deployment.committed', deploymentId: id });
  return null;
};

/**
 * Remembers that an input of a noderole changed. One that is active, or will be when its run ends, is run again; the
 * others read the new value when they run. A destructive one that was done, or is being done, is left alone (promise P7).
 * Returns whether it is run again.
 */
export const markChanged = (draft: GraphDraft, id: NodeRoleId): boolean => {
  const nodeRole = draft.nodeRole(id);
  const running = nodeRole.state === 'active' || nodeRole.state === 'transition';
  const again = running && !nodeRole.dirty && !draft.role(nodeRole.roleId).destructive;
  if (!again && !nodeRole.kept) return false;
  // What it did, it did with the old value.
  draft.patchNodeRole(id, again ? { kept: false, dirty: true, notBefore: null } : { kept: false });
  draft.tell({
    kind: 'node_role.changed',
    nodeRoleId: id,
    nodeId: nodeRole.nodeId,
    deploymentId: nodeRole.deploymentId,
  });
  return again;
};

/** Opens a deployment for editing. Nothing new starts in it until it is committed; what runs ends. */
export const proposeDeployment = (draft: GraphDraft, id: DeploymentId): Refusal | null => reopen(draft, id, 'proposed');

/** Takes a commit back: the same as proposing, told apart in the history. */
export const recallDeployment = (draft: GraphDraft, id: DeploymentId): Refusal | null => reopen(draft, id, 'recalled');

const reopen = (draft: GraphDraft, id: DeploymentId, word: 'proposed' | 'recalled'): Refusal | null => {
  const deployment = draft.deployment(id);
  if (deployment.system)
    return refuse(
      'system-deployment',
      `${deployment.name} is the system deployment: it stays committed. Make a deployment below it for what you want to try.`,
    );
  if (deployment.state === 'proposed') return null;
  draft.patchDeployment(id, 'proposed');
  draft.tell({ kind: `deployment.${word}`, deploymentId: id });
  return null;
};
