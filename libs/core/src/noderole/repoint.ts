import { refuse, type Refusal } from '../base/refusal.js';
import type { DeploymentId, NodeRoleId } from '../base/ids.js';
import { markChanged } from '../deployment/decide.js';
import type { PlannedEdge } from '../graph/binding-plan.js';
import { raiseCohorts } from '../graph/cohort.js';
import { findPath } from '../graph/cycles.js';
import type { GraphDraft } from '../graph/draft.js';
import type { Edge, NodeRole } from '../graph/graph.js';
import { standsFor, type BindRole, type RoleCatalog } from '../graph/role-catalog.js';
import { carries, moveTo } from './ripple.js';

/** What is written when a child gets another parent; links of the removed edges move to the added ones. */
export interface Repointing {
  readonly removed: Edge;
  /** One, or for a cluster role one for each of its instances. */
  readonly added: readonly PlannedEdge[];
}

/**
 * Gives a noderole another parent than the one that binding chose: an instance of the same role, or of one that provides
 * what was asked for, on its own node, in its deployment or in one above. The draft gets its new state, count and cohorts;
 * one that is active is run again, since it reads from somebody else. The slice must hold both parents, and the instances
 * of the new one where it is a cluster role.
 */
export const repointParent = (
  draft: GraphDraft,
  catalog: RoleCatalog,
  wish: { readonly childId: NodeRoleId; readonly fromId: NodeRoleId; readonly toId: NodeRoleId },
): Repointing | Refusal => {
  const removed = draft.edgesUp(wish.childId).find((edge) => edge.parentId === wish.fromId);
  if (!removed)
    return refuse('not-found', `${draft.nameOf(wish.fromId)} is not a parent of ${draft.nameOf(wish.childId)}.`);
  const child = draft.nodeRole(wish.childId);
  const needed = catalog
    .parentsOf(child.roleId)
    .filter((role) => standsFor(catalog.role(draft.nodeRole(wish.fromId).roleId), role.name));
  const refusal = refuseRepointing(draft, catalog, removed, needed, wish.toId);
  if (refusal) return refusal;

  const added = instancesOf(draft, wish.toId)
    .filter((id) => id === wish.toId || !draft.edgesUp(child.id).some((edge) => edge.parentId === id))
    .map((parentId): PlannedEdge => {
      const why = parentId === wish.toId ? 'operator' : 'cluster-peer';
      const pending = draft.nodeRole(parentId).state === 'proposed' && child.state !== 'proposed';
      return {
        parentId,
        childId: child.id,
        soft: false,
        pending,
        why,
        neededRoleId: needed[0]?.id ?? null,
        candidates: [wish.toId],
      };
    });
  const gone = Number(draft.counts(removed) && draft.nodeRole(removed.parentId).state !== 'active');
  const parents = added.filter((edge) => !edge.pending).map((edge) => draft.nodeRole(edge.parentId));
  draft.patchNodeRole(child.id, {
    unmet: child.unmet - gone + parents.filter((parent) => parent.state !== 'active').length,
  });
  rely(draft, child.id, parents);
  const highest = Math.max(...added.map((edge) => draft.nodeRole(edge.parentId).cohort));
  for (const [id, cohort] of raiseCohorts(draft, child.id, highest)) draft.patchNodeRole(id, { cohort });
  draft.tell({
    kind: 'node_role.repointed',
    nodeRoleId: child.id,
    nodeId: child.nodeId,
    deploymentId: child.deploymentId,
    data: { from: wish.fromId, to: wish.toId },
  });
  return { removed, added };
};

