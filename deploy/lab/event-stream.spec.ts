import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiProblem, LabApi } from './api.js';
import { followEvents } from './event-stream.js';

describe('following the history', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const serve = async (answer: (url: URL, response: ServerResponse) => void): Promise<LabApi> => {
    server = createServer((request, response) => answer(new URL(request.url ?? '', 'http://x'), response));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return new LabApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
  };
  const message = (sequence: number): string => `id: ${sequence}\nevent: noderole.state\ndata: {"n":${sequence}}\n\n`;

  it('goes on after a lost connection where it stopped: nothing is missed, nothing comes twice', async () => {
    const asked: number[] = [];
    const api = await serve((url, response) => {
      const after = Number(url.searchParams.get('after'));
      asked.push(after);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // The first answer repeats an old event and breaks off in the middle of a message.
      response.write(': keep-alive\n\n');
      response.write(asked.length === 1 ? message(5) + message(6) + message(7).slice(0, 12) : message(7) + message(8));
      if (asked.length === 1) setImmediate(() => response.destroy());
    });
    const seen: number[] = [];
    const stop = new AbortController();
    for await (const event of followEvents(api, 5, stop.signal)) {
      seen.push(event.sequence);
      if (event.sequence === 8) stop.abort();
    }
    expect(seen).toEqual([6, 7, 8]);
    expect(asked).toEqual([5, 6]);
  });

  it('does not try again what was refused, and repeats what the server advises', async () => {
    const api = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end('{"code":"token-unknown","detail":"make a token with anneal users token"}');
    });
    const next = followEvents(api, 0, AbortSignal.timeout(5_000)).next();
    await expect(next).rejects.toThrow(ApiProblem);
    await expect(next).rejects.toThrow('401 token-unknown: make a token with anneal users token');
  });
});
