import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '#app';
import { invariant } from '#core';
import type { Parts, RouteSpec } from '#api-types';

/** Any version will do: the caller sent `If-Match: *`. */
export const ANY_VERSION = '*';

interface Always {
  /** Who asks; null on the routes that anyone may call. */
  readonly principal: Principal | null;
  /** The principal's name in events and in the audit. */
  readonly actor: string;
  /** The version that If-Match names; undefined where the route does not ask for one, and for `*`. */
  readonly ifVersion: number | undefined;
  readonly traceId: string;
  /** Where the caller's connection comes from. */
  readonly address: string;
  /** It came over TLS. */
  readonly secure: boolean;
  /** Aborted when the caller has gone, or the server stops. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type AnyGiven = Always & { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** Everything a controller's method gets of a request, checked against its route: `@Given() given: Given<typeof route>`. */
export type Given<Spec extends RouteSpec> = Always & Parts<Spec>;

export const Given = createParamDecorator((_data: unknown, context: ExecutionContext): AnyGiven => {
  const { given } = context.switchToHttp().getRequest<FastifyRequest>().anneal;
  invariant(given, 'a controller was reached before its request was read');
  return given;
});
