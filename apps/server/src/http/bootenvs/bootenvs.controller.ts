import { Controller, Inject } from '@nestjs/common';
import { bootenvRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class BootenvsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(bootenvRoutes.list)
  list(@Given() { query }: Given<typeof bootenvRoutes.list>) {
    return pageAnswer(query, (list) => this.model.bootenvs.list.execute(list));
  }

  @Serves(bootenvRoutes.create)
  create(@Given() { actor, body }: Given<typeof bootenvRoutes.create>) {
    return this.model.bootenvs.create.execute(actor, { ...body, shipped: null });
  }

  @Serves(bootenvRoutes.show)
  show(@Given() { params }: Given<typeof bootenvRoutes.show>) {
    return this.model.bootenvs.show.execute(params);
  }

  @Serves(bootenvRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof bootenvRoutes.patch>) {
    return this.model.bootenvs.update.execute(actor, { ...params, version: ifVersion, change: body });
  }

  @Serves(bootenvRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof bootenvRoutes.delete>) {
    return this.model.bootenvs.remove.execute(actor, { ...params, version: ifVersion });
  }

  @Serves(bootenvRoutes.render)
  render(@Given() { params, query }: Given<typeof bootenvRoutes.render>) {
    return this.model.renderBootenv.execute({ bootenv: params.key, ...query });
  }
}
