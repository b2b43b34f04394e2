import { Controller, Inject } from '@nestjs/common';
import { dnsFilterRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DnsFiltersController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(dnsFilterRoutes.list)
  list(@Given() { query }: Given<typeof dnsFilterRoutes.list>) {
    return pageAnswer(query, (list) => this.model.dnsFilters.list.execute(list));
  }

  @Serves(dnsFilterRoutes.create)
  create(@Given() { actor, body }: Given<typeof dnsFilterRoutes.create>) {
    return this.model.dnsFilters.create.execute(actor, camelKeys(body));
  }

  @Serves(dnsFilterRoutes.show)
  show(@Given() { params }: Given<typeof dnsFilterRoutes.show>) {
    return this.model.dnsFilters.show.execute(params);
  }

  @Serves(dnsFilterRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof dnsFilterRoutes.patch>) {
    return this.model.dnsFilters.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(dnsFilterRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof dnsFilterRoutes.delete>) {
    return this.model.dnsFilters.remove.execute(actor, { ...params, version: ifVersion });
  }
}
