import { ReadySet, type ReadyItem } from '#core';
import type { FirstLook, Standing } from '../ports/engine-store.js';

/** How a standing enters the ready set; null when it asks for no run. The same rule as `readyItem` in core, from a row. */
const itemOf = (standing: Standing): ReadyItem | null => {
  const rerun = standing.state === 'active' && standing.dirty;
  const wants = standing.state === 'todo' || rerun;
  const done = (standing.destructive && standing.runCount > 0) || standing.kept;
  if (!wants || standing.held || !standing.available || standing.unmet > 0 || (rerun && done)) return null;
  const { id, nodeId, deploymentId, cohort, priority, notBefore } = standing;
  return {
    id,
    nodeId,
    deploymentId,
    cohort,
    priority,
    notBefore,
    rerun,
    done,
    ...(standing.apart ? { counts: false } : {}),
  };
};

/** Gives a noderole the place that its row asks for. */
export const seat = (ready: ReadySet, standing: Standing): void => {
  if (standing.state === 'transition') ready.hold(standing.id, standing.nodeId, standing.deploymentId, !standing.apart);
  else ready.release(standing.id);
  const item = itemOf(standing);
  if (item) ready.put(item);
  else ready.remove(standing.id);
};

/** The ready set of everything that a leader saw. */
export const seatAll = (look: FirstLook): ReadySet => {
  const ready = new ReadySet();
  for (const { id, open } of look.nodes) ready.setNode(id, open);
  for (const { id, committed, priority } of look.deployments) ready.setDeployment(id, committed, priority);
  for (const standing of look.standings) seat(ready, standing);
  return ready;
};
