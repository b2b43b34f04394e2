import { Controller, Inject } from '@nestjs/common';
import { annealRoutes } from '#api-types';
import { EventFeed } from '../../feed/event-feed.js';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { timelineAnswer, timelineAsked } from '../timeline.js';
import { waitUntil } from './wait.js';

@Controller()
export class AnnealController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(EventFeed) private readonly feed: EventFeed,
  ) {}

  @Serves(annealRoutes.show)
  show(@Given() { query }: Given<typeof annealRoutes.show>) {
    return this.model.annealStatus.execute(query);
  }

  @Serves(annealRoutes.wait)
  wait(@Given() { body, signal }: Given<typeof annealRoutes.wait>) {
    const { for: goal, timeout_s: timeoutS, deployment } = body;
    return waitUntil(goal, {
      look: () => this.model.annealStatus.execute({ deployment }),
      news: (until, maxMs) => this.feed.next(until, maxMs),
      timeoutMs: timeoutS * 1_000,
      signal,
    });
  }

  @Serves(annealRoutes.pace)
  async pace() {
    const { seconds, perMinute, oldest } = await this.model.annealPace.execute();
    return {
      seconds,
      per_minute: perMinute,
      oldest: oldest.map(({ since, ...nodeRole }) => ({ ...nodeRole, since: since.toISOString() })),
    };
  }

  @Serves(annealRoutes.timeline)
  async timeline(@Given() { query }: Given<typeof annealRoutes.timeline>) {
    return timelineAnswer(await this.model.timeline.execute(timelineAsked(query)));
  }

  @Serves(annealRoutes.audit)
  audit() {
    return this.model.auditGraph.execute();
  }
}
