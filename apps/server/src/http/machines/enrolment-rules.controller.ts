import { Controller, Inject } from '@nestjs/common';
import { enrolmentRuleRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class EnrolmentRulesController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(enrolmentRuleRoutes.list)
  list(@Given() { query }: Given<typeof enrolmentRuleRoutes.list>) {
    return pageAnswer(query, (list) => this.model.enrolmentRules.list.execute(list));
  }

  @Serves(enrolmentRuleRoutes.create)
  create(@Given() { actor, body }: Given<typeof enrolmentRuleRoutes.create>) {
    return this.model.enrolmentRules.create.execute(actor, camelKeys(body));
  }

  @Serves(enrolmentRuleRoutes.preview)
  async preview(@Given() { body }: Given<typeof enrolmentRuleRoutes.preview>) {
    const found = await this.model.previewEnrolment.execute(body);
    if (isRefusal(found)) return found;
    const { plan, identity } = found;
    return {
      ...plan,
      knownAs: identity.kind === 'known' ? identity.name : null,
      contradiction: identity.kind === 'contradiction' ? identity.says : null,
    };
  }

  @Serves(enrolmentRuleRoutes.show)
  show(@Given() { params }: Given<typeof enrolmentRuleRoutes.show>) {
    return this.model.enrolmentRules.show.execute(params);
  }

  @Serves(enrolmentRuleRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof enrolmentRuleRoutes.patch>) {
    return this.model.enrolmentRules.update.execute(actor, { ...params, version: ifVersion, change: camelKeys(body) });
  }

  @Serves(enrolmentRuleRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof enrolmentRuleRoutes.delete>) {
    return this.model.enrolmentRules.remove.execute(actor, { ...params, version: ifVersion });
  }
}
