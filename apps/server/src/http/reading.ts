import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork, type ListQuery, type Page, type Transaction } from '#app';
import type { ListParameters } from '#api-types';
import { refuse, type Refusal } from '#core';
import { pageAnswer } from './page-answer.js';

/** Reads that follow no rule: a page of something, one of something, all of a few. */
@Injectable()
export class Reading {
  constructor(@Inject(UnitOfWork) private readonly unitOfWork: UnitOfWork) {}

  page<Item extends object>(
    parameters: ListParameters,
    read: (tx: Transaction, query: ListQuery) => Promise<Page<Item> | Refusal>,
  ) {
    return pageAnswer(parameters, (query) => this.unitOfWork.read((tx) => read(tx, query)));
  }

  /** Refused by name when there is none. */
  one<Item>(thing: string, key: string, read: (tx: Transaction) => Promise<Item | null>): Promise<Item | Refusal> {
    return this.unitOfWork.read(
      async (tx) => (await read(tx)) ?? refuse('not-found', `there is no ${thing} "${key}".`, { key }),
    );
  }

  within<Result>(read: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.unitOfWork.read(read);
  }
}
