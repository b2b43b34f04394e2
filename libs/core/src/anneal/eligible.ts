import type { Graph, NodeRole } from '../graph/graph.js';
import { isReady } from '../node/aliveness.js';
import { rerunWait } from '../noderole/rerun.js';

/**
 * Why a noderole may not be handed a run now. The order is the order in which an operator would want to hear it.
 * `explain` turns the first one into a sentence.
 */
export type Hindrance =
  | 'not-wanted'
  | 'deployment-not-committed'
  | 'parent-not-active'
  | 'node-not-alive'
  | 'node-not-available'
  | 'node-frozen'
  | 'held-by-rollout'
  | 'switched-off'
  | 'too-early'
  | 'parent-changed'
  | 'child-in-transition'
  | 'node-busy';

/** Whether its state asks for a run: todo, or active with a changed input. */
export const wantsRun = (nodeRole: NodeRole): boolean =>
  nodeRole.state === 'todo' || (nodeRole.state === 'active' && nodeRole.dirty);

/**
 * Everything that keeps `nodeRole` from running now, most important first; empty when it may run (the cap aside).
 * `busy` says whether its node has a run already; `now` is in milliseconds since the epoch.
 */
export const hindrances = (graph: Graph, nodeRole: NodeRole, at: { now: number; busy: boolean }): Hindrance[] => {
  const node = graph.node(nodeRole.nodeId);
  const committed = graph.deployment(nodeRole.deploymentId).state === 'committed';
  const parentsActive = nodeRole.unmet === 0;
  const early = nodeRole.notBefore !== null && nodeRole.notBefore > at.now;
  const wait = nodeRole.state === 'active' ? rerunWait(graph, nodeRole.id) : null;
  const found: Hindrance[] = [];
  if (!wantsRun(nodeRole)) found.push('not-wanted');
  if (!committed) found.push('deployment-not-committed');
  if (!parentsActive) found.push('parent-not-active');
  if (!isReady(node)) found.push(node.alive || node.system ? 'node-not-available' : 'node-not-alive');
  if (node.frozen > 0) found.push('node-frozen');
  if (nodeRole.held) found.push('held-by-rollout');
  if (!nodeRole.available) found.push('switched-off');
  if (early) found.push('too-early');
  if (wait) found.push(wait.because);
  if (at.busy) found.push('node-busy');
  return found;
};
