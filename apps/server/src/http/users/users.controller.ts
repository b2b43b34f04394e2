import { Controller, Inject } from '@nestjs/common';
import { userRoutes } from '#api-types';
import { refuse } from '#core';
import { ACCESS, type AccessUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class UsersController {
  constructor(@Inject(ACCESS) private readonly access: AccessUseCases) {}

  @Serves(userRoutes.list)
  list(@Given() { query }: Given<typeof userRoutes.list>) {
    return pageAnswer(query, (list) => this.access.listUsers.execute(list));
  }

  @Serves(userRoutes.create)
  create(@Given() { actor, body }: Given<typeof userRoutes.create>) {
    return this.access.createUser.execute(actor, body);
  }

  @Serves(userRoutes.self)
  async self(@Given() { principal }: Given<typeof userRoutes.self>) {
    if (!principal) return refuse('unauthenticated', 'this needs a token.');
    const user = principal.userId ? await this.access.showUser.execute(principal.userId) : null;
    return {
      actor: principal.actor,
      role: principal.role,
      user,
      node: principal.role === 'node' ? principal.actor.replace(/^node:/, '') : null,
    };
  }

  @Serves(userRoutes.show)
  show(@Given() { params }: Given<typeof userRoutes.show>) {
    return this.access.showUser.execute(params.key);
  }

  @Serves(userRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof userRoutes.patch>) {
    return this.access.updateUser.execute(actor, { key: params.key, ifVersion, changes: body });
  }

  @Serves(userRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof userRoutes.delete>) {
    return this.access.deleteUser.execute(actor, { key: params.key, ifVersion });
  }

  @Serves(userRoutes.password)
  password(@Given() { principal, params, body }: Given<typeof userRoutes.password>) {
    return this.access.setPassword.execute(principal!, { key: params.key, ...body });
  }
}
