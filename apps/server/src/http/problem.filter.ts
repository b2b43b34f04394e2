import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_BASE, type Problem } from '#api-types';
import type { RefusalCode } from '#core';
import type { ServerLog } from '../server-log.js';
import { methodsOf } from './route/route-table.js';
import { refusedByHttp, Refused, type HttpCode } from './refused.js';

/**
 * The only place where a refusal becomes a status. Each code has its row: the status, what it means, and what the caller
 * does about it; docs/api.md and the pages under /api/docs print the same rows. What is no refusal is a fault of ours: it
 * is logged once, whole, under the trace id, and the caller learns nothing but that id.
 */
export const PROBLEMS: Readonly<Record<RefusalCode | HttpCode, { status: number; title: string; advice: string }>> = {
  malformed: { status: 400, title: 'The request cannot be read', advice: 'Mend the syntax of the body or the path.' },
  invalid: {
    status: 400,
    title: 'The request is not valid',
    advice: 'Look at fields.errors: each has a pointer to what is wrong.',
  },
  unauthenticated: {
    status: 401,
    title: 'Say who you are',
    advice: 'Send Authorization: Bearer with a token, or log in.',
  },
  forbidden: { status: 403, title: 'Not allowed', advice: 'Ask an administrator for a role that may do this.' },
  'not-found': { status: 404, title: 'No such thing', advice: 'Check the id or the name; lists show what there is.' },
  'no-such-route': { status: 404, title: 'No such address', advice: 'See /api/docs for the addresses there are.' },
  'method-not-allowed': {
    status: 405,
    title: 'Not done this way',
    advice: 'The header Allow names the methods of this address.',
  },
  'already-exists': { status: 409, title: 'Exists already', advice: 'Use the one there is, or another name.' },
  'wrong-state': {
    status: 409,
    title: 'Not in this state',
    advice: 'The detail says which state is needed and how to get there.',
  },
  'parent-not-active': {
    status: 409,
    title: 'A parent is not active',
    advice: 'Mend the parents that fields names; this then runs by itself.',
  },
  'needs-confirmation': {
    status: 409,
    title: 'Destructive: confirm it',
    advice: 'Repeat the request with the confirmation that the detail names.',
  },
  'system-deployment': { status: 409, title: 'The system deployment stays', advice: 'Make a deployment below it.' },
  'has-children': { status: 409, title: 'Something depends on it', advice: 'Delete what fields names first.' },
  cycle: { status: 409, title: 'This would close a circle', advice: 'Take out one edge of the path in fields.' },
  'unresolved-requirement': {
    status: 409,
    title: 'A requirement is missing',
    advice: 'Import the barclamp that has it, or bind the role that fields names.',
  },
  'abstract-role': { status: 409, title: 'The role is abstract', advice: 'Bind one that provides it.' },
  'jig-inactive': { status: 409, title: 'The jig is switched off', advice: 'Switch it on with PATCH jigs.' },
  conflict: { status: 409, title: 'It conflicts with what is there', advice: 'The detail names the other side.' },
  'provides-overlap': { status: 409, title: 'Two providers on one node', advice: 'Keep one of them.' },
  'still-bound': { status: 409, title: 'Still in use', advice: 'Take away what uses it first.' },
  vetoed: { status: 409, title: 'A hook refused it', advice: 'The detail is the hook’s own answer.' },
  'in-progress': {
    status: 409,
    title: 'The first request with this key is still being answered',
    advice: 'Wait as Retry-After says, and repeat it.',
  },
  'stale-version': {
    status: 412,
    title: 'Changed meanwhile',
    advice: 'Read it again, look at the difference, send the new ETag.',
  },
  'too-large': { status: 413, title: 'Too large', advice: 'The detail names the limit.' },
  'unsupported-media-type': { status: 415, title: 'Not in this format', advice: 'The detail names the formats.' },
  'idempotency-mismatch': {
    status: 422,
    title: 'This Idempotency-Key was another request’s',
    advice: 'Use a new key for a new request.',
  },
  'version-required': {
    status: 428,
    title: 'Say which version you change',
    advice: 'Send If-Match with the ETag that GET gave.',
  },
  'too-many-requests': { status: 429, title: 'Too many requests', advice: 'Wait as Retry-After says.' },
  internal: {
    status: 500,
    title: 'A fault of ours',
    advice: 'Look for the trace id in the server’s log and report what it says.',
  },
  'unsupported-action': {
    status: 501,
    title: 'This machine cannot do that',
    advice: 'Use one of the actions in fields.',
  },
  'machine-failed': {
    status: 502,
    title: 'The machine did not do it',
    advice: 'The detail says what it answered; look at it, and repeat it.',
  },
  unavailable: { status: 503, title: 'Not now', advice: 'Wait as Retry-After says, and repeat it.' },
  timeout: {
    status: 408,
    title: 'Not settled in time',
    advice: 'Ask again, or look at fields for what is in the way.',
  },
};

