import { isRefusal, type Refusal } from '#core';
import { WaitAcknowledged } from '../netboot/wait-acknowledged.js';
import type { Log } from '../ports/log.js';
import type { MachinePower } from '../ports/machine-power.js';
import type { RetiringNode } from '../ports/machine-store.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { retireWithin } from './decommission.js';

/** Milliseconds after which a machine that did not come up in the discovery system is restarted once more. */
const POWER_AGAIN_MS = 10 * 60_000;
const POWER_DEADLINE_MS = 60_000;
/** Milliseconds for netboot to take in what the machine is to boot; what is late is tried at the next turn. */
const ACKNOWLEDGE_MS = 5_000;

/**
 * Brings nodes that are taken out of service to their end: into the discovery system, where a role erases their disks, and
 * out when it has. It looks at rows and nowhere else. An erasing that failed stays as it is: a person looks at the disk.
 */
export class AdvanceRetirements {
  private readonly acknowledged: WaitAcknowledged;

  constructor(
    private readonly parts: { readonly unitOfWork: UnitOfWork; readonly power?: MachinePower; readonly log: Log },
  ) {
    this.acknowledged = new WaitAcknowledged(parts.unitOfWork);
  }

  async execute(): Promise<void> {
    for (const node of await this.parts.unitOfWork.read((tx) => tx.machines.retiring())) {
      if (node.erase?.state === 'active') await this.finish(node);
      else if (node.system !== 'memory' && node.erase?.state !== 'error') await this.restart(node);
    }
  }

  private async finish(node: RetiringNode): Promise<void> {
    const done = await this.parts.unitOfWork.write(ENGINE, async (tx): Promise<null | Refusal> => {
      await tx.bindings.changeShape();
      const view = await tx.nodes.find(node.nodeId, { lock: true });
      if (!view || view.lifecycle !== 'decommissioning') return null;
      const { committedData } = node.erase ? await tx.nodeRoles.data(node.erase.id) : { committedData: {} };
      const retired = await retireWithin(tx, view, idsIn(committedData));
      return isRefusal(retired) ? retired : null;
    });
    if (isRefusal(done))
      this.parts.log.warn('a node cannot be taken out of service', { node: node.name, why: done.detail });
  }

  /** It must boot from the network, and netboot must know what it is to boot before it does. */
  private async restart(node: RetiringNode): Promise<void> {
    const { power, unitOfWork, log } = this.parts;
    if (!power || (node.poweredAgoMs !== null && node.poweredAgoMs < POWER_AGAIN_MS)) return;
    const known = await this.acknowledged.execute({ deadlineMs: ACKNOWLEDGE_MS });
    if (known.kind !== 'acknowledged') return;
    await unitOfWork.write(ENGINE, (tx) => tx.machines.retirePowered(node.nodeId));
    const options = { deadlineMs: POWER_DEADLINE_MS };
    await power.act(node.nodeId, 'boot-network', options);
    const result = await power.act(node.nodeId, 'cycle', options);
    if (result.kind !== 'done')
      log.warn('a node that is to be erased was not restarted', {
        node: node.name,
        why: result.kind === 'failed' ? result.reason : result.kind === 'asked' ? result.says : 'nothing can switch it',
      });
  }
}

/** The disks that were granted, wherever in the noderole's data they stand. */
const idsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((each) => idsIn(each));
  if (typeof value !== 'object' || value === null) return [];
  const { id } = value as { readonly id?: unknown };
  return typeof id === 'string' ? [id] : Object.values(value).flatMap((each) => idsIn(each));
};
