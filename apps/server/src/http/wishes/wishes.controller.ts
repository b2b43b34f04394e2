import { Controller, Inject } from '@nestjs/common';
import { wishRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class WishesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(wishRoutes.make)
  make(@Given() { actor, params, body }: Given<typeof wishRoutes.make>) {
    return this.model.makeWish.execute(actor, { deployment: params.key, ...wishOf(body) });
  }

  @Serves(wishRoutes.preview)
  preview(@Given() { actor, params, body }: Given<typeof wishRoutes.preview>) {
    const { rollout, held, ...wish } = body;
    return this.model.previewWish.execute(actor, {
      deployment: params.key,
      ...wishOf(wish),
      ...(rollout ? { rollout: camelKeys(rollout) } : {}),
      ...(held ? { held } : {}),
    });
  }
}

type WishBody = Given<typeof wishRoutes.make>['body'];

/** The keys of documents are data and stay; only our own are renamed. */
const wishOf = ({ node_roles, deployment_roles, ...rest }: WishBody) => ({
  ...rest,
  ...(deployment_roles ? { deploymentRoles: deployment_roles as never } : {}),
  ...(node_roles
    ? { nodeRoles: node_roles.map(({ node_role, data }) => ({ nodeRole: node_role, data: data as never })) }
    : {}),
});
