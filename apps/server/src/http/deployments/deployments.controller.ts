import { Controller, Inject } from '@nestjs/common';
import { deploymentRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Operations } from '../operations/operations.js';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { commitOptionsOf } from './commit-options.js';
import { timelineAnswer, timelineAsked } from '../timeline.js';

@Controller()
export class DeploymentsController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Reading) private readonly reading: Reading,
    @Inject(Operations) private readonly operations: Operations,
  ) {}

  @Serves(deploymentRoutes.list)
  list(@Given() { query }: Given<typeof deploymentRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.deployments.list(list));
  }

  @Serves(deploymentRoutes.create)
  create(@Given() { actor, body }: Given<typeof deploymentRoutes.create>) {
    return this.model.createDeployment.execute(actor, body);
  }

  @Serves(deploymentRoutes.show)
  show(@Given() { params }: Given<typeof deploymentRoutes.show>) {
    return this.find(params.key);
  }

  @Serves(deploymentRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof deploymentRoutes.patch>) {
    return this.model.updateDeployment.execute(actor, { ...body, deployment: params.key, version: ifVersion });
  }

  @Serves(deploymentRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof deploymentRoutes.delete>) {
    return this.model.deleteDeployment.execute(actor, { deployment: params.key, version: ifVersion });
  }

  @Serves(deploymentRoutes.propose)
  propose(@Given() { actor, params, ifVersion }: Given<typeof deploymentRoutes.propose>) {
    return this.model.proposeDeployment.execute(actor, { deployment: params.key, version: ifVersion });
  }

  @Serves(deploymentRoutes.recall)
  recall(@Given() { actor, params, ifVersion }: Given<typeof deploymentRoutes.recall>) {
    return this.model.recallDeployment.execute(actor, { deployment: params.key, version: ifVersion });
  }

  @Serves(deploymentRoutes.commit)
  commit(@Given() { actor, params, ifVersion, body }: Given<typeof deploymentRoutes.commit>) {
    const input = { deployment: params.key, version: ifVersion, note: body.note, ...commitOptionsOf(body) };
    return this.operations.begin(
      'deployments.commit',
      actor,
      () => this.model.commitDeployment.execute(actor, input),
      ({ deployment }) => ({ deploymentId: deployment.id }),
    );
  }

  @Serves(deploymentRoutes.preview)
  preview(@Given() { params, body }: Given<typeof deploymentRoutes.preview>) {
    return this.model.previewCommit.execute({ deployment: params.key, ...commitOptionsOf(body) });
  }

  @Serves(deploymentRoutes.bulk)
  bulk(@Given() { actor, params, body }: Given<typeof deploymentRoutes.bulk>) {
    return this.model.bulkBind.execute(actor, { deployment: params.key, pairs: body.bind });
  }

  @Serves(deploymentRoutes.snapshots)
  async snapshots(@Given() { params, query }: Given<typeof deploymentRoutes.snapshots>) {
    const deployment = await this.find(params.key);
    return isRefusal(deployment)
      ? deployment
      : this.reading.page(query, (tx, list) => tx.commits.snapshots(deployment.id, list));
  }

  @Serves(deploymentRoutes.graph)
  graph(@Given() { params }: Given<typeof deploymentRoutes.graph>) {
    return this.model.readDeploymentGraph.execute({ deployment: params.key });
  }

  @Serves(deploymentRoutes.nodeRoles)
  async nodeRoles(@Given() { params, query }: Given<typeof deploymentRoutes.nodeRoles>) {
    const deployment = await this.find(params.key);
    return isRefusal(deployment)
      ? deployment
      : this.reading.page(query, (tx, list) => tx.nodeRoles.list(list, { deploymentId: deployment.id }));
  }

  @Serves(deploymentRoutes.explain)
  explain(@Given() { params }: Given<typeof deploymentRoutes.explain>) {
    return this.model.explainDeployment.execute({ deployment: params.key });
  }

  @Serves(deploymentRoutes.timeline)
  async timeline(@Given() { params, query }: Given<typeof deploymentRoutes.timeline>) {
    return timelineAnswer(await this.model.timeline.execute({ deployment: params.key, ...timelineAsked(query) }));
  }

  private find(key: string) {
    return this.reading.one('deployment', key, (tx) => tx.deployments.find(key));
  }
}
