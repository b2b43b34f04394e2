import { Controller, Inject } from '@nestjs/common';
import { hookRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class HooksController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(hookRoutes.list)
  list(@Given() { query }: Given<typeof hookRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listHooks.execute(list));
  }

  @Serves(hookRoutes.create)
  create(@Given() { actor, body }: Given<typeof hookRoutes.create>) {
    return this.model.createHook.execute(actor, camelKeys(body));
  }

  @Serves(hookRoutes.show)
  show(@Given() { params }: Given<typeof hookRoutes.show>) {
    return this.model.showHook.execute({ hook: params.key });
  }

  @Serves(hookRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof hookRoutes.patch>) {
    return this.model.updateHook.execute(actor, { ...camelKeys(body), hook: params.key, version: ifVersion });
  }

  @Serves(hookRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof hookRoutes.delete>) {
    return this.model.deleteHook.execute(actor, { hook: params.key, version: ifVersion });
  }

  @Serves(hookRoutes.deadLetters)
  deadLetters(@Given() { params, query }: Given<typeof hookRoutes.deadLetters>) {
    return pageAnswer(query, (list) => this.model.listDeadLetters.execute({ hook: params.key }, list));
  }

  @Serves(hookRoutes.retry)
  retry(@Given() { actor, params, body }: Given<typeof hookRoutes.retry>) {
    return this.model.retryDeadLetters.execute(actor, { hook: params.key, ...body });
  }
}
