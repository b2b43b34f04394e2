import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, Stop } from '../exit.js';
import type { Connection } from './connection.js';
import { ApiProblem, type ProblemBody } from './problem.js';
import { routeOf, urlOf, type RouteId } from './route.js';

/**
 * Requests to the server. Every one has a deadline. What was lost on the way is sent again where that is harmless: what
 * never left, reading, and POST, whose Idempotency-Key makes the server answer the second time what it answered the first.
 * A server that says "not now" is asked again after the time that it names.
 */

/** A request is answered in this time or given up: far above what any answer takes, commits of 20,000 noderoles included. */
export const REQUEST_MS_MAX = 60_000;
/** How often a request is sent at the most. */
const ATTEMPTS_MAX = 4;
/** Pause before the second attempt; it doubles each time. */
const PAUSE_MS = 200;
/** Longest time that a server's Retry-After is obeyed for. */
const RETRY_AFTER_MS_MAX = 5_000;

export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** JSON, or bytes with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** The version that is changed, as its ETag; `*` for whatever is there. */
  readonly ifMatch?: string;
  readonly accept?: string;
  /** The last message of a stream that was seen (WHATWG HTML §9.2.4): it goes on after that. */
  readonly lastEventId?: string;
  /** Longest time until the whole answer is here. */
  readonly withinMs?: number;
}

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | null;
}

export interface ClientOptions {
  /** Ends all requests: SIGINT, or the command's own deadline. */
  readonly signal?: AbortSignal;
  /** Told of every answer, for `--trace`. */
  readonly trace?: (line: string) => void;
  readonly userAgent?: string;
}

export class Client {
  /** One for the whole command (W3C Trace Context): the server's log and audit have it. */
  readonly traceId = randomBytes(16).toString('hex');

  constructor(
    readonly connection: Connection,
    private readonly options: ClientOptions = {},
  ) {}

  async get<Body>(route: RouteId, call: Call = {}): Promise<Body> {
    return (await this.send<Body>(route, call)).body;
  }

  /** Sends one request. Throws `ApiProblem` for a refusal and `Stop` when no answer came. */
  async send<Body>(route: RouteId, call: Call = {}): Promise<Answer<Body>> {
    const withinMs = call.withinMs ?? REQUEST_MS_MAX;
    const deadline = AbortSignal.timeout(withinMs);
    const response = await this.request(route, call, deadline, withinMs);
    const text = await this.reading(route, withinMs, deadline, () => response.text());
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const body = text === '' ? undefined : isJson ? (JSON.parse(text) as unknown) : text;
    return { status: response.status, body: body as Body, etag: response.headers.get('etag') };
  }

  /** Opens an answer that does not end by itself. The deadline is for its beginning. */
  async open(route: RouteId, call: Call, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const begun = new AbortController();
    const timer = setTimeout(() => begun.abort(new DOMException('no answer began', 'TimeoutError')), REQUEST_MS_MAX);
    try {
      const accept = call.accept ?? 'text/event-stream';
      const response = await this.request(
        route,
        { ...call, accept },
        AbortSignal.any([signal, begun.signal]),
        REQUEST_MS_MAX,
      );
      if (!response.body) throw new Stop(EXIT.failed, `${describe(route, call)} was answered with nothing to follow.`);
      return response.body;
    } finally {
      clearTimeout(timer);
    }
  }

  private async request(route: RouteId, call: Call, deadline: AbortSignal, withinMs: number): Promise<Response> {
    const { method } = routeOf(route);
    const headers = this.headersOf(method, call);
    const signal = this.options.signal ? AbortSignal.any([this.options.signal, deadline]) : deadline;
    const harmlessTwice = (error: unknown) =>
      method === 'GET' || method === 'POST' || reasonOf(error) === 'ECONNREFUSED';
    for (let attempt = 1; ; attempt += 1) {
      const before = performance.now();
      const isLast = attempt >= ATTEMPTS_MAX;
      let wait = PAUSE_MS * 2 ** (attempt - 1);
      try {
        const response = await fetch(`${this.connection.address}${urlOf(route, call.params, call.query)}`, {
          method,
          headers,
          signal,
          redirect: 'error',
          ...(call.body === undefined ? {} : { body: bodyOf(call) }),
        });
        this.trace(route, call, `${response.status}`, before);
        if (response.ok) return response;
        const notNow = response.status === 429 || response.status === 503;
        if (!notNow || isLast) throw await problemOf(describe(route, call), response);
        wait = Math.max(wait, Math.min(retryAfterMs(response), RETRY_AFTER_MS_MAX));
        await response.body?.cancel();
      } catch (error) {
        if (error instanceof Stop) throw error;
        this.trace(route, call, 'no answer', before);
        this.options.signal?.throwIfAborted();
        if (deadline.aborted) throw this.noAnswer(route, call, withinMs, error);
        if (!harmlessTwice(error) || isLast) throw this.unreachable(route, call, error);
      }
      await pause(wait, undefined, { signal }).catch(() => undefined);
      this.options.signal?.throwIfAborted();
    }
  }

