import { Controller, Inject } from '@nestjs/common';
import { networkRouterRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class NetworkRoutersController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(networkRouterRoutes.list)
  list(@Given() { query }: Given<typeof networkRouterRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listRouters.execute(list));
  }

  @Serves(networkRouterRoutes.create)
  create(@Given() { actor, body }: Given<typeof networkRouterRoutes.create>) {
    return this.model.createRouter.execute(actor, body);
  }

  @Serves(networkRouterRoutes.show)
  show(@Given() { params }: Given<typeof networkRouterRoutes.show>) {
    return this.model.showRouter.execute({ router: params.key });
  }

  @Serves(networkRouterRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof networkRouterRoutes.patch>) {
    return this.model.updateRouter.execute(actor, { ...body, router: params.key, version: ifVersion });
  }

  @Serves(networkRouterRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof networkRouterRoutes.delete>) {
    return this.model.deleteRouter.execute(actor, { router: params.key, version: ifVersion });
  }
}
