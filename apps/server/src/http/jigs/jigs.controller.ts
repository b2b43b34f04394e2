import { Controller, Inject } from '@nestjs/common';
import { jigRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class JigsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(jigRoutes.list)
  async list() {
    return { items: await this.model.listJigs.execute() };
  }

  @Serves(jigRoutes.show)
  show(@Given() { params }: Given<typeof jigRoutes.show>) {
    return this.model.showJig.execute({ jig: params.key });
  }

  @Serves(jigRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof jigRoutes.patch>) {
    return this.model.switchJig.execute(actor, { ...body, jig: params.key, version: ifVersion });
  }
}
