import { Controller, Inject } from '@nestjs/common';
import { dhcpRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DhcpController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(dhcpRoutes.leases)
  leases(@Given() { query }: Given<typeof dhcpRoutes.leases>) {
    return pageAnswer(query, (list) => this.model.listLeases.execute(list));
  }

  @Serves(dhcpRoutes.reservations)
  reservations(@Given() { query }: Given<typeof dhcpRoutes.reservations>) {
    return pageAnswer(query, (list) => this.model.listReservations.execute(list));
  }
}
