import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { GraphPicture } from '../ports/node-role-store.js';

/** The noderoles of a deployment with the edges between them, and those outside that they hang together with. */
export class ReadDeploymentGraph {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly deployment: string }): Promise<GraphPicture | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = await deploymentNamed(tx, input.deployment);
      return isRefusal(deployment) ? deployment : tx.nodeRoles.graphOf(deployment.id);
    });
  }
}
