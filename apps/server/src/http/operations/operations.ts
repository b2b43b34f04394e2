import { Inject, Injectable } from '@nestjs/common';
import { BeginOperation, type OperationSubject } from '#app';
import { operationRoutes } from '#api-types';
import { isRefusal, type Refusal } from '#core';
import { Answer } from '../answers.js';

/** Lets what a request set in motion be followed: the answer names an operation in its header Location. */
@Injectable()
export class Operations {
  constructor(@Inject(BeginOperation) private readonly beginOperation: BeginOperation) {}

  async begin<Result>(
    kind: string,
    actor: string,
    work: () => Promise<Result | Refusal>,
    subjectOf: (result: Result) => OperationSubject,
  ): Promise<Answer<Result> | Refusal> {
    const result = await work();
    if (isRefusal(result)) return result;
    const id = await this.beginOperation.execute(actor, { kind, subject: subjectOf(result) });
    return new Answer(result, { headers: { location: `${operationRoutes.list.path}/${id}` } });
  }
}
