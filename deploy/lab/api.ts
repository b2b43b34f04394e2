import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The lab's side of the REST API: what any automation on the admin host would do, with nothing but `fetch` and the
 * administrator's token. It knows no rule of the product; a refusal is shown as the server worded it.
 */
const REQUEST_DEADLINE_MS = 60_000;
const BACK_MS = 30_000;
const AGAIN_MS = 250;

/** An answer that is not a success, with what the server advises. */
export class ApiProblem extends Error {
  constructor(
    readonly request: string,
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${request} was answered with ${status} ${code}: ${detail}`);
  }
}

export type Json = unknown;

export class LabApi {
  constructor(
    /** For example http://127.0.0.1:7700 */
    readonly address: string,
    private readonly token: string,
  ) {}

  /** What only reads is asked again while nobody listens: a server that was killed is back within seconds. */
  async get<Answer = Json>(path: string): Promise<Answer> {
    for (const end = performance.now() + BACK_MS; ; await pause(AGAIN_MS)) {
      try {
        return await this.send<Answer>('GET', path);
      } catch (error) {
        if (error instanceof ApiProblem || performance.now() > end) throw error;
      }
    }
  }

  post<Answer = Json>(path: string, body: Json = {}): Promise<Answer> {
    return this.send<Answer>('POST', path, body);
  }

  /** Posts bytes as they are. */
  async upload<Answer = Json>(path: string, bytes: Uint8Array, type: string): Promise<Answer> {
    const headers = { ...this.headers(), 'content-type': type, 'idempotency-key': randomUUID() };
    const answer = await fetch(this.url(path), {
      method: 'POST',
      headers,
      body: bytes,
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    });
    if (!answer.ok) throw await problemOf(`POST ${path}`, answer);
    return (await answer.json()) as Answer;
  }

  put<Answer = Json>(path: string, body: Json = {}): Promise<Answer> {
    return this.send<Answer>('PUT', path, body);
  }

  /** Edits an object whatever its version is: in a lab there is one editor. */
  patch<Answer = Json>(path: string, body: Json): Promise<Answer> {
    return this.send<Answer>('PATCH', path, body, { 'if-match': '*', 'content-type': 'application/merge-patch+json' });
  }

  delete<Answer = Json>(path: string): Promise<Answer> {
    return this.send<Answer>('DELETE', path, undefined, { 'if-match': '*' });
  }

  /** All pages of a list. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '500', ...(cursor === null ? {} : { cursor }) });
      const page: { items: Item[]; next_cursor?: string | null } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}${query}`,
      );
      items.push(...page.items);
      cursor = page.next_cursor ?? null;
    } while (cursor !== null);
    return items;
  }

  /** Opens an event stream. The caller reads the body and ends it with the signal. */
  async stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await fetch(this.url(path), { headers: { ...this.headers(), accept: 'text/event-stream' }, signal });
    if (!answer.ok || answer.body === null) throw await problemOf(`GET ${path}`, answer);
    return answer.body;
  }

  private async send<Answer>(
    method: string,
    path: string,
    body?: Json,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(this.url(path), {
      method,
      headers: {
        ...this.headers(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    });
    if (!answer.ok) throw await problemOf(`${method} ${path}`, answer);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  private url(path: string): string {
    return `${this.address}/api/v2/${path}`;
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, accept: 'application/json' };
  }
}

async function problemOf(request: string, answer: Response): Promise<ApiProblem> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text) as { code?: string; detail?: string; title?: string; errors?: unknown };
    const more = problem.errors === undefined ? '' : ` ${JSON.stringify(problem.errors)}`;
    return new ApiProblem(
      request,
      answer.status,
      problem.code ?? 'unknown',
      `${problem.detail ?? problem.title ?? text}${more}`,
    );
  } catch {
    return new ApiProblem(request, answer.status, 'unknown', text.slice(0, 500));
  }
}
