import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { Route } from '#api-types';
import { invariant, isRefusal } from '#core';
import { Answer, BytesAnswer, sendStream, StreamAnswer, TextAnswer } from './answers.js';
import type { Audit } from './audit.js';
import type { Idempotency } from './idempotency.js';
import { Refused } from './refused.js';
import { projectionOf } from './route/project.js';
import { readIfMatch, readRequest } from './route/read-request.js';

/**
 * What all routes have in common, around the one call that a controller makes: the request is read and checked before it,
 * what it returns is cut to what the route promises after it, and a repeated POST does not reach it at all.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly stopping: AbortSignal,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const call = () => firstValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.answer(request, reply, () => this.audit.during(request, call)));
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, call: () => Promise<unknown>): Promise<unknown> {
    const { route, principal } = request.anneal;
    invariant(route, 'a controller without a route was called');
    void reply.status(route.success);
    this.give(request, reply, route);
    const key = this.idempotency.keyOf(request, route);
    if (key === null) return this.send(await call(), route, request, reply);
    const { actor } = principal!;
    const kept = await this.idempotency.claim(actor, key, request);
    if (kept) {
      void reply.status(kept.status).headers({ ...kept.headers, 'idempotency-replayed': 'true' });
      return kept.body ?? undefined;
    }
    try {
      const body = await this.send(await call(), route, request, reply);
      await this.idempotency.keep(actor, key, {
        status: reply.statusCode,
        body: withoutSecret(route, body),
        headers: keptHeaders(reply),
      });
      return body;
    } catch (error) {
      // A refusal changed nothing, so the key is free again. After anything else nobody can be sure, and it stays claimed.
      if (error instanceof Refused) await this.idempotency.release(actor, key);
      throw error;
    }
  }

  /** Reads and checks the request, for the controller to be given. */
  private give(request: FastifyRequest, reply: FastifyReply, route: Route): void {
    const parts = readRequest(route, request);
    if (isRefusal(parts)) throw new Refused(parts);
    const ifVersion = route.ifMatch
      ? readIfMatch(request.headers['if-match'], subjectOf(request), { needed: route.ifMatch === true })
      : undefined;
    if (isRefusal(ifVersion)) throw new Refused(ifVersion);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new Error('the caller has gone')));
    request.anneal.given = {
      ...parts,
      ifVersion,
      principal: request.anneal.principal,
      actor: request.anneal.principal?.actor ?? 'anyone',
      traceId: request.anneal.traceId,
      address: request.ip,
      secure: request.protocol === 'https',
      signal: AbortSignal.any([gone.signal, this.stopping]),
      headers: request.headers,
    };
  }

  private async send(result: unknown, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (isRefusal(result)) throw new Refused(result);
    if (result instanceof StreamAnswer) {
      await sendStream(reply, result, request.anneal.given!.signal);
      return undefined;
    }
    if (result instanceof TextAnswer) {
      void reply.headers({ 'content-type': result.contentType, ...result.headers });
      return result.text;
    }
    if (result instanceof BytesAnswer) {
      void reply.headers({ 'content-type': result.contentType, ...result.headers });
      return Buffer.from(result.bytes);
    }
    const { body, options } = result instanceof Answer ? result : new Answer(result);
    if (options.status !== undefined) void reply.status(options.status);
    if (options.headers) void reply.headers(options.headers);
    if (!route.answer) return undefined;
    const answer = projectionOf(route.answer)(body, route.id);
    if (route.etag) void reply.header('etag', `"${(answer as { version: number }).version}"`);
    return answer;
  }
}

const withoutSecret = (route: Route, body: unknown): unknown =>
  route.shownOnce ? { ...(body as object), [route.shownOnce]: null } : body;

/** Headers that belong to the answer and not to the connection. */
const keptHeaders = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(
    ['etag', 'location', 'content-type'].flatMap((name) =>
      reply.getHeader(name) === undefined ? [] : [[name, String(reply.getHeader(name))]],
    ),
  );

const subjectOf = (request: FastifyRequest): string => {
  const { key } = (request.params ?? {}) as { key?: string };
  return key === undefined ? 'it' : `"${key.slice(0, 100)}"`;
};
