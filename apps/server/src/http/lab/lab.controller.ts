import { Controller, Inject } from '@nestjs/common';
import { labRoutes } from '#api-types';
import { LabMachines } from '#app';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class LabController {
  constructor(@Inject(LabMachines) private readonly lab: LabMachines) {}

  @Serves(labRoutes.list)
  async list() {
    const { machines, reason } = await this.lab.list();
    return { items: machines, reason };
  }

  @Serves(labRoutes.start)
  start(@Given() { params }: Given<typeof labRoutes.start>) {
    return this.lab.start(params.key);
  }
}
