import type { JigOutcome, JigRun } from '#app';
import { planRaid, type WantedVolume } from '#core';
import type { HardwareParts } from '../hardware.js';

/** Controllers answer slowly while they work on their drives. */
const CALL_MS = 300_000;

/** Has RAID controllers keep just these volumes on the drives that the operator named, and touches no other drive. */
export const applyRaid = async (run: JigRun, { firmware }: HardwareParts): Promise<JigOutcome> => {
  const node = run.node.nodeId;
  const options = { deadlineMs: CALL_MS, signal: run.signal };
  const wanted = run.attribs['raid-volumes'] as unknown as readonly WantedVolume[];
  const storage = await firmware.readStorage(node, options);
  if (storage.kind === 'failed') return { kind: 'failed', reason: storage.reason };

  const ofController = (words: readonly string[]) =>
    storage.controllers.find(({ drives }) =>
      drives.some(({ id, serial }) => words.includes(id) || (serial !== null && words.includes(serial))),
    );
  const homeless = wanted.find(({ drives }) => !ofController(drives));
  if (homeless)
    return {
      kind: 'failed',
      reason: `no controller of this machine has the drives of ${homeless.name} (${homeless.drives.join(', ')}): nothing was touched`,
    };
  // All is decided before anything is done: a wish that cannot be met leaves every drive as it is.
  const plans = [];
  for (const controller of storage.controllers) {
    const mine = wanted.filter(({ drives }) => ofController(drives) === controller);
    if (mine.length === 0) continue;
    const plan = planRaid(mine, controller.drives, controller.volumes);
    if (plan.kind === 'refused') return { kind: 'failed', reason: plan.reason };
    plans.push({ controller, plan });
  }
  let changes = 0;
  for (const { controller, plan } of plans) {
    for (const volume of plan.remove) {
      run.log(`deleting the volume ${volume.name} (${volume.level}: ${volume.drives.join(', ')})`, 'anneal');
      const gone = await firmware.removeVolume(node, volume, options);
      if (gone.kind === 'failed') return { kind: 'failed', reason: gone.reason };
      changes += 1;
    }
    for (const volume of plan.make) {
      run.log(`making the volume ${volume.name} (${volume.level}: ${volume.drives.join(', ')})`, 'anneal');
      const made = await firmware.makeVolume(node, controller.path, volume, options);
      if (made.kind === 'failed') return { kind: 'failed', reason: made.reason };
      changes += 1;
    }
  }
  if (changes === 0) run.log('the volumes are as wished', 'anneal');
  const now = await firmware.readStorage(node, options);
  if (now.kind === 'failed') return { kind: 'failed', reason: now.reason };
  const volumes = now.controllers.flatMap((controller) =>
    controller.volumes.map(({ name, level, drives }) => ({ name, level, drives: [...drives] })),
  );
  return { kind: 'succeeded', outputs: { 'raid-now': volumes } };
};
