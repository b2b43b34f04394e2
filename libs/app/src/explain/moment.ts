import type { DeploymentId, Moment, RolloutNote } from '#core';
import type { Clock } from '../ports/clock.js';
import { readSetting } from '../setting/settings.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** What an explanation needs to know beside the graph. */
export const momentOf = async (
  tx: Transaction,
  clock: Clock,
  deploymentIds: Iterable<DeploymentId>,
): Promise<Moment> => {
  const runs = await tx.runBook.notes();
  const rollouts = new Map<DeploymentId, RolloutNote>();
  for (const id of deploymentIds) {
    const open = await tx.rollouts.openOf(id);
    if (open)
      rollouts.set(id, { id: open.id, state: open.state, wave: open.wave, waves: open.waves, reason: open.reason });
  }
  return { now: clock.now(), cap: await readSetting(tx, 'runs_at_once_max'), running: runs.size, runs, rollouts };
};