/** Seconds to wait when the refusal does not say, for statuses that invite to come again. */
const RETRY_AFTER_S = 2;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: ServerLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refused = this.understand(error, request);
    const { status, title } = PROBLEMS[refused.refusal.code];
    const retryAfter =
      refused.headers['retry-after'] ?? (status === 503 || status === 429 ? String(RETRY_AFTER_S) : undefined);
    const problem: Problem = {
      type: `/api/docs#${refused.refusal.code}`,
      title,
      status,
      code: refused.refusal.code,
      detail: refused.refusal.detail,
      ...(refused.refusal.fields ? { fields: { ...refused.refusal.fields } } : {}),
      ...(retryAfter ? { retry_after: Number(retryAfter) } : {}),
      trace_id: request.anneal.traceId,
    };
    request.anneal.refused = refused.refusal.code;
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    void reply
      .status(status)
      .headers({
        ...refused.headers,
        ...(retryAfter ? { 'retry-after': retryAfter } : {}),
        ...(status === 401 ? { 'www-authenticate': 'Bearer realm="anneal"' } : {}),
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
      })
      .send(JSON.stringify(problem));
  }

  private understand(error: unknown, request: FastifyRequest): Refused {
    if (error instanceof Refused) return error;
    const known = ofFastify(error) ?? ofNest(error, request) ?? ofDatabase(error);
    if (known) return known;
    this.log.fault(error, { traceId: request.anneal.traceId, route: request.anneal.route?.id ?? null });
    return refusedByHttp(
      'internal',
      `this should not happen; the server’s log has it under ${request.anneal.traceId}.`,
    );
  }
}

const codeOf = (error: unknown): string => {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
};

/** What Fastify refuses before a request reaches us. */
const ofFastify = (error: unknown): Refused | null => {
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refused({ refused: true, code: 'too-large', detail: 'the body is longer than this address accepts.' });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusedByHttp(
        'unsupported-media-type',
        'the body must be application/json, unless /api/docs says otherwise for this address.',
      );
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return refusedByHttp('malformed', 'the body is not as long as Content-Length says.');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return refusedByHttp('malformed', 'the path is not a valid URL: a % must be followed by two hex digits.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_PARAM_TOO_LONG':
      return refusedByHttp('no-such-route', 'a part of this path is longer than any name.');
    default:
      return null;
  }
};

/** What Nest makes of a path that nothing serves, and of what Fastify refuses while it reads a body. */
const ofNest = (error: unknown, request: FastifyRequest): Refused | null => {
  if (!(error instanceof HttpException)) return null;
  switch (error.getStatus()) {
    case 404:
      return ofUnknownRoute(request);
    case 413:
      return ofFastify({ code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
    case 415:
      return ofFastify({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
    default:
      return refusedByHttp('malformed', `${error.message}.`);
  }
};

/** The table says whether another method would do. */
const ofUnknownRoute = (request: FastifyRequest): Refused => {
  const path = request.url.split('?')[0] ?? '';
  const methods = methodsOf(path);
  if (methods.length === 0)
    return refusedByHttp(
      'no-such-route',
      `nothing is served at ${path.slice(0, 200)}; the API stands below ${API_BASE}.`,
    );
  return refusedByHttp('method-not-allowed', `${request.method} is not done here; ${methods.join(', ')} is.`, {
    headers: { allow: methods.join(', ') },
  });
};

/** Codes of connections that broke or could not be had (PostgreSQL appendix A: classes 08, 53 and 57P). */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|08...|53300|57P0[1-3])$/;

const ofDatabase = (error: unknown): Refused | null => {
  for (
    let cause: unknown = error, depth = 0;
    cause && depth < 5;
    cause = (cause as { cause?: unknown }).cause, depth += 1
  ) {
    const code = codeOf(cause);
    // What is FATAL ended the connection, or never let it begin (PostgreSQL §55.8).
    const lost =
      UNREACHABLE.test(code) ||
      (cause as { severity?: unknown }).severity === 'FATAL' ||
      /timeout exceeded when trying to connect|Connection terminated/i.test((cause as Error).message ?? '');
    if (lost)
      return new Refused({
        refused: true,
        code: 'unavailable',
        detail:
          'the database cannot be reached at the moment; nothing was changed by this request unless an event says so.',
      });
    // Two requests that made the same thing at once; the first one won.
    if (code === '23505')
      return new Refused({
        refused: true,
        code: 'already-exists',
        detail: 'another request made the same thing meanwhile: read the list again.',
      });
  }
  return null;
};
