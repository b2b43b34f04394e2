import type { Graph, NodeRole } from '../graph/graph.js';

/** Why an active noderole whose input changed is not run again yet, although nothing keeps its node from working. */
export interface RerunWait {
  readonly because: 'parent-changed' | 'child-in-transition';
  readonly nodeRole: NodeRole;
}

/**
 * Which neighbour a re-run waits for. A parent that changed as well goes first, so that one pass over the graph is enough;
 * a child that runs now relies on what would be changed under it, so it ends first. Null when neither is the case.
 * The slice must hold the direct parents and children.
 */
export const rerunWait = (graph: Graph, id: NodeRole['id']): RerunWait | null => {
  const parent = graph.parents(id).find(({ dirty }) => dirty);
  if (parent) return { because: 'parent-changed', nodeRole: parent };
  const child = graph.children(id).find(({ state }) => state === 'transition');
  return child ? { because: 'child-in-transition', nodeRole: child } : null;
};
