import { Controller, Inject } from '@nestjs/common';
import { tokenRoutes } from '#api-types';
import { ACCESS, type AccessUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class TokensController {
  constructor(@Inject(ACCESS) private readonly access: AccessUseCases) {}

  @Serves(tokenRoutes.list)
  list(@Given() { principal, query }: Given<typeof tokenRoutes.list>) {
    return pageAnswer(query, (list) => this.access.listTokens.execute(principal!, list));
  }

  @Serves(tokenRoutes.create)
  create(@Given() { principal, body }: Given<typeof tokenRoutes.create>) {
    const { expires_in_s: expiresInS, ...rest } = body;
    return this.access.createToken.execute(principal!, { ...rest, expiresInS });
  }

  @Serves(tokenRoutes.show)
  show(@Given() { principal, params }: Given<typeof tokenRoutes.show>) {
    return this.access.showToken.execute(principal!, params.key);
  }

  @Serves(tokenRoutes.delete)
  delete(@Given() { principal, params }: Given<typeof tokenRoutes.delete>) {
    return this.access.revokeToken.execute(principal!, params.key);
  }
}
