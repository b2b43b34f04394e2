import { Controller, Inject } from '@nestjs/common';
import { templateRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class TemplatesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(templateRoutes.list)
  list(@Given() { query }: Given<typeof templateRoutes.list>) {
    return pageAnswer(query, (list) => this.model.templates.list.execute(list));
  }

  @Serves(templateRoutes.create)
  create(@Given() { actor, body }: Given<typeof templateRoutes.create>) {
    return this.model.templates.create.execute(actor, { ...body, shipped: null });
  }

  @Serves(templateRoutes.show)
  show(@Given() { params }: Given<typeof templateRoutes.show>) {
    return this.model.templates.show.execute(params);
  }

  @Serves(templateRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof templateRoutes.patch>) {
    return this.model.templates.update.execute(actor, { ...params, version: ifVersion, change: body });
  }

  @Serves(templateRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof templateRoutes.delete>) {
    return this.model.templates.remove.execute(actor, { ...params, version: ifVersion });
  }
}
