import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowDeployment {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly deployment: string }): Promise<DeploymentView | Refusal> {
    return this.parts.unitOfWork.read((tx) => deploymentNamed(tx, input.deployment));
  }
}

export class ListDeployments {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<DeploymentView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.deployments.list(query));
  }
}
