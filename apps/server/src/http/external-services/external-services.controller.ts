import { Controller, Inject } from '@nestjs/common';
import { externalServiceRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class ExternalServicesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(externalServiceRoutes.list)
  list(@Given() { query }: Given<typeof externalServiceRoutes.list>) {
    return pageAnswer(query, (list) => this.model.externalServices.list.execute(list));
  }

  @Serves(externalServiceRoutes.create)
  create(@Given() { actor, body }: Given<typeof externalServiceRoutes.create>) {
    return this.model.externalServices.create.execute(actor, camelKeys(body));
  }

  @Serves(externalServiceRoutes.show)
  show(@Given() { params }: Given<typeof externalServiceRoutes.show>) {
    return this.model.externalServices.show.execute(params);
  }

  @Serves(externalServiceRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof externalServiceRoutes.patch>) {
    return this.model.externalServices.update.execute(actor, {
      ...params,
      version: ifVersion,
      change: camelKeys(body),
    });
  }

  @Serves(externalServiceRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof externalServiceRoutes.delete>) {
    return this.model.externalServices.remove.execute(actor, { ...params, version: ifVersion });
  }
}
