import { Controller, Inject } from '@nestjs/common';
import { powerRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class PowerController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(powerRoutes.show)
  show(@Given() { params }: Given<typeof powerRoutes.show>) {
    return this.model.readPower.execute({ node: params.key });
  }

  @Serves(powerRoutes.switch)
  switch(@Given() { actor, params, body }: Given<typeof powerRoutes.switch>) {
    return this.model.switchPower.execute(actor, { ...body, node: params.key });
  }

  @Serves(powerRoutes.bmc)
  bmc(@Given() { params }: Given<typeof powerRoutes.bmc>) {
    return this.model.showBmc.execute({ node: params.key });
  }

  @Serves(powerRoutes.setBmc)
  setBmc(@Given() { actor, params, ifVersion, body }: Given<typeof powerRoutes.setBmc>) {
    return this.model.setBmc.execute(actor, { ...camelKeys(body), node: params.key, version: ifVersion });
  }

  @Serves(powerRoutes.forgetBmc)
  forgetBmc(@Given() { actor, params, ifVersion }: Given<typeof powerRoutes.forgetBmc>) {
    return this.model.forgetBmc.execute(actor, { node: params.key, version: ifVersion });
  }
}
