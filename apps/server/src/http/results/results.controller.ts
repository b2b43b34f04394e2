import { Controller, Inject } from '@nestjs/common';
import { resultRoutes } from '#api-types';
import { isRefusal, reportPage, resultsPage } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { htmlAnswer } from '../certifications/html-answer.js';
import { LOOK_DIGESTS } from '../certifications/look-digests.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class ResultsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(resultRoutes.page)
  async page() {
    const published = await this.model.listPublished.execute();
    const results = published.map(({ id, cloud, endedAt, verdicts, officialBy }) => ({
      id,
      cloud,
      endedAt: endedAt?.toISOString() ?? '',
      claims: verdicts.map(({ claim }) => claim),
      official: officialBy !== null,
    }));
    return htmlAnswer(resultsPage(results, LOOK_DIGESTS));
  }

  @Serves(resultRoutes.show)
  async show(@Given() { params }: Given<typeof resultRoutes.show>) {
    const report = await this.model.readPublished.execute({ certification: params.key });
    return isRefusal(report) ? report : htmlAnswer(reportPage(report, LOOK_DIGESTS));
  }
}
