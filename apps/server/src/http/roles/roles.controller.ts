import { Controller, Inject } from '@nestjs/common';
import { roleRoutes } from '#api-types';
import { isRefusal, type JsonObject } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class RolesController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Reading) private readonly reading: Reading,
  ) {}

  @Serves(roleRoutes.list)
  list(@Given() { query }: Given<typeof roleRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.roles.list(list));
  }

  @Serves(roleRoutes.show)
  show(@Given() { params }: Given<typeof roleRoutes.show>) {
    return this.reading.one('role', params.key, (tx) => tx.roles.find(params.key));
  }

  @Serves(roleRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof roleRoutes.patch>) {
    return this.model.editRole.execute(actor, {
      role: params.key,
      version: ifVersion,
      notes: body.notes as JsonObject,
    });
  }

  @Serves(roleRoutes.files)
  async files(@Given() { params }: Given<typeof roleRoutes.files>) {
    const items = await this.model.readRoleFiles.execute({ role: params.key });
    return isRefusal(items) ? items : { items };
  }
}
