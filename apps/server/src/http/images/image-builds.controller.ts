import { Controller, Inject } from '@nestjs/common';
import { imageBuildRoutes } from '#api-types';
import { ImageBuilds, type ImageBuildView } from '#app';
import { isRefusal, type Refusal } from '#core';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class ImageBuildsController {
  constructor(@Inject(ImageBuilds) private readonly builds: ImageBuilds) {}

  @Serves(imageBuildRoutes.list)
  list() {
    return { items: this.builds.list().map((build) => answerOf(build)) };
  }

  @Serves(imageBuildRoutes.create)
  async create(@Given() { body }: Given<typeof imageBuildRoutes.create>) {
    return answerOf(await this.builds.begin('image' in body ? body : { ...body, sha256: body.sha256 ?? null }));
  }

  @Serves(imageBuildRoutes.cancel)
  cancel(@Given() { params }: Given<typeof imageBuildRoutes.cancel>) {
    return answerOf(this.builds.cancel(params.key));
  }
}

const answerOf = (build: ImageBuildView | Refusal) => {
  if (isRefusal(build)) return build;
  const { startedAt, finishedAt, ...rest } = build;
  return { ...rest, started_at: startedAt, finished_at: finishedAt };
};
