import { installDeadline, installWait, type DeploymentId, type Moment, type RolloutNote } from '#core';
import type { Clock } from '../ports/clock.js';
import { readSetting } from '../setting/settings.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** What an explanation needs to know beside the graph. */
export const momentOf = async (
  tx: Transaction,
  clock: Clock,
  deploymentIds: Iterable<DeploymentId>,
): Promise<Moment> => {
  const runs = new Map(await tx.runBook.notes());
  for (const { install } of await tx.installs.open()) {
    const note = runs.get(install.nodeRoleId);
    if (!note) continue;
    const { phaseSince: since } = install;
    const { at: deadline } = installDeadline(install);
    runs.set(install.nodeRoleId, { ...note, since, deadline, waitsFor: installWait(install), apart: true });
  }
  const rollouts = new Map<DeploymentId, RolloutNote>();
  for (const id of deploymentIds) {
    const open = await tx.rollouts.openOf(id);
    if (open)
      rollouts.set(id, { id: open.id, state: open.state, wave: open.wave, waves: open.waves, reason: open.reason });
  }
  const counted = [...runs.values()].filter(({ apart }) => apart !== true).length;
  return { now: clock.now(), cap: await readSetting(tx, 'runs_at_once_max'), running: counted, runs, rollouts };
};
