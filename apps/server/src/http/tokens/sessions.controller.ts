import { Controller, Inject } from '@nestjs/common';
import { sessionRoutes } from '#api-types';
import { isRefusal } from '#core';
import { SESSION_SECONDS } from '#app';
import { SESSION_COOKIE } from '../../auth/authenticate.js';
import { LoginThrottle } from '../../auth/login-throttle.js';
import { ACCESS, type AccessUseCases } from '../../injected.js';
import { Answer } from '../answers.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

/** No script reads it, no other site makes a browser send it; over TLS it goes over TLS only. */
const cookie = (secret: string, seconds: number, secure: boolean): string =>
  [
    `${SESSION_COOKIE}=${secret}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${seconds}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ');

@Controller()
export class SessionsController {
  constructor(
    @Inject(ACCESS) private readonly access: AccessUseCases,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
  ) {}

  @Serves(sessionRoutes.create)
  async create(@Given() { body, address, secure }: Given<typeof sessionRoutes.create>) {
    const counted = [`name:${body.name.toLowerCase()}`, `from:${address}`];
    this.throttle.attempt(counted);
    const session = await this.access.logIn.execute(body.name, body.password);
    if (isRefusal(session)) return session;
    this.throttle.succeeded(counted);
    return new Answer(session, { headers: { 'set-cookie': cookie(session.secret, SESSION_SECONDS, secure) } });
  }

  @Serves(sessionRoutes.delete)
  async delete(@Given() { principal, secure }: Given<typeof sessionRoutes.delete>) {
    await this.access.logOut.execute(principal!);
    return new Answer(undefined, { headers: { 'set-cookie': cookie('', 0, secure) } });
  }
}
