import { Controller, Inject } from '@nestjs/common';
import { dnsZoneRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DnsZonesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(dnsZoneRoutes.list)
  list(@Given() { query }: Given<typeof dnsZoneRoutes.list>) {
    return pageAnswer(query, (list) => this.model.dnsZones.list.execute(list));
  }

  @Serves(dnsZoneRoutes.create)
  create(@Given() { actor, body }: Given<typeof dnsZoneRoutes.create>) {
    return this.model.dnsZones.create.execute(actor, camelKeys(body));
  }

  @Serves(dnsZoneRoutes.show)
  show(@Given() { params }: Given<typeof dnsZoneRoutes.show>) {
    return this.model.dnsZones.show.execute(params);
  }

  @Serves(dnsZoneRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof dnsZoneRoutes.patch>) {
    return this.model.dnsZones.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(dnsZoneRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof dnsZoneRoutes.delete>) {
    return this.model.dnsZones.remove.execute(actor, { ...params, version: ifVersion });
  }

  @Serves(dnsZoneRoutes.records)
  records(@Given() { params, query }: Given<typeof dnsZoneRoutes.records>) {
    return pageAnswer(query, (list) => this.model.listDnsRecords.execute(params.key, list));
  }

  @Serves(dnsZoneRoutes.add)
  add(@Given() { actor, params, body }: Given<typeof dnsZoneRoutes.add>) {
    return this.model.createDnsRecord.execute(actor, { ...body, zone: params.key });
  }

  @Serves(dnsZoneRoutes.remove)
  remove(@Given() { actor, params }: Given<typeof dnsZoneRoutes.remove>) {
    return this.model.deleteDnsRecord.execute(actor, { zone: params.key, record: params.record });
  }
}
