import { Controller, Inject } from '@nestjs/common';
import { dnsRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DnsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(dnsRoutes.records)
  records(@Given() { query }: Given<typeof dnsRoutes.records>) {
    return pageAnswer(query, (list) => this.model.listServedRecords.execute(list));
  }

  @Serves(dnsRoutes.problems)
  problems() {
    return this.model.listDnsProblems.execute();
  }
}
