import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT, type Stop } from '../exit.js';
import { Client } from './client.js';
import { follow } from './follow.js';
import { allItems } from './pages.js';
import { ApiProblem } from './problem.js';

type Handler = (request: IncomingMessage & { at: number }, response: ServerResponse) => void;
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** A server on the loopback, and the requests that it got. */
const serve = async (handler: Handler): Promise<{ address: string; requests: IncomingMessage[] }> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(Object.assign(request, { at: requests.length }), response);
  });
  open.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
};
const clientOf = (address: string, options = {}): Client =>
  new Client({ address, token: 'secret', tokenFrom: 'here' }, options);
const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const failure = async (promise: Promise<unknown>): Promise<Stop> =>
  await promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: Stop) => error,
  );

describe('a request', () => {
  it('carries the token, one trace for the whole command, and an ETag in both directions', async () => {
    const { address, requests } = await serve((_request, response) => json(response, 200, {}, { etag: '"7"' }));
    const client = clientOf(address);
    expect((await client.send('users.show', { params: { key: 'a/b c' } })).etag).toBe('"7"');
    await client.send('users.patch', { params: { key: 'x' }, body: { locked: true }, ifMatch: '"7"' });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: '/api/v2/users/a%2Fb%20c',
      headers: { authorization: 'Bearer secret' },
    });
    expect(requests[1]?.headers).toMatchObject({ 'if-match': '"7"', 'content-type': 'application/merge-patch+json' });
    expect(requests.map(({ headers }) => String(headers['traceparent']).slice(3, 35))).toEqual([
      client.traceId,
      client.traceId,
    ]);
  });

  it('is read again when the connection is lost, and posted again under the same key', async () => {
    const { address, requests } = await serve((request, response) =>
      request.at % 2 === 1 ? request.socket.destroy() : json(response, 200, { at: request.at }),
    );
    expect(await clientOf(address).get('settings.list')).toEqual({ at: 2 });
    await clientOf(address).send('users.create', { body: { name: 'ada' } });
    const [, , first, second] = requests;
    expect(first?.headers['idempotency-key']).toMatch(/^[-0-9a-f]{36}$/);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  });

  it('that changes something is not sent twice when nobody knows whether it was done', async () => {
    const { address, requests } = await serve((request) => void request.socket.destroy());
    const error = await failure(clientOf(address).send('users.delete', { params: { key: 'ada' } }));
    expect(error).toMatchObject({ exitCode: EXIT.failed, advice: expect.stringContaining('look whether it was done') });
    expect(requests).toHaveLength(1);
  });

  it('waits as long as a busy server says', async () => {
    const { address, requests } = await serve((request, response) =>
      request.at === 1 ? json(response, 503, { code: 'unavailable' }, { 'retry-after': '1' }) : json(response, 200, {}),
    );
    const before = performance.now();
    await clientOf(address).send('users.delete', { params: { key: 'ada' } });
    expect(performance.now() - before).toBeGreaterThanOrEqual(950);
    expect(requests).toHaveLength(2);
  });

  it('to a server that is not there says how to start one', async () => {
    const { address } = await serve(() => undefined);
    await new Promise((done) => open.pop()!.close(done));
    const error = await failure(clientOf(address).get('settings.list'));
    expect(error).toMatchObject({ exitCode: EXIT.failed, advice: expect.stringContaining('anneal up') });
  });

  it('that is not answered ends at its deadline, with the exit code for it', async () => {
    const { address } = await serve(() => undefined);
    const error = await failure(clientOf(address).send('settings.list', { withinMs: 100 }));
    expect(error).toMatchObject({
      exitCode: EXIT.timeout,
      message: expect.stringContaining('did not answer GET /api/v2/settings in 0.1 s'),
    });
  });

  it('ends at once when the command is told to', async () => {
    const told = new AbortController();
    const { address } = await serve(() => told.abort('SIGINT'));
    await expect(clientOf(address, { signal: told.signal }).get('settings.list')).rejects.toBe('SIGINT');
  });
});

describe('a refusal', () => {
  it.each([
    [404, 'not-found', EXIT.notFound],
    [409, 'wrong-state', EXIT.conflict],
    [412, 'stale-version', EXIT.conflict],
    [408, 'timeout', EXIT.timeout],
    [400, 'invalid', EXIT.usage],
    [403, 'forbidden', EXIT.failed],
  ])('%d %s ends with %d', async (status, code, exitCode) => {
    const { address } = await serve(
      (_request, response) =>
        void response
          .writeHead(status, { 'content-type': 'application/problem+json' })
          .end(JSON.stringify({ code, detail: 'because.', fields: { x: 1 }, trace_id: 'abc' })),
    );
    const error = await failure(clientOf(address).get('settings.list'));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ exitCode, message: 'because.', code, fields: { x: 1 }, traceId: 'abc' });
  });

  it('by something that is no Anneal shows what it said', async () => {
    const { address } = await serve(
      (_request, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    );
    expect((await failure(clientOf(address).get('settings.list'))).message).toContain('Bad gateway');
  });
});

describe('a list', () => {
  const pages = async () =>
    await serve((request, response) => {
      const query = new URL(request.url!, 'http://x').searchParams;
      const from = Number(query.get('cursor') ?? 0);
      const size = Math.min(Number(query.get('limit')), 2);
      json(response, 200, {
        items: [0, 1, 2, 3, 4].slice(from, from + size),
        next_cursor: from + size < 5 ? String(from + size) : null,
      });
    });

  it('is read to its end', async () =>
    expect(await allItems(clientOf((await pages()).address), 'users.list')).toEqual([0, 1, 2, 3, 4]));

  it('is read no further than asked', async () => {
    const { address, requests } = await pages();
    expect(await allItems(clientOf(address), 'users.list', { limit: 3, query: { filter: 'role eq admin' } })).toEqual([
      0, 1, 2,
    ]);
    expect(requests.map(({ url }) => url)).toEqual([
      '/api/v2/users?filter=role+eq+admin&limit=3',
      '/api/v2/users?filter=role+eq+admin&limit=1&cursor=2',
    ]);
  });
});

describe('a stream', () => {
  it('that is cut off goes on after the last message, with nothing twice', async () => {
    const { address, requests } = await serve((request, response) => {
      const after = Number(request.headers['last-event-id'] ?? 4);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: ${after + 1}\ndata: {}\n\n: and half a message\nid: ${after + 2}\n`, () =>
        response.destroy(),
      );
    });
    const ended = new AbortController();
    const ids: string[] = [];
    for await (const { id } of follow(
      clientOf(address),
      { route: 'events.stream', query: { after: 4 } },
      ended.signal,
    )) {
      ids.push(id);
      if (ids.length === 3) ended.abort();
    }
    expect(ids).toEqual(['5', '6', '7']);
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '5', '6']);
  });

  it('that is refused is not tried again', async () => {
    const { address, requests } = await serve((_request, response) =>
      json(response, 403, { code: 'forbidden', detail: 'no.' }),
    );
    const stream = follow(clientOf(address), { route: 'events.stream' }, new AbortController().signal);
    await expect(stream.next()).rejects.toThrow('no.');
    expect(requests).toHaveLength(1);
  });
});
