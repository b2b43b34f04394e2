import { Controller, Inject } from '@nestjs/common';
import { networkAllocationRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { allocationAnswer } from './answers.js';

@Controller()
export class NetworkAllocationsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(networkAllocationRoutes.list)
  list(@Given() { query }: Given<typeof networkAllocationRoutes.list>) {
    return pageAnswer(query, async (list) => {
      const page = await this.model.listAllocations.execute(list);
      return isRefusal(page) ? page : { ...page, items: page.items.map(allocationAnswer) };
    });
  }

  @Serves(networkAllocationRoutes.show)
  async show(@Given() { params }: Given<typeof networkAllocationRoutes.show>) {
    const found = await this.model.showAllocation.execute({ allocation: params.key });
    return isRefusal(found) ? found : allocationAnswer(found);
  }

  @Serves(networkAllocationRoutes.delete)
  delete(@Given() { actor, params }: Given<typeof networkAllocationRoutes.delete>) {
    return this.model.releaseAddress.execute(actor, { allocation: params.key });
  }
}
