import { invariant } from '../base/invariant.js';
import { refuse, type Refusal } from '../base/refusal.js';
import type { NodeRoleId, RunId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import type { GraphRole, NodeRole } from '../graph/graph.js';
import { isAlive } from '../node/aliveness.js';
import { rerunWait } from './rerun.js';
import { beginCounting, moveTo } from './ripple.js';
import { destination, type NodeRoleCommand, type NodeRoleState, type TransitionCondition } from './states.js';

/**
 * What may be done to one noderole, outside of the outcome of a run (finish.ts). Each function changes the draft, or
 * leaves it as it was and returns a refusal.
 */

/** Wishes for a proposed noderole: todo when all its parents are active, else blocked. */
export const commitNodeRole = (draft: GraphDraft, id: NodeRoleId): Refusal | null => {
  const to = lead(draft, id, 'commit');
  if (!to) return wrongState(draft, id, 'commit', 'only a proposed noderole can be committed');
  moveTo(draft, id, to, { doubted: false, dirty: false });
  beginCounting(draft, id);
  return null;
};

/** Hands it to a run. The caller made sure that the node has no other (the store has a unique index for it). */
export const claimNodeRole = (draft: GraphDraft, id: NodeRoleId, runId: RunId): Refusal | null => {
  const to = lead(draft, id, 'claim');
  if (!to) return wrongState(draft, id, 'plan', 'only a noderole in todo can be planned');
  moveTo(draft, id, to, { runId, dirty: false, notBefore: null });
  return null;
};

/** Runs an active noderole again while its children go on relying on it. */
export const rerunNodeRole = (draft: GraphDraft, id: NodeRoleId, runId: RunId): Refusal | null => {
  const wait = rerunWait(draft, id);
  if (wait?.because === 'parent-changed')
    return refuse(
      'parent-not-active',
      `${draft.nameOf(id)} is run again once ${draft.nameOf(wait.nodeRole.id)}, which changed too, has been`,
    );
  if (wait)
    return refuse('wrong-state', `${draft.nameOf(id)} is run again once ${draft.nameOf(wait.nodeRole.id)} has ended`);
  const to = lead(draft, id, 'rerun');
  if (!to) return wrongState(draft, id, 're-run', 'it must be active, and so must its parents');
  moveTo(draft, id, to, { runId, rerun: true, dirty: false, notBefore: null });
  return null;
};

/** A noderole that was done before counts as done: a destructive one, and one of which only the node was lost. */
export const skipNodeRole = (draft: GraphDraft, id: NodeRoleId): Refusal | null => {
  const nodeRole = draft.nodeRole(id);
  const done = isDone(draft.role(nodeRole.roleId), nodeRole);
  const to = done ? lead(draft, id, 'skip') : undefined;
  if (!to) return wrongState(draft, id, 'skip', 'only a noderole that was done before, and stands, is skipped');
  const { destructive, scope } = draft.role(nodeRole.roleId);
  const skipped = destructive ? 'destructive and done before' : `done before, once for each ${PER_SCOPE[scope]}`;
  moveTo(draft, id, to, { dirty: false }, { skipped });
  return null;
};

const PER_SCOPE = { boot: 'boot', install: 'installed system', once: 'machine' } as const;

/**
 * Whether it is destructive and has succeeded once, after which it never repeats by itself (promise P7), or what it did
 * still stands by the scope of its role.
 */
export const isDone = (role: GraphRole, nodeRole: NodeRole): boolean =>
  (role.destructive && nodeRole.runCount > 0) || nodeRole.kept;

/**
 * Runs an error or an active noderole again because an operator says so. A destructive one that was done before needs
 * `destroyAgain`, which the operator gives by naming the node. A destructive one that failed, and lost a parent since,
 * runs when its parents are active: its parent may be what the error keeps from running.
 */
export const retryNodeRole = (
  draft: GraphDraft,
  id: NodeRoleId,
  options: { destroyAgain: boolean },
): Refusal | null => {
  const nodeRole = draft.nodeRole(id);
  const role = draft.role(nodeRole.roleId);
  if (nodeRole.state !== 'error' && nodeRole.state !== 'active' && nodeRole.state !== 'blocked')
    return wrongState(draft, id, 'retry', 'only an active noderole or one in error can be retried');
  const missing = draft
    .edgesUp(id)
    .flatMap((edge) => (draft.counts(edge) ? (draft.nodeRoles.get(edge.parentId) ?? []) : []))
    .filter((parent) => parent.state !== 'active');
  const to = lead(draft, id, 'retry');
  if (!to)
    return refuse(
      'parent-not-active',
      `${draft.nameOf(id)} cannot be retried before its parents are active: ${missing.map((parent) => `${draft.nameOf(parent.id)} is ${parent.state.toUpperCase()}`).join(', ')}. Mend these first; it then runs by itself.`,
      {
        parents: missing.map((parent) => ({ id: parent.id, name: draft.nameOf(parent.id), state: parent.state })),
      },
    );
  if (role.destructive && isDone(role, nodeRole) && !options.destroyAgain)
    return refuse(
      'needs-confirmation',
      `${draft.nameOf(id)} is destructive and was done before; to do it again, confirm with the name of the node (${draft.node(nodeRole.nodeId).name}).`,
    );
  moveTo(
    draft,
    id,
    to,
    { failures: 0, notBefore: null, status: '', kept: false, ...(options.destroyAgain ? { runCount: 0 } : {}) },
    { by: 'retry' },
  );
  return null;
};

/** Takes a noderole back to editing. Its committed children become blocked. */
export const proposeNodeRole = (draft: GraphDraft, id: NodeRoleId): Refusal | null => {
  if (draft.nodeRole(id).state === 'proposed') return null;
  const to = lead(draft, id, 'propose');
  if (!to) return wrongState(draft, id, 'propose', 'cancel its run first');
  moveTo(draft, id, to, { failures: 0, notBefore: null, dirty: false });
  return null;
};

/** Its node is deployed afresh: as if it had never run. */
export const resetNodeRole = (draft: GraphDraft, id: NodeRoleId): Refusal | null => {
  const to = lead(draft, id, 'reset');
  if (!to) return wrongState(draft, id, 'redeploy', 'cancel its run first');
  moveTo(draft, id, to, { runCount: 0, failures: 0, notBefore: null, dirty: false, status: '' });
  return null;
};

/** Its node was lost: what it did can no longer be relied on. In transition it is doubted and finishes first. */
export const deactivateNodeRole = (draft: GraphDraft, id: NodeRoleId, why: string): void => {
  const nodeRole = draft.nodeRole(id);
  if (nodeRole.state === 'proposed') return;
  if (nodeRole.state === 'transition') {
    moveTo(draft, id, 'transition', { doubted: true, rerun: false });
    return;
  }
  const to = lead(draft, id, 'deactivate');
  invariant(to, `no row deactivates a noderole that is ${nodeRole.state}`);
  if (to === 'error') return;
  moveTo(draft, id, to, { failures: 0, notBefore: null, dirty: false }, { why });
};

/** Where the table leads, with `by-parents` worked out; undefined when it has no row. */
export const lead = (
  draft: GraphDraft,
  id: NodeRoleId,
  command: NodeRoleCommand,
  holds: Partial<Record<TransitionCondition, boolean>> = {},
): NodeRoleState | undefined => {
  const nodeRole = draft.nodeRole(id);
  const allParentsActive = nodeRole.unmet === 0;
  const facts: Record<TransitionCondition, boolean> = {
    doubted: nodeRole.doubted || !isAlive(draft.node(nodeRole.nodeId)),
    destructive: draft.role(nodeRole.roleId).destructive,
    rerun: nodeRole.rerun,
    'rerun-that-only-warns': nodeRole.rerun && draft.role(nodeRole.roleId).onRerunFailure === 'warn',
    'all-parents-active': allParentsActive,
    ...holds,
  };
  const to = destination(nodeRole.state, command, (condition) => facts[condition]);
  return to === 'by-parents' ? (allParentsActive ? 'todo' : 'blocked') : to;
};

const wrongState = (draft: GraphDraft, id: NodeRoleId, verb: string, advice: string): Refusal => {
  const { state } = draft.nodeRole(id);
  return refuse('wrong-state', `cannot ${verb} ${draft.nameOf(id)} while it is ${state.toUpperCase()}: ${advice}.`, {
    state,
  });
};
