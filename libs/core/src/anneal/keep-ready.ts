import type { GraphChanges } from '../graph/draft.js';
import type { Graph, NodeRole } from '../graph/graph.js';
import { isReady } from '../node/aliveness.js';
import { countsAgainstCap, readyItem } from './plan-pass.js';
import type { ReadySet } from './ready-set.js';

/**
 * Brings a ready set up to date with what a decision changed. `graph` is the graph after it, and must hold the direct
 * parents and children of whatever changed: a re-run may have waited for them.
 */
export const keepReady = (ready: ReadySet, graph: Graph, changes: GraphChanges): void => {
  for (const id of changes.deployments.keys()) {
    const { state, priority } = graph.deployment(id);
    ready.setDeployment(id, state === 'committed', priority);
  }
  for (const id of changes.nodes.keys()) {
    const node = graph.node(id);
    ready.setNode(id, isReady(node) && node.frozen === 0);
  }
  for (const [id, patch] of changes.nodeRoles) {
    keepOne(ready, graph, graph.nodeRole(id));
    const neighbours = [
      ...(patch.state === undefined ? [] : graph.parents(id)),
      ...(patch.dirty === undefined ? [] : graph.children(id)),
    ];
    for (const neighbour of neighbours)
      if (neighbour.state === 'active' && neighbour.dirty) keepOne(ready, graph, neighbour);
  }
};

const keepOne = (ready: ReadySet, graph: Graph, nodeRole: NodeRole): void => {
  if (nodeRole.state === 'transition')
    ready.hold(nodeRole.id, nodeRole.nodeId, nodeRole.deploymentId, countsAgainstCap(graph.role(nodeRole.roleId)));
  else ready.release(nodeRole.id);
  const item = readyItem(graph, nodeRole);
  if (item) ready.put(item);
  else ready.remove(nodeRole.id);
};
