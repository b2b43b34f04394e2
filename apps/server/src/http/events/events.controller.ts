import { Controller, Inject } from '@nestjs/common';
import { eventRoutes } from '#api-types';
import { History, UnitOfWork } from '#app';
import { isRefusal } from '#core';
import { EventFeed } from '../../feed/event-feed.js';
import { StreamAnswer } from '../answers.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { filterOf, positionOf } from './stream-query.js';

@Controller()
export class EventsController {
  constructor(
    @Inject(History) private readonly history: History,
    @Inject(EventFeed) private readonly feed: EventFeed,
    @Inject(UnitOfWork) private readonly unitOfWork: UnitOfWork,
  ) {}

  @Serves(eventRoutes.list)
  list(@Given() { query }: Given<typeof eventRoutes.list>) {
    return pageAnswer(query, (list) => this.history.page(list));
  }

  @Serves(eventRoutes.stream)
  async stream(@Given() { query, headers, signal }: Given<typeof eventRoutes.stream>) {
    const filter = await filterOf(query, this.unitOfWork);
    if (isRefusal(filter)) return filter;
    return new StreamAnswer(
      this.feed.follow(positionOf(query, headers), filter, { unnamed: query.unnamed === 'true' }, signal),
    );
  }
}
