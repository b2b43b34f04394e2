import { Controller, Inject } from '@nestjs/common';
import { attribRoutes, deploymentRoleRoutes, nodeRoutes, roleRoutes } from '#api-types';
import type { Json } from '#core';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { AttribValues } from './attrib-values.js';

/** Attributes: what is declared, and the values of nodes, roles and deployment roles under `/attribs`. */
@Controller()
export class AttribsController {
  constructor(
    @Inject(AttribValues) private readonly values: AttribValues,
    @Inject(Reading) private readonly reading: Reading,
  ) {}

  @Serves(attribRoutes.list)
  list(@Given() { query }: Given<typeof attribRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.attribs.list(list));
  }
  @Serves(attribRoutes.show)
  show(@Given() { params }: Given<typeof attribRoutes.show>) {
    return this.reading.one('attribute', params.key, (tx) => tx.attribs.find(params.key));
  }

  @Serves(nodeRoutes.attribs)
  ofNode(@Given() { params }: Given<typeof nodeRoutes.attribs>) {
    return this.values.all({ node: params.key });
  }
  @Serves(nodeRoutes.attrib)
  oneOfNode(@Given() { params }: Given<typeof nodeRoutes.attrib>) {
    return this.values.one({ node: params.key }, params.attrib);
  }
  @Serves(nodeRoutes.setAttrib)
  setOfNode(@Given() { actor, params, ifVersion, body }: Given<typeof nodeRoutes.setAttrib>) {
    return this.values.set(actor, { node: params.key }, params.attrib, body.value as Json, ifVersion);
  }
  @Serves(nodeRoutes.unsetAttrib)
  unsetOfNode(@Given() { actor, params, ifVersion }: Given<typeof nodeRoutes.unsetAttrib>) {
    return this.values.set(actor, { node: params.key }, params.attrib, undefined, ifVersion);
  }

  @Serves(roleRoutes.attribs)
  ofRole(@Given() { params }: Given<typeof roleRoutes.attribs>) {
    return this.values.all({ role: params.key });
  }
  @Serves(roleRoutes.attrib)
  oneOfRole(@Given() { params }: Given<typeof roleRoutes.attrib>) {
    return this.values.one({ role: params.key }, params.attrib);
  }
  @Serves(roleRoutes.setAttrib)
  setOfRole(@Given() { actor, params, ifVersion, body }: Given<typeof roleRoutes.setAttrib>) {
    return this.values.set(actor, { role: params.key }, params.attrib, body.value as Json, ifVersion);
  }
  @Serves(roleRoutes.unsetAttrib)
  unsetOfRole(@Given() { actor, params, ifVersion }: Given<typeof roleRoutes.unsetAttrib>) {
    return this.values.set(actor, { role: params.key }, params.attrib, undefined, ifVersion);
  }

  @Serves(deploymentRoleRoutes.attribs)
  ofDeploymentRole(@Given() { params }: Given<typeof deploymentRoleRoutes.attribs>) {
    return this.values.all({ deploymentRole: params.key });
  }
  @Serves(deploymentRoleRoutes.attrib)
  oneOfDeploymentRole(@Given() { params }: Given<typeof deploymentRoleRoutes.attrib>) {
    return this.values.one({ deploymentRole: params.key }, params.attrib);
  }
  @Serves(deploymentRoleRoutes.setAttrib)
  setOfDeploymentRole(@Given() { actor, params, ifVersion, body }: Given<typeof deploymentRoleRoutes.setAttrib>) {
    return this.values.set(actor, { deploymentRole: params.key }, params.attrib, body.value as Json, ifVersion);
  }
  @Serves(deploymentRoleRoutes.unsetAttrib)
  unsetOfDeploymentRole(@Given() { actor, params, ifVersion }: Given<typeof deploymentRoleRoutes.unsetAttrib>) {
    return this.values.set(actor, { deploymentRole: params.key }, params.attrib, undefined, ifVersion);
  }
}
