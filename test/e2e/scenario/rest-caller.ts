import { refuse, REFUSAL_CODES, type Refusal } from '#core';
import { ScriptMistake } from '#testkit';
import type { Caller, Reply } from '../rest/running-server.js';
import { shortNames } from './names.js';

type Method = 'POST' | 'PUT' | 'PATCH';

/** Speaks REST for a script: an expected "no" is an answer, a name that does not exist is the script's mistake, all else is a fault. */
export class RestCaller {
  constructor(private readonly admin: Caller) {}

  async read<Body>(path: string): Promise<Body> {
    const reply = await this.admin('GET', path);
    const refusal = refusalIn('GET', path, reply);
    if (refusal) throw new Error(`GET ${path}: ${refusal.detail}`);
    return reply.body as Body;
  }

  async ask(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Refusal | null> {
    // Scripts change what they see, whichever version it has.
    const guard: Record<string, string> = method === 'PATCH' ? { 'if-match': '*' } : {};
    return refusalIn(method, path, await this.admin(method, path, { body, headers: { ...guard, ...headers } }));
  }

  change(path: string, body: unknown): Promise<Refusal | null> {
    return this.ask('PATCH', path, body);
  }

  /** Asks for what a script takes for granted. */
  async must(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
    const refusal = await this.ask(method, path, body, headers);
    if (refusal) throw new Error(`${method} ${path}: ${refusal.detail}`);
  }
}

const refusalIn = (method: string, path: string, { status, body }: Reply): Refusal | null => {
  if (status < 300) return null;
  const problem = body as {
    readonly code?: string;
    readonly detail?: string;
    readonly fields?: Record<string, unknown>;
  };
  const detail = shortNames(problem.detail ?? '');
  if (status === 404) throw new ScriptMistake(detail);
  const code = REFUSAL_CODES.find((each) => each === problem.code);
  if (!code || status >= 500) throw new Error(`${method} ${path} was answered with ${status}: ${JSON.stringify(body)}`);
  return refuse(code, detail, problem.fields);
};
