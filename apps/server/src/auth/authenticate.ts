import type { FastifyRequest } from 'fastify';
import { refuse } from '#core';
import type { AccessRecords, Principal, Secrets } from '#app';
import { Refused } from '../http/refused.js';

/** The cookie in which a browser keeps its session. Scripts cannot read it, other sites cannot make a browser send it. */
export const SESSION_COOKIE = 'anneal_session';

/** Longest credentials that are looked at, in characters: ours have 50. */
const SECRET_LENGTH_MAX = 200;

/** Finds out who asks. Nothing else about a request says who it is from: no address, no header that a proxy may forward. */
export class Authenticate {
  constructor(
    private readonly records: AccessRecords,
    private readonly secrets: Secrets,
  ) {}

  /** Null when nothing was shown; throws when what was shown is not valid. */
  async of(request: FastifyRequest): Promise<Principal | null> {
    const { authorization } = request.headers;
    const shown = authorization === undefined ? null : bearer(authorization);
    const cookie = shown === null ? cookieOf(request.headers.cookie) : null;
    if (cookie !== null) refuseForeignOrigin(request);
    const secret = shown ?? cookie;
    if (secret === null) return null;
    const principal =
      secret.length > SECRET_LENGTH_MAX ? null : await this.records.principalOf(this.secrets.hashOf(secret));
    if (!principal)
      throw new Refused(refuse('unauthenticated', 'this token is not known, was revoked, or has expired.'));
    return principal;
  }
}

const bearer = (authorization: string): string => {
  const token = /^Bearer ([^\s]+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined)
    throw new Refused(refuse('unauthenticated', 'the header Authorization must be "Bearer" and a token.'));
  return token;
};

const cookieOf = (header: string | undefined): string | null =>
  header
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === SESSION_COOKIE)?.[1] ?? null;

/**
 * A browser attaches a cookie to whatever a page makes it send. SameSite=Strict keeps other sites out; this keeps out
 * those that share our site but not our origin, another port of the same host for example.
 */
const refuseForeignOrigin = (request: FastifyRequest): void => {
  if (request.method === 'GET') return;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const foreign =
    (origin !== undefined && hostOf(origin) !== host) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (foreign)
    throw new Refused(refuse('forbidden', 'a session in a cookie is only good for pages of this server: use a token.'));
};

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
