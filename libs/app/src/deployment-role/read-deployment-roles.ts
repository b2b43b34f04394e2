import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, deploymentRoleNamed } from '../named.js';
import type { DeploymentRoleView } from '../ports/deployment-role-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowDeploymentRole {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly deploymentRole: string }): Promise<DeploymentRoleView | Refusal> {
    return this.parts.unitOfWork.read((tx) => deploymentRoleNamed(tx, input.deploymentRole));
  }
}

/** Deployment roles, of one deployment or of all. */
export class ListDeploymentRoles {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery, of: { readonly deployment?: string } = {}): Promise<Page<DeploymentRoleView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = of.deployment === undefined ? null : await deploymentNamed(tx, of.deployment);
      if (isRefusal(deployment)) return deployment;
      return tx.deploymentRoles.list(query, deployment ? { deploymentId: deployment.id } : {});
    });
  }
}
