import { Controller, Inject } from '@nestjs/common';
import { operationRoutes } from '#api-types';
import { ListOperations, ShowOperation } from '#app';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class OperationsController {
  constructor(
    @Inject(ListOperations) private readonly listOperations: ListOperations,
    @Inject(ShowOperation) private readonly showOperation: ShowOperation,
  ) {}

  @Serves(operationRoutes.list)
  list(@Given() { query }: Given<typeof operationRoutes.list>) {
    return pageAnswer(query, (list) => this.listOperations.execute(list));
  }

  @Serves(operationRoutes.show)
  show(@Given() { params }: Given<typeof operationRoutes.show>) {
    return this.showOperation.execute(params.key);
  }
}
