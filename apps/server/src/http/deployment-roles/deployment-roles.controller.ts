import { Controller, Inject } from '@nestjs/common';
import { deploymentRoleRoutes } from '#api-types';
import type { JsonObject } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class DeploymentRolesController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Reading) private readonly reading: Reading,
  ) {}

  @Serves(deploymentRoleRoutes.list)
  list(@Given() { query }: Given<typeof deploymentRoleRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.deploymentRoles.list(list));
  }

  @Serves(deploymentRoleRoutes.create)
  create(@Given() { actor, body }: Given<typeof deploymentRoleRoutes.create>) {
    return this.model.addDeploymentRole.execute(actor, body);
  }

  @Serves(deploymentRoleRoutes.show)
  show(@Given() { params }: Given<typeof deploymentRoleRoutes.show>) {
    return this.reading.one('deployment role', params.key, (tx) => tx.deploymentRoles.find(params.key));
  }

  @Serves(deploymentRoleRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof deploymentRoleRoutes.patch>) {
    return this.model.editDeploymentRole.execute(actor, {
      deploymentRole: params.key,
      version: ifVersion,
      data: body.data as JsonObject,
      notes: body.notes as JsonObject,
    });
  }

  @Serves(deploymentRoleRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof deploymentRoleRoutes.delete>) {
    return this.model.removeDeploymentRole.execute(actor, { deploymentRole: params.key, version: ifVersion });
  }
}
