import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, missing } from '../named.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { RolloutView } from '../ports/rollout-store.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowRollout {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly rollout: string }): Promise<RolloutView | Refusal> {
    return this.parts.unitOfWork.read(
      async (tx) =>
        (await tx.rollouts.find(input.rollout)) ??
        missing('rollout', input.rollout, 'use the id of one that was begun by a commit'),
    );
  }
}

/** Rollouts, of one deployment or of all, the newest first. */
export class ListRollouts {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery, of: { readonly deployment?: string } = {}): Promise<Page<RolloutView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = of.deployment === undefined ? null : await deploymentNamed(tx, of.deployment);
      if (isRefusal(deployment)) return deployment;
      return tx.rollouts.list(query, deployment ? { deploymentId: deployment.id } : {});
    });
  }
}
