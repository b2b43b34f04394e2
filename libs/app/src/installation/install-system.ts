import { invariant, type DeploymentId } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { SETTING_KEYS, SETTINGS } from '../setting/settings.js';
import { phantomNode } from './phantom.js';

/** The name of the deployment above all others. */
export const SYSTEM_DEPLOYMENT = 'system';

export interface Installed {
  readonly systemDeploymentId: DeploymentId;
  /** What was not there before; empty but at the first start. */
  readonly made: readonly string[];
}

/**
 * Makes what must be there before anything else: the system deployment with its phantom node, the jigs, the settings.
 * Every start calls it; two at the same time do it once.
 */
export class InstallSystem {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'jigs'>) {}

  execute(actor: Actor): Promise<Installed> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const { id, isNew } = await this.systemDeployment(tx);
      const jigs = await tx.jigs.putMissing(this.parts.jigs);
      const settings = await tx.settings.putMissing(
        Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].fallback])),
      );
      const made = [
        ...(isNew ? [`deployment ${SYSTEM_DEPLOYMENT}`] : []),
        ...jigs.map((name) => `jig ${name}`),
        ...settings.map((key) => `setting ${key}`),
      ];
      if (isNew) tx.tell({ kind: 'installation.made', deploymentId: id, data: { made } });
      return { systemDeploymentId: id, made };
    });
  }

  private async systemDeployment(tx: Transaction): Promise<{ id: DeploymentId; isNew: boolean }> {
    const id = this.parts.ids.next<DeploymentId>();
    const deployment = {
      id,
      name: SYSTEM_DEPLOYMENT,
      description: 'Everything that all other deployments stand on.',
      parentId: null,
    };
    // Another process that installs right now is waited for by the insert, and then found.
    if (!(await tx.deployments.insertMissing({ ...deployment, system: true, state: 'committed', priority: 0 }))) {
      const known = await tx.deployments.system();
      invariant(known, `there is a deployment named ${SYSTEM_DEPLOYMENT} that is not the system deployment`);
      return { id: known, isNew: false };
    }
    await tx.nodes.insertMissing(phantomNode(this.parts.ids.next(), deployment));
    return { id, isNew: true };
  }
}
