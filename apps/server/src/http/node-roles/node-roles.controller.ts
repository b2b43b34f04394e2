import { Controller, Inject } from '@nestjs/common';
import { nodeRoleRoutes } from '#api-types';
import { isRefusal, type JsonObject } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Answer } from '../answers.js';
import { Operations } from '../operations/operations.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { LogReader } from '../runs/log-reader.js';

@Controller()
export class NodeRolesController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(LogReader) private readonly logs: LogReader,
  ) {}

  @Serves(nodeRoleRoutes.list)
  list(@Given() { query }: Given<typeof nodeRoleRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listNodeRoles.execute(list));
  }

  @Serves(nodeRoleRoutes.create)
  async create(@Given() { actor, body }: Given<typeof nodeRoleRoutes.create>) {
    const bound = await this.model.bindRole.execute(actor, body);
    if (isRefusal(bound)) return bound;
    const { nodeRole, existing, created } = bound;
    return new Answer({ ...nodeRole, existing, created }, existing ? { status: 200 } : {});
  }

  @Serves(nodeRoleRoutes.show)
  show(@Given() { params }: Given<typeof nodeRoleRoutes.show>) {
    return this.model.showNodeRole.execute({ nodeRole: params.key });
  }

  @Serves(nodeRoleRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoleRoutes.patch>) {
    const { data, notes, ...switches } = body;
    return this.model.editNodeRole.execute(actor, {
      ...switches,
      data: data as JsonObject,
      notes: notes as JsonObject,
      nodeRole: params.key,
      version: ifVersion,
    });
  }

  @Serves(nodeRoleRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof nodeRoleRoutes.delete>) {
    return this.model.unbindNodeRole.execute(actor, { nodeRole: params.key, version: ifVersion });
  }

  @Serves(nodeRoleRoutes.retry)
  retry(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoleRoutes.retry>) {
    const input = { ...body, nodeRole: params.key, version: ifVersion };
    return this.operations.begin(
      'node_roles.retry',
      actor,
      () => this.model.retryNodeRole.execute(actor, input),
      ({ id }) => ({ nodeRoleId: id }),
    );
  }

  @Serves(nodeRoleRoutes.propose)
  propose(@Given() { actor, params, ifVersion }: Given<typeof nodeRoleRoutes.propose>) {
    return this.model.proposeNodeRole.execute(actor, { nodeRole: params.key, version: ifVersion });
  }

  @Serves(nodeRoleRoutes.commit)
  commit(@Given() { actor, params, ifVersion }: Given<typeof nodeRoleRoutes.commit>) {
    const input = { nodeRole: params.key, version: ifVersion };
    return this.operations.begin(
      'node_roles.commit',
      actor,
      () => this.model.commitNodeRole.execute(actor, input),
      ({ id }) => ({ nodeRoleId: id }),
    );
  }

  @Serves(nodeRoleRoutes.cancel)
  async cancel(@Given() { actor, params }: Given<typeof nodeRoleRoutes.cancel>) {
    const cancelled = await this.model.cancelNodeRole.execute(actor, { nodeRole: params.key });
    return isRefusal(cancelled) ? cancelled : { ...cancelled.nodeRole, cancel: cancelled.cancel };
  }

  @Serves(nodeRoleRoutes.explain)
  explain(@Given() { params }: Given<typeof nodeRoleRoutes.explain>) {
    return this.model.explainNodeRole.execute({ nodeRole: params.key });
  }

  @Serves(nodeRoleRoutes.parents)
  async parents(@Given() { params }: Given<typeof nodeRoleRoutes.parents>) {
    const items = await this.model.readParents.execute({ nodeRole: params.key });
    return isRefusal(items) ? items : { items };
  }

  @Serves(nodeRoleRoutes.children)
  async children(@Given() { params }: Given<typeof nodeRoleRoutes.children>) {
    const items = await this.model.readChildren.execute({ nodeRole: params.key });
    return isRefusal(items) ? items : { items };
  }

  @Serves(nodeRoleRoutes.repoint)
  async repoint(@Given() { actor, params, body }: Given<typeof nodeRoleRoutes.repoint>) {
    const repointed = await this.model.repointParent.execute(actor, {
      nodeRole: params.key,
      from: params.parent,
      to: body.to,
    });
    return isRefusal(repointed) ? repointed : { items: repointed.parents };
  }

  @Serves(nodeRoleRoutes.runs)
  runs(@Given() { params, query }: Given<typeof nodeRoleRoutes.runs>) {
    return pageAnswer(query, (list) => this.model.listRuns.execute(list, { nodeRole: params.key }));
  }

  @Serves(nodeRoleRoutes.log)
  async log(@Given() { params, query, headers, signal }: Given<typeof nodeRoleRoutes.log>) {
    const run = await this.model.latestRun.execute({ nodeRole: params.key });
    return isRefusal(run) ? run : this.logs.answer(run?.id ?? null, { query, headers, signal });
  }
}
