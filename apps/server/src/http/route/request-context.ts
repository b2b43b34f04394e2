import { randomBytes } from 'node:crypto';
import type { Principal } from '#app';
import type { Route } from '#api-types';
import type { AnyGiven } from './given.js';

/** What we know of one request, from its first header to its audit row. Hangs on Fastify's request object. */
export interface RequestContext {
  /** 32 hex digits (W3C Trace Context), the caller's when it sent some. */
  readonly traceId: string;
  /** The route of the table that matched; null for an unknown path. */
  readonly route: Route | null;
  /** Who asks; null until that was found out, and for the routes that anyone may call. */
  principal: Principal | null;
  /** The request may go on to its controller. */
  admitted: boolean;
  given: AnyGiven | null;
  /** Its row of the audit was written along with what it changed. */
  audited: boolean;
  /** Code of the refusal that was answered, for the audit. */
  refused: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    anneal: RequestContext;
  }
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const NO_TRACE = '0'.repeat(32);

/** The trace that a request belongs to: the one that `traceparent` names, else a new one. */
export const traceIdOf = (traceparent: string | string[] | undefined): string => {
  const named = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  return named && named !== NO_TRACE ? named : randomBytes(16).toString('hex');
};

/** The header that our answer carries: the same trace, a span of our own. */
export const traceparentOf = (traceId: string): string => `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