/** Puts a noderole where its new parents say. */
const rely = (draft: GraphDraft, id: NodeRoleId, parents: readonly NodeRole[]): void => {
  const { state, unmet, roleId } = draft.nodeRole(id);
  const lost = parents.some((parent) => !carries(parent));
  const mayWait = state === 'todo' || state === 'active' || (state === 'error' && !draft.role(roleId).destructive);
  if (state === 'blocked' && unmet === 0) moveTo(draft, id, 'todo', {}, { by: 'repoint' });
  else if (mayWait && lost) moveTo(draft, id, 'blocked', {}, { by: 'repoint' });
  else if (state === 'todo' && unmet > 0) moveTo(draft, id, 'blocked', {}, { by: 'repoint' });
  else markChanged(draft, id);
};

const refuseRepointing = (
  draft: GraphDraft,
  catalog: RoleCatalog,
  removed: Edge,
  needed: readonly BindRole[],
  toId: NodeRoleId,
): Refusal | null => {
  const [child, from, to] = [draft.nodeRole(removed.childId), draft.nodeRole(removed.parentId), draft.nodeRole(toId)];
  const [childName, fromName, toName] = [draft.nameOf(child.id), draft.nameOf(from.id), draft.nameOf(toId)];
  const no = (code: Refusal['code'], sentence: string): Refusal =>
    refuse(code, `cannot point ${childName} from ${fromName} to ${toName}: ${sentence}`);
  if (removed.soft)
    return no(
      'invalid',
      `that edge only says which of the two comes first. Change what ${draft.role(from.roleId).name} precedes.`,
    );
  if (draft.role(from.roleId).cluster)
    return no('invalid', `every instance of a cluster role is a parent. Unbind ${fromName} if it shall not be one.`);
  if (draft.edgesUp(child.id).some((edge) => edge.parentId === toId))
    return no('already-exists', `${toName} is a parent of it already.`);
  if (child.state === 'transition')
    return no('wrong-state', 'it is running. Cancel that run first, or wait for its end.');

  const missing = needed.find((role) => !standsFor(catalog.role(to.roleId), role.name));
  const unlike = needed.length === 0 && to.roleId !== from.roleId;
  if (missing || unlike)
    return no(
      'invalid',
      `it needs ${missing?.name ?? draft.role(from.roleId).name}, which ${draft.role(to.roleId).name} is not and does not provide.`,
    );
  const sameNode = to.nodeId === child.nodeId;
  const implicit = needed.find((role) => role.flags.has('implicit'));
  if (implicit && !sameNode)
    return no('invalid', `${implicit.name} is implicit, so it is only ever taken from the node itself.`);
  if (!sameNode && !reaches(draft, child.deploymentId, to.deploymentId))
    return no('invalid', `deployment ${draft.deployment(to.deploymentId).name} is neither its own nor one above it.`);
  if (to.state === 'proposed' && child.state !== 'proposed')
    return no('wrong-state', `${toName} is still proposed. Commit it first.`);
  const circle = instancesOf(draft, toId)
    .map((id) => findPath(child.id, id, (at) => draft.edgesDown(at).map((edge) => edge.childId)))
    .find((path) => path !== null);
  if (circle)
    return no(
      'cycle',
      `${circle
        .map((id) => draft.nameOf(id))
        .reverse()
        .join(' needs ')} already.`,
    );
  return null;
};

/** The noderole itself, and its peers when its role is a cluster role; by name of node. */
const instancesOf = (draft: GraphDraft, id: NodeRoleId): NodeRoleId[] => {
  const { roleId, deploymentId } = draft.nodeRole(id);
  if (!draft.role(roleId).cluster) return [id];
  return [...draft.nodeRoles.values()]
    .filter((other) => other.roleId === roleId && other.deploymentId === deploymentId)
    .sort((a, b) => (draft.node(a.nodeId).name < draft.node(b.nodeId).name ? -1 : 1))
    .map((other) => other.id);
};

const reaches = (draft: GraphDraft, from: DeploymentId, to: DeploymentId): boolean => {
  for (let at: DeploymentId | null = from; at !== null; at = draft.deployments.get(at)?.parentId ?? null)
    if (at === to) return true;
  return false;
};
