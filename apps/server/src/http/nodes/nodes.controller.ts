import { Controller, Inject } from '@nestjs/common';
import { nodeRoutes } from '#api-types';
import { NodeAt } from '#app';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { camelKeys } from '../camel-keys.js';
import { allocationAnswer } from '../networks/answers.js';
import { Operations } from '../operations/operations.js';
import { timelineAnswer, timelineAsked } from '../timeline.js';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { refuseOtherNode } from './itself.js';

@Controller()
export class NodesController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Reading) private readonly reading: Reading,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(NodeAt) private readonly nodeThen: NodeAt,
  ) {}

  @Serves(nodeRoutes.list)
  list(@Given() { query }: Given<typeof nodeRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.nodes.list(list));
  }

  @Serves(nodeRoutes.create)
  async create(@Given() { actor, body }: Given<typeof nodeRoutes.create>) {
    const made = await this.model.createNode.execute(actor, camelKeys(body));
    return isRefusal(made) ? made : made.node;
  }

  @Serves(nodeRoutes.show)
  show(@Given() { params }: Given<typeof nodeRoutes.show>) {
    return this.reading.one('node', params.key, (tx) => tx.nodes.find(params.key));
  }

  @Serves(nodeRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoutes.patch>) {
    return this.model.updateNode.execute(actor, { ...camelKeys(body), node: params.key, version: ifVersion });
  }

  @Serves(nodeRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof nodeRoutes.delete>) {
    return this.model.deleteNode.execute(actor, { node: params.key, version: ifVersion });
  }

  @Serves(nodeRoutes.commit)
  commit(@Given() { actor, params, ifVersion }: Given<typeof nodeRoutes.commit>) {
    return this.operations.begin(
      'nodes.commit',
      actor,
      () => this.model.commitNode.execute(actor, { node: params.key, version: ifVersion }),
      ({ id }) => ({ nodeId: id }),
    );
  }

  @Serves(nodeRoutes.propose)
  propose(@Given() { actor, params, ifVersion }: Given<typeof nodeRoutes.propose>) {
    return this.model.proposeNode.execute(actor, { node: params.key, version: ifVersion });
  }

  @Serves(nodeRoutes.redeploy)
  redeploy(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoutes.redeploy>) {
    return this.operations.begin(
      'nodes.redeploy',
      actor,
      () => this.model.redeployNode.execute(actor, { node: params.key, version: ifVersion, ...body }),
      ({ id }) => ({ nodeId: id }),
    );
  }

  @Serves(nodeRoutes.nodeRoles)
  async nodeRoles(@Given() { params, query }: Given<typeof nodeRoutes.nodeRoles>) {
    const node = await this.reading.one('node', params.key, (tx) => tx.nodes.find(params.key));
    return isRefusal(node)
      ? node
      : this.reading.page(query, (tx, list) => tx.nodeRoles.list(list, { nodeId: node.id }));
  }

  @Serves(nodeRoutes.addresses)
  async addresses(@Given() { params, query }: Given<typeof nodeRoutes.addresses>) {
    const found = await this.model.nodeAddresses.execute({ node: params.key, ...query });
    return isRefusal(found) ? found : { items: found.map(allocationAnswer) };
  }

  @Serves(nodeRoutes.timeline)
  async timeline(@Given() { params, query }: Given<typeof nodeRoutes.timeline>) {
    return timelineAnswer(await this.model.timeline.execute({ node: params.key, ...timelineAsked(query) }));
  }

  @Serves(nodeRoutes.past)
  async past(@Given() { params, query }: Given<typeof nodeRoutes.past>) {
    const then = await this.nodeThen.execute({ node: params.key, at: new Date(query.at) });
    if (isRefusal(then)) return then;
    return {
      at: query.at,
      ...then,
      nodeRoles: then.nodeRoles.map(({ since, ...rest }) => ({
        ...rest,
        since: since === null ? null : new Date(since),
      })),
    };
  }

  @Serves(nodeRoutes.move)
  move(@Given() { params, query }: Given<typeof nodeRoutes.move>) {
    return this.model.previewNodeMove.execute({ node: params.key, deployment: query.deployment });
  }

  @Serves(nodeRoutes.inventory)
  async inventory(@Given() { actor, principal, params, body }: Given<typeof nodeRoutes.inventory>) {
    const other = await refuseOtherNode(principal!, () =>
      this.reading.within(async (tx) => (await tx.nodes.find(params.key))?.id ?? null),
    );
    return other ?? this.model.reportInventory.execute(actor, { node: params.key, inventory: body as never });
  }

  @Serves(nodeRoutes.adopt)
  adopt(@Given() { actor, body }: Given<typeof nodeRoutes.adopt>) {
    return this.operations.begin(
      'nodes.adopt',
      actor,
      () => this.model.adoptNode.execute(actor, camelKeys(body)),
      ({ id }) => ({ nodeId: id }),
    );
  }

  @Serves(nodeRoutes.debug)
  debug(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoutes.debug>) {
    return this.model.debugNode.execute(actor, { node: params.key, version: ifVersion, on: body?.on ?? true });
  }

  @Serves(nodeRoutes.scrub)
  scrub(@Given() { actor, params, ifVersion }: Given<typeof nodeRoutes.scrub>) {
    return this.model.scrubNode.execute(actor, { node: params.key, version: ifVersion });
  }

  @Serves(nodeRoutes.decommission)
  decommission(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoutes.decommission>) {
    const { confirm, erase = true } = body ?? {};
    return this.operations.begin(
      'nodes.decommission',
      actor,
      () => this.model.decommissionNode.execute(actor, { node: params.key, version: ifVersion, confirm, erase }),
      ({ id }) => ({ nodeId: id }),
    );
  }

  @Serves(nodeRoutes.report)
  async report(@Given() { actor, principal, params, body }: Given<typeof nodeRoutes.report>) {
    const other = await refuseOtherNode(principal!, () =>
      this.reading.within(async (tx) => (await tx.nodes.find(params.key))?.id ?? null),
    );
    const items = other ?? (await this.model.reportPart.execute(actor, { node: params.key, ...body }));
    return isRefusal(items) ? items : { items };
  }

  @Serves(nodeRoutes.reports)
  async reports(@Given() { params }: Given<typeof nodeRoutes.reports>) {
    const items = await this.model.listReports.execute({ node: params.key });
    return isRefusal(items) ? items : { items };
  }

  @Serves(nodeRoutes.explain)
  explain(@Given() { params }: Given<typeof nodeRoutes.explain>) {
    return this.model.explainNode.execute({ node: params.key });
  }
}
