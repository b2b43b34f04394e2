import { Controller, Inject } from '@nestjs/common';
import { guidelineRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Answer, BytesAnswer } from '../answers.js';
import { pageAnswer } from '../page-answer.js';
import { readText } from '../read-text.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { capabilitiesAnswer } from './capabilities-answer.js';

@Controller()
export class GuidelinesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(guidelineRoutes.list)
  list(@Given() { query }: Given<typeof guidelineRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listGuidelines.execute(list));
  }

  @Serves(guidelineRoutes.create)
  async create(@Given() { actor, query, body }: Given<typeof guidelineRoutes.create>) {
    const text = readText(body, 'the JSON file of a guideline');
    if (isRefusal(text)) return text;
    const imported = await this.model.importGuideline.execute(actor, { text, ...query });
    return isRefusal(imported)
      ? imported
      : new Answer(imported, { headers: { location: `${guidelineRoutes.list.path}/${imported.guideline.id}` } });
  }

  @Serves(guidelineRoutes.show)
  show(@Given() { params }: Given<typeof guidelineRoutes.show>) {
    return this.model.showGuideline.execute({ guideline: params.key });
  }

  @Serves(guidelineRoutes.document)
  async document(@Given() { params }: Given<typeof guidelineRoutes.document>) {
    const text = await this.model.readRawGuideline.execute({ guideline: params.key });
    return isRefusal(text) ? text : new BytesAnswer(Buffer.from(text), 'application/octet-stream');
  }

  @Serves(guidelineRoutes.capabilities)
  async capabilities(@Given() { params }: Given<typeof guidelineRoutes.capabilities>) {
    const found = await this.model.readGuideline.execute({ guideline: params.key });
    return isRefusal(found) ? found : capabilitiesAnswer(found.guideline);
  }

  @Serves(guidelineRoutes.delete)
  delete(@Given() { actor, params }: Given<typeof guidelineRoutes.delete>) {
    return this.model.removeGuideline.execute(actor, { guideline: params.key });
  }

  @Serves(guidelineRoutes.votes)
  votes(@Given() { params, query }: Given<typeof guidelineRoutes.votes>) {
    return pageAnswer(query, (list) => this.model.listVotes.execute(list, { guideline: params.key }));
  }

  @Serves(guidelineRoutes.tally)
  async tally(@Given() { params }: Given<typeof guidelineRoutes.tally>) {
    const items = await this.model.tallyVotes.execute({ guideline: params.key });
    return isRefusal(items) ? items : { items };
  }

  @Serves(guidelineRoutes.vote)
  vote(@Given() { principal, params, body }: Given<typeof guidelineRoutes.vote>) {
    return this.model.voteOnTest.execute(principal!, { guideline: params.key, ...body });
  }

  @Serves(guidelineRoutes.withdraw_vote)
  withdrawVote(@Given() { principal, params, query }: Given<typeof guidelineRoutes.withdraw_vote>) {
    return this.model.withdrawVote.execute(principal!, { guideline: params.key, test: query.test });
  }
}
