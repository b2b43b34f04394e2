import { Controller, Inject } from '@nestjs/common';
import { networkRangeRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { rangeAnswer } from './answers.js';

@Controller()
export class NetworkRangesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(networkRangeRoutes.list)
  list(@Given() { query }: Given<typeof networkRangeRoutes.list>) {
    return pageAnswer(query, async (list) => {
      const page = await this.model.listRanges.execute(list);
      return isRefusal(page) ? page : { ...page, items: page.items.map(rangeAnswer) };
    });
  }

  @Serves(networkRangeRoutes.create)
  async create(@Given() { actor, body }: Given<typeof networkRangeRoutes.create>) {
    const made = await this.model.createRange.execute(actor, camelKeys(body));
    return isRefusal(made) ? made : rangeAnswer(made);
  }

  @Serves(networkRangeRoutes.show)
  async show(@Given() { params }: Given<typeof networkRangeRoutes.show>) {
    const found = await this.model.showRange.execute({ range: params.key });
    return isRefusal(found) ? found : rangeAnswer(found);
  }

  @Serves(networkRangeRoutes.patch)
  async patch(@Given() { actor, params, ifVersion, body }: Given<typeof networkRangeRoutes.patch>) {
    const changed = await this.model.updateRange.execute(actor, {
      ...camelKeys(body),
      range: params.key,
      version: ifVersion,
    });
    return isRefusal(changed) ? changed : rangeAnswer(changed);
  }

  @Serves(networkRangeRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof networkRangeRoutes.delete>) {
    return this.model.deleteRange.execute(actor, { range: params.key, version: ifVersion });
  }
}
