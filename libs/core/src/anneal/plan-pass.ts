import type { NodeRoleId } from '../base/ids.js';
import type { Graph, GraphRole, NodeRole } from '../graph/graph.js';
import { INSTALL_JIG } from '../install/install.js';
import { isReady } from '../node/aliveness.js';
import { isDone } from '../noderole/decide.js';
import { rerunWait } from '../noderole/rerun.js';
import { wantsRun } from './eligible.js';
import { ReadySet, type ReadyItem } from './ready-set.js';

/** What one pass wants done. */
export interface PassPlan {
  /** Noderoles to hand a run, in order. */
  readonly runs: readonly NodeRoleId[];
  /** Active noderoles to run again. */
  readonly reruns: readonly NodeRoleId[];
  /** Destructive noderoles that count as done. */
  readonly skips: readonly NodeRoleId[];
}

/**
 * How a noderole stands in the ready set; null when its state asks for no run or something but time keeps it back.
 * A re-run that waits for a neighbour is kept out as well: in the set it would take the seat of its node and a place under
 * the cap from others, pass after pass.
 */
export const readyItem = (graph: Graph, nodeRole: NodeRole): ReadyItem | null => {
  const kept = nodeRole.held || !nodeRole.available || nodeRole.unmet > 0;
  if (!wantsRun(nodeRole) || kept) return null;
  if (nodeRole.state === 'active' && rerunWait(graph, nodeRole.id)) return null;
  const role = graph.role(nodeRole.roleId);
  return {
    id: nodeRole.id,
    nodeId: nodeRole.nodeId,
    deploymentId: nodeRole.deploymentId,
    cohort: nodeRole.cohort,
    priority: role.priority,
    notBefore: nodeRole.notBefore,
    rerun: nodeRole.state === 'active',
    done: nodeRole.state === 'todo' && isDone(role, nodeRole),
    ...(countsAgainstCap(role) ? {} : { counts: false }),
  };
};

/** Installs are admitted apart: they take long, and use little of what the cap is for (R37). */
export const countsAgainstCap = ({ jig }: Pick<GraphRole, 'jig'>): boolean => jig !== INSTALL_JIG;

/** The ready set of a whole graph. */
export const readySetOf = (graph: Graph): ReadySet => {
  const ready = new ReadySet();
  for (const node of graph.nodes.values()) ready.setNode(node.id, isReady(node) && node.frozen === 0);
  for (const { id, state, priority } of graph.deployments.values())
    ready.setDeployment(id, state === 'committed', priority);
  for (const nodeRole of graph.nodeRoles.values()) {
    if (nodeRole.state === 'transition')
      ready.hold(nodeRole.id, nodeRole.nodeId, nodeRole.deploymentId, countsAgainstCap(graph.role(nodeRole.roleId)));
    const item = readyItem(graph, nodeRole);
    if (item) ready.put(item);
  }
  return ready;
};

/**
 * One annealing decision over a whole graph: who runs now, never more than `cap` in all and one on a node.
 * The engine keeps a ready set and does not call this; the simulator, the preview and the tests do. `now` in milliseconds.
 */
export const planPass = (graph: Graph, options: { cap: number; now: number }): PassPlan => {
  const ready = readySetOf(graph);
  const taken = ready.take(Math.max(0, options.cap - ready.running), options.now);
  const reruns = new Set(taken.filter((item) => item.rerun).map((item) => item.id));
  const parentRunsAgain = ({ id }: ReadyItem): boolean => graph.parents(id).some((parent) => reruns.has(parent.id));
  const first = taken.filter((item) => !item.rerun && !parentRunsAgain(item));
  return {
    runs: first.filter((item) => !item.done).map((item) => item.id),
    reruns: [...reruns],
    skips: first.filter((item) => item.done).map((item) => item.id),
  };
};