  private headersOf(method: string, call: Call): Record<string, string> {
    const { token } = this.connection;
    return {
      accept: call.accept ?? 'application/json',
      traceparent: `00-${this.traceId}-${randomBytes(8).toString('hex')}-01`,
      'user-agent': this.options.userAgent ?? 'anneal-cli',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? jsonTypeOf(method) }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      ...(call.ifMatch === undefined ? {} : { 'if-match': call.ifMatch }),
      ...(call.lastEventId === undefined ? {} : { 'last-event-id': call.lastEventId }),
    };
  }

  private async reading<T>(
    route: RouteId,
    withinMs: number,
    deadline: AbortSignal,
    read: () => Promise<T>,
  ): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.options.signal?.throwIfAborted();
      if (deadline.aborted) throw this.noAnswer(route, {}, withinMs, error);
      throw this.unreachable(route, {}, error);
    }
  }

  private noAnswer(route: RouteId, call: Call, withinMs: number, cause: unknown): Stop {
    return new Stop(
      EXIT.timeout,
      `${this.connection.address} did not answer ${describe(route, call)} in ${withinMs / 1000} s.`,
      'What was asked for may have been done: look before you repeat it.',
      { cause },
    );
  }

  private unreachable(route: RouteId, call: Call, cause: unknown): Stop {
    const reason = reasonOf(cause);
    return new Stop(
      EXIT.failed,
      `${this.connection.address} cannot be reached (${reason}).`,
      reason === 'ECONNREFUSED'
        ? 'Nothing listens there. Start Anneal with `anneal up`, or name another server in ANNEAL_URL.'
        : `The connection was lost during ${describe(route, call)}: look whether it was done before you repeat it.`,
      { cause },
    );
  }

  private trace(route: RouteId, call: Call, outcome: string, before: number): void {
    this.options.trace?.(
      `${describe(route, call)} ${outcome} ${Math.round(performance.now() - before)} ms trace ${this.traceId}`,
    );
  }
}

const describe = (route: RouteId, call: Call): string =>
  `${routeOf(route).method} ${urlOf(route, placeholders(route, call), call.query)}`;

/** Parameters for messages, also when the call is not at hand. */
const placeholders = (route: RouteId, call: Call): Record<string, string> => ({
  ...Object.fromEntries([...routeOf(route).path.matchAll(/:(\w+)/g)].map(([, name]) => [name!, name!])),
  ...call.params,
});

const jsonTypeOf = (method: string): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

const bodyOf = (call: Call): string | Uint8Array<ArrayBuffer> =>
  call.contentType === undefined ? JSON.stringify(call.body) : (call.body as string | Uint8Array<ArrayBuffer>);

const problemOf = async (request: string, response: Response): Promise<ApiProblem> => {
  const text = await response.text().catch(() => '');
  let body: ProblemBody;
  try {
    body = JSON.parse(text) as ProblemBody;
  } catch {
    body = { detail: `${request} was answered with ${response.status}: ${text.slice(0, 300) || response.statusText}` };
  }
  return new ApiProblem(request, response.status, body);
};

/** RFC 9110 §10.2.3, as seconds; dates are not used by our server. */
const retryAfterMs = (response: Response): number => (Number(response.headers.get('retry-after')) || 0) * 1000;

/** The deepest code or message of a failed `fetch`. */
const reasonOf = (error: unknown): string => {
  let reason = error instanceof Error ? error.message : String(error);
  for (
    let cause: unknown = error, depth = 0;
    cause && depth < 5;
    cause = (cause as { cause?: unknown }).cause, depth += 1
  ) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (typeof code === 'string') reason = code;
    else if (typeof message === 'string' && message !== '') reason = message;
  }
  return reason;
};
