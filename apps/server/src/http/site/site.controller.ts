import { Controller, Inject } from '@nestjs/common';
import { siteRoutes } from '#api-types';
import type { Site } from '#app';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { siteAnswer } from './answers.js';

@Controller()
export class SiteController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(siteRoutes.show)
  async show() {
    return siteAnswer(await this.model.showSite.execute());
  }

  @Serves(siteRoutes.apply)
  apply(@Given() { actor, body }: Given<typeof siteRoutes.apply>) {
    return this.model.applySite.execute(actor, siteOf(body));
  }

  @Serves(siteRoutes.preview)
  preview(@Given() { actor, body }: Given<typeof siteRoutes.preview>) {
    return this.model.previewSite.execute(actor, siteOf(body));
  }
}

/** Keys of settings are data and stay; only our own are renamed. */
const siteOf = (body: Given<typeof siteRoutes.apply>['body']) => ({
  ...(body.admin_node ? { adminNode: body.admin_node } : {}),
  ...(body.settings ? { settings: body.settings } : {}),
  ...(body.attribs ? { attribs: body.attribs as NonNullable<Site['attribs']> } : {}),
  ...(body.dns_zones ? { dnsZones: body.dns_zones.map((zone) => camelKeys(zone)) } : {}),
  ...(body.external_services ? { externalServices: body.external_services } : {}),
  ...(body.networks
    ? {
        networks: body.networks.map(({ ranges = [], router, routers = [], ...fields }) => ({
          ...camelKeys(fields),
          ranges: ranges.map((range) => camelKeys(range)),
          routers: [...(router ? [router] : []), ...routers],
        })),
      }
    : {}),
});
