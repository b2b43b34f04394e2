import { Controller, Inject } from '@nestjs/common';
import { workerRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class WorkersController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(workerRoutes.list)
  async list() {
    return { items: await this.model.listWorkers.execute(), next: null };
  }

  @Serves(workerRoutes.show)
  show(@Given() { params }: Given<typeof workerRoutes.show>) {
    return this.model.showWorker.execute({ worker: params.key });
  }
}
