import { Controller, Inject } from '@nestjs/common';
import { nodeRoleRoutes } from '#api-types';
import type { Json } from '#core';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { AttribValues } from './attrib-values.js';

/** The attributes of noderoles. */
@Controller()
export class NodeRoleAttribsController {
  constructor(@Inject(AttribValues) private readonly values: AttribValues) {}

  @Serves(nodeRoleRoutes.attribs)
  ofNodeRole(@Given() { params }: Given<typeof nodeRoleRoutes.attribs>) {
    return this.values.all({ nodeRole: params.key });
  }
  @Serves(nodeRoleRoutes.attrib)
  oneOfNodeRole(@Given() { params }: Given<typeof nodeRoleRoutes.attrib>) {
    return this.values.one({ nodeRole: params.key }, params.attrib);
  }
  @Serves(nodeRoleRoutes.setAttrib)
  setOfNodeRole(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoleRoutes.setAttrib>) {
    return this.values.set(actor, { nodeRole: params.key }, params.attrib, body.value as Json, ifVersion);
  }
  @Serves(nodeRoleRoutes.unsetAttrib)
  unsetOfNodeRole(@Given() { actor, params, ifVersion }: Given<typeof nodeRoleRoutes.unsetAttrib>) {
    return this.values.set(actor, { nodeRole: params.key }, params.attrib, undefined, ifVersion);
  }
}
