import { isRefusal, refuse, type Refusal } from '#core';
import { phantomName } from '../installation/phantom.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { refuseDeploymentFields } from './create-deployment.js';
import { refuseDeploymentName } from './name.js';

export interface UpdateDeploymentInput {
  readonly deployment: string;
  readonly version?: number;
  readonly name?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** Changes what a deployment is called and how urgent it is. Where it stands in the tree decides what its noderoles hang on, and stays. */
export class UpdateDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: UpdateDeploymentInput): Promise<DeploymentView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const wrong =
        (input.name === undefined ? null : refuseDeploymentName(input.name)) ?? refuseDeploymentFields(input);
      if (wrong) return wrong;
      const deployment = await deploymentNamed(tx, input.deployment, { lock: true });
      if (isRefusal(deployment)) return deployment;
      const stale = refuseStale(`deployment ${deployment.name}`, deployment, input.version);
      if (stale) return stale;
      const renamed = input.name !== undefined && input.name !== deployment.name ? input.name : null;
      if (renamed && deployment.system)
        return refuse('system-deployment', `the system deployment keeps its name.`, { field: 'name' });
      if (renamed && (await tx.deployments.find(renamed)))
        return refuse('already-exists', `there is a deployment ${renamed} already: choose another name.`, {
          field: 'name',
          name: renamed,
        });

      const { name, description, priority } = input;
      await tx.deployments.update(deployment.id, {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(priority === undefined ? {} : { priority }),
      });
      if (renamed) {
        const phantom = await tx.nodes.phantomOf(deployment.id);
        if (phantom)
          await tx.nodes.update(phantom, {
            name: phantomName({ id: deployment.id, name: renamed }),
            description: `Stands in for the deployment ${renamed}.`,
          });
      }
      const fields = Object.entries({ name, description, priority })
        .filter(([, value]) => value !== undefined)
        .map(([field]) => field);
      tx.tell({ kind: 'deployment.changed', deploymentId: deployment.id, data: { fields } });
      return (await tx.deployments.find(deployment.id)) as DeploymentView;
    });
  }
}
