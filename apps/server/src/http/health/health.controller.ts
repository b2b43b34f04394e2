import { Controller, Inject } from '@nestjs/common';
import { healthRoutes } from '#api-types';
import { History } from '#app';
import { TextAnswer } from '../answers.js';
import { Metrics } from '../metrics.js';
import { Serves } from '../route/serves.js';

@Controller()
export class HealthController {
  constructor(
    @Inject(History) private readonly history: History,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Serves(healthRoutes.live)
  live() {
    return { status: 'ok' };
  }

  /** Asks the database something; the filter says 503 when it does not answer. */
  @Serves(healthRoutes.ready)
  async ready() {
    await this.history.bounds();
    return { status: 'ready' };
  }

  @Serves(healthRoutes.metrics)
  async figures() {
    return new TextAnswer(await this.metrics.text(), this.metrics.contentType);
  }
}
