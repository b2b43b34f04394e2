import { Controller, Inject } from '@nestjs/common';
import { groupRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class GroupsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(groupRoutes.list)
  list(@Given() { query }: Given<typeof groupRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listGroups.execute(list));
  }

  @Serves(groupRoutes.create)
  create(@Given() { actor, body }: Given<typeof groupRoutes.create>) {
    return this.model.createGroup.execute(actor, body);
  }

  @Serves(groupRoutes.show)
  show(@Given() { params }: Given<typeof groupRoutes.show>) {
    return this.model.showGroup.execute({ group: params.key });
  }

  @Serves(groupRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof groupRoutes.patch>) {
    return this.model.updateGroup.execute(actor, { ...body, group: params.key, version: ifVersion });
  }

  @Serves(groupRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof groupRoutes.delete>) {
    return this.model.deleteGroup.execute(actor, { group: params.key, version: ifVersion });
  }

  @Serves(groupRoutes.add)
  add(@Given() { actor, params }: Given<typeof groupRoutes.add>) {
    return this.model.changeMembership.execute(actor, { group: params.key, node: params.node, member: true });
  }

  @Serves(groupRoutes.remove)
  remove(@Given() { actor, params }: Given<typeof groupRoutes.remove>) {
    return this.model.changeMembership.execute(actor, { group: params.key, node: params.node, member: false });
  }
}
