import { Controller, Inject } from '@nestjs/common';
import { imageRoutes } from '#api-types';
import { camelKeys } from '../camel-keys.js';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class ImagesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(imageRoutes.list)
  list(@Given() { query }: Given<typeof imageRoutes.list>) {
    return pageAnswer(query, (list) => this.model.images.list.execute(list));
  }

  @Serves(imageRoutes.create)
  create(@Given() { actor, body }: Given<typeof imageRoutes.create>) {
    return this.model.images.create.execute(actor, { ...camelKeys(body), errors: [] });
  }

  @Serves(imageRoutes.show)
  show(@Given() { params }: Given<typeof imageRoutes.show>) {
    return this.model.images.show.execute(params);
  }

  @Serves(imageRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof imageRoutes.patch>) {
    return this.model.images.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(imageRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof imageRoutes.delete>) {
    return this.model.images.remove.execute(actor, { ...params, version: ifVersion });
  }
}
