import { Controller, Inject } from '@nestjs/common';
import { dnsServerRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DnsServersController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(dnsServerRoutes.list)
  list(@Given() { query }: Given<typeof dnsServerRoutes.list>) {
    return pageAnswer(query, (list) => this.model.dnsServers.list.execute(list));
  }

  @Serves(dnsServerRoutes.create)
  create(@Given() { actor, body }: Given<typeof dnsServerRoutes.create>) {
    return this.model.dnsServers.create.execute(actor, camelKeys(body));
  }

  @Serves(dnsServerRoutes.show)
  show(@Given() { params }: Given<typeof dnsServerRoutes.show>) {
    return this.model.dnsServers.show.execute(params);
  }

  @Serves(dnsServerRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof dnsServerRoutes.patch>) {
    return this.model.dnsServers.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(dnsServerRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof dnsServerRoutes.delete>) {
    return this.model.dnsServers.remove.execute(actor, { ...params, version: ifVersion });
  }
}
