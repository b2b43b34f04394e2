import { Controller, Inject } from '@nestjs/common';
import { networkRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Answer } from '../answers.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { allocationAnswer, networkAnswer, planAnswer } from './answers.js';

@Controller()
export class NetworksController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(networkRoutes.list)
  list(@Given() { query }: Given<typeof networkRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listNetworks.execute(list));
  }

  @Serves(networkRoutes.create)
  async create(@Given() { actor, body }: Given<typeof networkRoutes.create>) {
    const { ranges = [], router, routers = [], ...fields } = body;
    const made = await this.model.createNetwork.execute(actor, {
      ...camelKeys(fields),
      ranges: ranges.map((range) => camelKeys(range)),
      routers: [...(router ? [router] : []), ...routers],
    });
    return isRefusal(made) ? made : networkAnswer(made);
  }

  @Serves(networkRoutes.show)
  async show(@Given() { params }: Given<typeof networkRoutes.show>) {
    const found = await this.model.showNetwork.execute({ network: params.key });
    return isRefusal(found) ? found : networkAnswer(found);
  }

  @Serves(networkRoutes.patch)
  async patch(@Given() { actor, params, ifVersion, body }: Given<typeof networkRoutes.patch>) {
    const changed = await this.model.updateNetwork.execute(actor, {
      ...camelKeys(body),
      network: params.key,
      version: ifVersion,
    });
    return isRefusal(changed) ? changed : networkAnswer(changed);
  }

  @Serves(networkRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof networkRoutes.delete>) {
    return this.model.deleteNetwork.execute(actor, { network: params.key, version: ifVersion });
  }

  @Serves(networkRoutes.allocate)
  async allocate(@Given() { actor, params, body }: Given<typeof networkRoutes.allocate>) {
    const given = await this.model.allocateAddress.execute(actor, { ...body, network: params.key });
    if (isRefusal(given)) return given;
    return new Answer({ items: given.allocations.map(allocationAnswer) }, { status: given.made ? 201 : 200 });
  }

  @Serves(networkRoutes.plan)
  async plan(@Given() { params }: Given<typeof networkRoutes.plan>) {
    const plan = await this.model.planAddresses.execute({ network: params.key });
    return isRefusal(plan) ? plan : planAnswer(plan);
  }
}
