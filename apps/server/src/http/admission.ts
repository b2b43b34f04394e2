import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '#core';
import type { Route } from '#api-types';
import type { Authenticate } from '../auth/authenticate.js';
import { Refused, refusedByHttp } from './refused.js';
import { routeAt } from './route/route-table.js';
import { traceIdOf, traceparentOf } from './route/request-context.js';

/**
 * The gate in front of everything, before a byte of a body is read: which route is it, is there room, who asks, may they.
 * A request that does not pass costs one look at the tokens. Nodes that report have room of their own, so that no crowd of
 * readers keeps a finished run from being heard.
 */

/** Requests being answered at once; more wait on connections of the database than answer. */
export const REQUESTS_AT_ONCE_MAX = 200;
/** What is kept for the reports of nodes beyond that. */
export const REPORTS_RESERVE = 50;
/** Of these, one caller may have so many at once. */
export const REQUESTS_OF_ONE_MAX = 60;
/** Streams that stay open, in all and for one caller. */
export const STREAMS_MAX = 2_000;
export const STREAMS_OF_ONE_MAX = 100;

/** Seconds after which a refused caller may find room. */
const RETRY_AFTER = { 'retry-after': '1' };

export class Admission {
  private readonly requests = new Room(REQUESTS_AT_ONCE_MAX, REQUESTS_OF_ONE_MAX);
  private readonly reports = new Room(REPORTS_RESERVE, REPORTS_RESERVE);
  private readonly streams = new Room(STREAMS_MAX, STREAMS_OF_ONE_MAX);

  constructor(private readonly authenticate: Authenticate) {}

  /** Requests being answered now, for the metrics. */
  get inFlight(): { requests: number; streams: number } {
    return { requests: this.requests.taken + this.reports.taken, streams: this.streams.taken };
  }

  /** Gives every request its context. Runs first, also for unknown paths. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const traceId = traceIdOf(request.headers.traceparent);
    const route = request.is404 ? null : routeAt(request.method, request.routeOptions.url);
    request.anneal = { traceId, route, principal: null, admitted: false, given: null, audited: false, refused: null };
    void reply.headers({ traceparent: traceparentOf(traceId), 'cache-control': 'no-store' });
  }

  /** Throws `Refused`, or marks the request as admitted. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { route } = request.anneal;
    if (!route) return;
    // Found out before room is taken: whose share it is counted to depends on it.
    const principal = route.allows === 'anyone' ? null : await this.authenticate.of(request);
    request.anneal.principal = principal;
    this.takeRoom(route, principal?.actor ?? request.ip, reply);
    if (route.allows !== 'anyone') {
      if (!principal)
        throw new Refused(
          refuse(
            'unauthenticated',
            'this needs a token: send Authorization: Bearer, or log in with POST /api/v2/sessions.',
          ),
        );
      if (!route.allows.includes(principal.role))
        throw new Refused(
          refuse(
            'forbidden',
            `${principal.actor} is ${article(principal.role)}; this is for ${route.allows.join(', ')}.`,
          ),
        );
    }
    refuseMediaType(route, request);
    request.anneal.admitted = true;
  }

  private takeRoom(route: Route, who: string, reply: FastifyReply): void {
    const staysOpen = route.staysOpen ?? route.produces?.includes('text/event-stream') ?? false;
    const isReport = route.allows !== 'anyone' && route.allows.includes('node') && route.method === 'POST';
    const room = staysOpen ? this.streams : isReport ? this.reports : this.requests;
    const taken = room.take(who);
    if (taken === 'full')
      throw new Refused(refuse('unavailable', 'too many requests are being answered right now.'), RETRY_AFTER);
    if (taken === 'share-used')
      throw refusedByHttp(
        'too-many-requests',
        'you have too many requests open at once: wait for some to be answered.',
        { headers: RETRY_AFTER },
      );
    reply.raw.once('close', () => room.leave(who));
  }
}

const article = (role: string): string => (/^[ao]/.test(role) ? `an ${role}` : `a ${role}`);

/** JSON where nothing else is said; the merge patch of RFC 7396 is JSON too. */
const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

const refuseMediaType = (route: Route, request: FastifyRequest): void => {
  const header = request.headers['content-type'];
  if (header === undefined) return;
  const type = header.split(';')[0]!.trim().toLowerCase();
  const accepted = route.accepts ?? JSON_TYPES;
  if (!accepted.includes(type))
    throw refusedByHttp(
      'unsupported-media-type',
      `the body must be ${accepted.join(' or ')}, not ${type.slice(0, 100)}.`,
    );
};

/** Places, of which one caller gets no more than a share. */
class Room {
  taken = 0;
  private readonly shares = new Map<string, number>();
  constructor(
    private readonly places: number,
    private readonly share: number,
  ) {}

  take(who: string): 'taken' | 'full' | 'share-used' {
    const mine = this.shares.get(who) ?? 0;
    if (mine >= this.share) return 'share-used';
    if (this.taken >= this.places) return 'full';
    this.taken += 1;
    this.shares.set(who, mine + 1);
    return 'taken';
  }

  leave(who: string): void {
    this.taken -= 1;
    const mine = (this.shares.get(who) ?? 1) - 1;
    if (mine === 0) this.shares.delete(who);
    else this.shares.set(who, mine);
  }
}
