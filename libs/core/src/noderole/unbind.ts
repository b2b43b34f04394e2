import { refuse, type Refusal } from '../base/refusal.js';
import type { NodeRoleId } from '../base/ids.js';
import { markChanged } from '../deployment/decide.js';
import type { GraphDraft } from '../graph/draft.js';
import type { Edge, NodeRole } from '../graph/graph.js';
import { moveTo } from './ripple.js';

/** How many names a refusal lists before it says how many more there are. */
const NAMES_MAX = 5;

/**
 * Takes a noderole out of the graph, with all that depends on it: allowed when nothing does, when all of that is on the
 * same node, or when all of it is proposed and has never run. Returns what goes, children before their parents; the
 * caller deletes these rows with their edges and links. The draft holds what becomes of those that stay.
 *
 * Soft edges and pending ones keep nothing from going. Neither does a child of a cluster role that keeps another instance
 * as parent: it stays, and is run again, since it reads from one instance less.
 */
export const unbindNodeRole = (draft: GraphDraft, id: NodeRoleId): NodeRoleId[] | Refusal => {
  const asked = draft.nodeRole(id);
  const going = dependentsOf(draft, id);
  const order = [...going]
    .map((goingId) => draft.nodeRole(goingId))
    .sort((a, b) => b.cohort - a.cohort || (a.id < b.id ? -1 : 1));
  const dependents = order.filter((nodeRole) => nodeRole.id !== id);
  const allOnThisNode = dependents.every((nodeRole) => nodeRole.nodeId === asked.nodeId);
  const allUntouched = dependents.every((nodeRole) => nodeRole.state === 'proposed' && nodeRole.runCount === 0);
  if (!allOnThisNode && !allUntouched) return refuseDependents(draft, id, dependents);
  const running = order.find((nodeRole) => nodeRole.state === 'transition');
  if (running)
    return refuse(
      'wrong-state',
      `cannot unbind ${draft.nameOf(id)} while ${draft.nameOf(running.id)} runs: cancel that run first.`,
      { state: 'transition', nodeRole: running.id },
    );

  for (const nodeRole of order)
    for (const edge of draft.edgesDown(nodeRole.id)) if (!going.has(edge.childId)) leave(draft, nodeRole, edge);
  for (const nodeRole of order) tellGone(draft, nodeRole);
  return order.map((nodeRole) => nodeRole.id);
};

/** The noderole and all that cannot be without it. */
const dependentsOf = (draft: GraphDraft, id: NodeRoleId): Set<NodeRoleId> => {
  const going = new Set([id]);
  // One round may take the last other instance of a cluster, and with it a child that an earlier step had spared.
  for (let before = 0; before !== going.size;) {
    before = going.size;
    for (const goingId of going)
      for (const edge of draft.edgesDown(goingId))
        if (!edge.soft && draft.counts(edge) && !keepsAnotherInstance(draft, edge, going)) going.add(edge.childId);
  }
  return going;
};

const keepsAnotherInstance = (
  draft: GraphDraft,
  { parentId, childId }: Edge,
  going: ReadonlySet<NodeRoleId>,
): boolean => {
  const parent = draft.nodeRole(parentId);
  if (!draft.role(parent.roleId).cluster) return false;
  return draft.edgesUp(childId).some((edge) => {
    const other = draft.nodeRoles.get(edge.parentId);
    if (!other || edge.soft || going.has(other.id) || !draft.counts(edge)) return false;
    return other.roleId === parent.roleId && other.deploymentId === parent.deploymentId;
  });
};

/** What becomes of a child that stays when its parent goes. */
const leave = (draft: GraphDraft, parent: NodeRole, edge: Edge): void => {
  if (!draft.counts(edge)) return;
  const child = draft.nodeRole(edge.childId);
  if (!edge.soft) markChanged(draft, child.id);
  if (parent.state === 'active') return;
  const unmet = child.unmet - 1;
  draft.patchNodeRole(child.id, { unmet });
  if (child.state === 'blocked' && unmet === 0) moveTo(draft, child.id, 'todo', {}, { unbound: parent.id });
};

const tellGone = (draft: GraphDraft, { id, nodeId, deploymentId, roleId, state }: NodeRole): void => {
  const froze = state === 'error' && draft.role(roleId).onError === 'node';
  if (froze) draft.patchNode(nodeId, { frozen: draft.node(nodeId).frozen - 1 });
  draft.tell({ kind: 'node_role.unbound', nodeRoleId: id, nodeId, deploymentId, data: { name: draft.nameOf(id) } });
};

const refuseDependents = (draft: GraphDraft, id: NodeRoleId, dependents: readonly NodeRole[]): Refusal => {
  const parents = [...dependents].reverse();
  const names = parents.slice(0, NAMES_MAX).map((nodeRole) => draft.nameOf(nodeRole.id));
  const more = parents.length > NAMES_MAX ? ` and ${parents.length - NAMES_MAX} more` : '';
  return refuse(
    'has-children',
    `cannot unbind ${draft.nameOf(id)}: ${names.join(', ')}${more} ${parents.length === 1 ? 'depends' : 'depend'} on it. Unbind these first, or point them to another parent.`,
    {
      dependents: parents.map((nodeRole) => nodeRole.id),
    },
  );
};
