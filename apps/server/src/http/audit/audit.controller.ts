import { Controller, Inject } from '@nestjs/common';
import { auditRoutes } from '#api-types';
import { AccessRecords } from '#app';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class AuditController {
  constructor(@Inject(AccessRecords) private readonly records: AccessRecords) {}

  @Serves(auditRoutes.list)
  list(@Given() { query }: Given<typeof auditRoutes.list>) {
    return pageAnswer(query, (list) => this.records.auditPage(list));
  }
}
