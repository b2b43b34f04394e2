import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '#runtime';
import { createServer, type Server } from '../../../apps/server/src/server.js';
import { ServerLog } from '../../../apps/server/src/server-log.js';
import type { Role } from '#api-types';
import { NODE, populate, type Keys } from './populate.js';

/** A server in this process, on a database of its own and a port of its own, with a caller for each role. */
export interface RunningServer {
  readonly url: string;
  readonly server: Server;
  readonly databaseUrl: string;
  readonly home: string;
  /** Lines of its log at level error: faults of ours. */
  readonly faults: string[];
  /** Speaks with the token of a role, or with none. */
  readonly as: Record<'admin' | 'operator' | 'viewer' | 'nobody', Caller>;
  /** A new token of a role; that of a node speaks for a node that `populate` made. */
  freshToken(role: Role): Promise<string>;
  /** Sees to it that there is one of everything and gives the keys, by name and by id. */
  populate(): Promise<Keys>;
  /** One request without any help. With `stream`, nothing is read after the headers of a stream. */
  send(
    method: string,
    path: string,
    options: { token: string | null; body?: string | undefined; headers: Record<string, string>; stream: boolean },
  ): Promise<RawReply>;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

export interface RawReply {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

export interface Reply<Body = never> {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of every shape; a type for each would only repeat the schemas that they check.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: [Body] extends [never] ? any : Body;
}

export type Caller = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
) => Promise<Reply>;

/** A path below `/api/v2/`, unless it begins with a slash. */
export const callerOf =
  (url: string, token: string | null): Caller =>
  async (method, path, { body, headers = {}, signal } = {}) => {
    const isBytes = typeof body === 'string' || body instanceof Uint8Array;
    const answer = await fetch(path.startsWith('/') ? `${url}${path}` : `${url}/api/v2/${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBytes ? (body as string) : JSON.stringify(body) }),
      signal: signal ?? AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: answer.status,
      headers: answer.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as never,
    };
  };

export const startServer = async (name: string): Promise<RunningServer> => {
  const database = await freshDatabase(name);
  const home = mkdtempSync(join(tmpdir(), 'anneal-e2e-'));
  const faults: string[] = [];
  const log = new ServerLog({ level: 'error', stream: { write: (line: string) => void faults.push(line) } });
  const server = await createServer({ databaseUrl: database.url, home, log });
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  const admin = callerOf(url, server.hostToken);
  const tokenFor = async (role: Role): Promise<string> => {
    const made = await admin('POST', 'tokens', {
      body: role === 'node' ? { name: 'test-node', node: NODE } : { name: `test-${role}`, role },
    });
    if (made.status !== 201) throw new Error(`no token for ${role}: ${JSON.stringify(made.body)}`);
    return made.body.secret as string;
  };
  const as = {
    admin,
    operator: callerOf(url, await tokenFor('operator')),
    viewer: callerOf(url, await tokenFor('viewer')),
    nobody: callerOf(url, null),
  };
  const query: RunningServer['query'] = async (sql, values = []) =>
    (await server.assembly.dataSource.query(sql, [...values])) as never;
  return {
    url,
    server,
    databaseUrl: database.url,
    home,
    faults,
    as,
    freshToken: tokenFor,
    populate: () => populate({ admin, query }),
    send: async (method, path, { token, body, headers, stream }) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(30_000),
      });
      const contentType = answer.headers.get('content-type') ?? '';
      if (stream && contentType.startsWith('text/event-stream')) {
        await answer.body?.cancel();
        return { status: answer.status, text: '', contentType };
      }
      return { status: answer.status, text: await answer.text(), contentType };
    },
    query,
    stop: async () => {
      await server.stop();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
