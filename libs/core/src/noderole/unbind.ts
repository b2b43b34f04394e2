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
  const going = dependentsOf(draft, [id]);
  const order = childrenFirst(draft, going);
  const dependents = order.filter((nodeRole) => nodeRole.id !== id);
  const allOnThisNode = dependents.every((nodeRole) => nodeRole.nodeId === asked.nodeId);
  const allUntouched = dependents.every((nodeRole) => nodeRole.state === 'proposed' && nodeRole.runCount === 0);
  if (!allOnThisNode && !allUntouched) return refuseDependents(draft, `unbind ${draft.nameOf(id)}`, dependents);
  return take(draft, order, going, `unbind ${draft.nameOf(id)}`);
};

/**
 * Takes many noderoles out of the graph at once, because what they are bound to goes. What depends on them goes along
 * when it is proposed and has never run; otherwise all of it is refused. `verb` says what is being done: `delete node n1`.
 */
export const unbindNodeRoles = (
  draft: GraphDraft,
  ids: readonly NodeRoleId[],
  verb: string,
): NodeRoleId[] | Refusal => {
  const asked = new Set(ids);
  const going = dependentsOf(draft, ids);
  const order = childrenFirst(draft, going);
  const dependents = order.filter((nodeRole) => !asked.has(nodeRole.id));
  const touched = dependents.filter((nodeRole) => nodeRole.state !== 'proposed' || nodeRole.runCount > 0);
  return touched.length > 0 ? refuseDependents(draft, verb, touched) : take(draft, order, going, verb);
};

const childrenFirst = (draft: GraphDraft, ids: Iterable<NodeRoleId>): NodeRole[] =>
  [...ids].map((id) => draft.nodeRole(id)).sort((a, b) => b.cohort - a.cohort || (a.id < b.id ? -1 : 1));

const take = (
  draft: GraphDraft,
  order: readonly NodeRole[],
  going: ReadonlySet<NodeRoleId>,
  verb: string,
): NodeRoleId[] | Refusal => {
  const running = order.find((nodeRole) => nodeRole.state === 'transition');
  if (running)
    return refuse('wrong-state', `cannot ${verb} while ${draft.nameOf(running.id)} runs: cancel that run first.`, {
      state: 'transition',
      nodeRole: running.id,
    });
  for (const nodeRole of order)
    for (const edge of draft.edgesDown(nodeRole.id)) if (!going.has(edge.childId)) leave(draft, nodeRole, edge);
  for (const nodeRole of order) tellGone(draft, nodeRole);
  return order.map((nodeRole) => nodeRole.id);
};

/** Noderoles and all that cannot be without them. */
const dependentsOf = (draft: GraphDraft, ids: readonly NodeRoleId[]): Set<NodeRoleId> => {
  const going = new Set(ids);
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

const refuseDependents = (draft: GraphDraft, verb: string, dependents: readonly NodeRole[]): Refusal => {
  const parents = [...dependents].reverse();
  const names = parents.slice(0, NAMES_MAX).map((nodeRole) => draft.nameOf(nodeRole.id));
  const more = parents.length > NAMES_MAX ? ` and ${parents.length - NAMES_MAX} more` : '';
  return refuse(
    'has-children',
    `cannot ${verb}: ${names.join(', ')}${more} ${parents.length === 1 ? 'depends' : 'depend'} on it. Unbind these first, or point them to another parent.`,
    {
      dependents: parents.map((nodeRole) => nodeRole.id),
    },
  );
};
