import { Controller, Inject } from '@nestjs/common';
import { rolloutRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class RolloutsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(rolloutRoutes.list)
  list(@Given() { query }: Given<typeof rolloutRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listRollouts.execute(list));
  }

  @Serves(rolloutRoutes.show)
  show(@Given() { params }: Given<typeof rolloutRoutes.show>) {
    return this.model.showRollout.execute({ rollout: params.key });
  }

  @Serves(rolloutRoutes.pause)
  pause(@Given() { actor, params, ifVersion, body }: Given<typeof rolloutRoutes.pause>) {
    return this.model.pauseRollout.execute(actor, { ...body, rollout: params.key, version: ifVersion });
  }

  @Serves(rolloutRoutes.resume)
  resume(@Given() { actor, params, ifVersion, body }: Given<typeof rolloutRoutes.resume>) {
    return this.model.resumeRollout.execute(actor, { ...body, rollout: params.key, version: ifVersion });
  }

  @Serves(rolloutRoutes.stop)
  stop(@Given() { actor, params, ifVersion, body }: Given<typeof rolloutRoutes.stop>) {
    return this.model.stopRollout.execute(actor, { ...body, rollout: params.key, version: ifVersion });
  }

  @Serves(rolloutRoutes.finish)
  finish(@Given() { actor, params, ifVersion, body }: Given<typeof rolloutRoutes.finish>) {
    return this.model.finishRollout.execute(actor, { ...body, rollout: params.key, version: ifVersion });
  }
}
