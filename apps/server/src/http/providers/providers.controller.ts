import { Controller, Inject } from '@nestjs/common';
import { providerRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class ProvidersController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(providerRoutes.list)
  list(@Given() { query }: Given<typeof providerRoutes.list>) {
    return pageAnswer(query, (list) => this.model.providers.list.execute(list));
  }

  @Serves(providerRoutes.create)
  create(@Given() { actor, body }: Given<typeof providerRoutes.create>) {
    return this.model.providers.create.execute(actor, camelKeys(body));
  }

  @Serves(providerRoutes.show)
  show(@Given() { params }: Given<typeof providerRoutes.show>) {
    return this.model.providers.show.execute(params);
  }

  @Serves(providerRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof providerRoutes.patch>) {
    return this.model.providers.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(providerRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof providerRoutes.delete>) {
    return this.model.providers.remove.execute(actor, { ...params, version: ifVersion });
  }

  @Serves(providerRoutes.offer)
  offer(@Given() { params }: Given<typeof providerRoutes.offer>) {
    return this.model.showOffer.execute(params);
  }

  @Serves(providerRoutes.report)
  report(@Given() { params }: Given<typeof providerRoutes.report>) {
    return this.model.reportProvider.execute(params);
  }

  @Serves(providerRoutes.nodes)
  nodes(@Given() { params, query }: Given<typeof providerRoutes.nodes>) {
    return pageAnswer(query, (list) => this.model.listProvided.execute(params.key, list));
  }

  @Serves(providerRoutes.request)
  request(@Given() { actor, params, body }: Given<typeof providerRoutes.request>) {
    return this.model.requestNode.execute(actor, { ...body, provider: params.key });
  }

  @Serves(providerRoutes.node)
  node(@Given() { params }: Given<typeof providerRoutes.node>) {
    return this.model.showProvided.execute({ provider: params.key, node: params.node });
  }

  @Serves(providerRoutes.give_back)
  giveBack(@Given() { actor, params }: Given<typeof providerRoutes.give_back>) {
    return this.model.returnNode.execute(actor, { provider: params.key, node: params.node });
  }
}
