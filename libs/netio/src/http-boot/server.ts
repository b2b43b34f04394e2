import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#app';
import { CONTENT_PATH, entryScript, FILES_PATH, httpBase, NEW_MACHINE, NODES_PATH, SCRIPT_PATH } from '#core';
import { ContentStore } from '../boot-files/content-store.js';
import { openBelow } from '../boot-files/locate.js';
import {
  CONNECTIONS_MAX,
  DRAIN_MS_MAX,
  FOUND_MAX,
  FOUND_MS,
  HEADERS_MS_MAX,
  KEEP_ALIVE_MS,
  REQUEST_MS_MAX,
  STALLED_MS_MAX,
} from './limits.js';
import { describe, spent, type Asker, type BootHttpView, type RenderAnswers } from './render-answers.js';
import { describeFile, leaveToNginx, sendFile, typeOf } from './send-file.js';

/**
 * Boot files, content by digest, and what is rendered for machines, over HTTP (RFC 9110): GET and HEAD, nothing else. It
 * decides nothing about machines; it asks the view, and works when nothing else of Anneal runs. What is secret is only
 * behind a nonce.
 */
export interface BootHttpServerOptions {
  /** Folder of all boot files, with `files` and `content/sha256`. */
  readonly root: string;
  readonly view: BootHttpView;
  readonly answers: RenderAnswers;
  readonly log: Log;
  readonly onRequest?: (request: RequestReport) => void;
  /** The word by which nginx shows that a request comes from it; null when nothing is in front. */
  readonly frontSecret: string | null;
}

export interface RequestReport {
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Which node it was about, when it was about one. */
  readonly node: string | null;
  /** What was served, or why not. Never a nonce. */
  readonly says: string;
}

/** Where it listens: an address and port, or a socket in the file system. */
export type ListenAt = { readonly address: string; readonly port: number } | { readonly socket: string };

/** Locations of nginx that only this server can send a request to. */
export const ACCELERATED = { files: '/_files/', content: '/_content/' } as const;
export const FRONT_HEADER = 'x-anneal-front';
export const FRONT_CLIENT_HEADER = 'x-anneal-client';
export const FRONT_SERVER_HEADER = 'x-anneal-server';

interface FoundFile {
  readonly type: string;
  readonly cacheControl: string;
  /** Where nginx finds it. */
  readonly location: string;
  /** By `performance.now()`. */
  readonly until: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly client: string;
  /** Our address and port, as this client reached us. */
  readonly server: { readonly address: string; readonly port: number };
  readonly base: string;
  readonly isFronted: boolean;
  node: string | null;
  says: string;
}

export class BootHttpServer {
  private readonly content: ContentStore;
  private readonly servers: Server[] = [];
  /** Content that is being read and compared, by digest: many machines ask for it at once. */
  private readonly adopting = new Map<string, Promise<string | null>>();

  /** Boot files that nginx sends, by the name that was asked for. */
  private readonly found = new Map<string, FoundFile>();

  constructor(private readonly options: BootHttpServerOptions) {
    this.content = new ContentStore(options.root);
  }

  /** Listens at one more place. Rejects when it cannot. Returns the port, 0 for a socket in the file system. */
  listen(at: ListenAt): Promise<number> {
    const server = createServer({
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5_000,
      noDelay: true,
    });
    server.maxConnections = CONNECTIONS_MAX;
    server.timeout = STALLED_MS_MAX;
    server.on('request', (request, response) => void this.answer(request, response));
    return new Promise((resolve, reject) => {
      const place = 'socket' in at ? at.socket : `${at.address} port ${at.port}`;
      server.once('error', (cause) => reject(new Error(`listen for HTTP boot on ${place}`, { cause })));
      const listening = (): void => {
        server.removeAllListeners('error');
        server.on('error', (error) => this.options.log.error('the boot HTTP socket failed', error, { place }));
        this.servers.push(server);
        resolve('socket' in at ? 0 : (server.address() as AddressInfo).port);
      };
      if ('socket' in at) server.listen(at.socket, listening);
      else server.listen({ host: at.address, port: at.port, ipv6Only: true }, listening);
    });
  }

  async close(): Promise<void> {
    await Promise.all(
      this.servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
            server.close(() => {
              clearTimeout(late);
              resolve();
            });
            server.closeIdleConnections();
          }),
      ),
    );
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = this.readExchange(request, response);
    // A client that goes away in the middle is no fault.
    response.on('error', () => {});
    try {
      if (!exchange) return this.text(request, response, 400, 'the request cannot be read');
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        this.refuse(exchange, 405, 'only GET and HEAD are served here');
      } else await this.route(exchange);
    } catch (error) {
      if (!response.headersSent) this.text(request, response, 500, 'the server failed; its log says why');
      else response.destroy();
      if (!isGone(error)) this.options.log.error('a boot request failed', error, { path: exchange?.url.pathname });
    }
    if (exchange)
      this.options.onRequest?.({
        client: exchange.client,
        method: request.method ?? '',
        path: exchange.url.pathname.replace(/\/(once|images)\/[^/]+/, '/$1/-'),
        status: response.statusCode,
        node: exchange.node,
        says: exchange.says,
      });
  }

  private readExchange(request: IncomingMessage, response: ServerResponse): Exchange | null {
    const { frontSecret } = this.options;
    const isFronted = frontSecret !== null && isSame(header(request, FRONT_HEADER), frontSecret);
    const { localAddress = '', localPort = 0, remoteAddress = '' } = request.socket;
    const [frontAddress = '', frontPort = ''] = splitServer(header(request, FRONT_SERVER_HEADER));
    const server = isFronted
      ? { address: frontAddress, port: Number(frontPort) }
      : { address: plainAddress(localAddress), port: localPort };
    const host = header(request, 'host');
    try {
      return {
        request,
        response,
        url: new URL(request.url ?? '', 'http://anneal'),
        client: isFronted ? header(request, FRONT_CLIENT_HEADER) : plainAddress(remoteAddress),
        server,
        // As it reached us, so that a name or a forwarded port works; anything odd is not repeated to it.
        base: HOST.test(host) ? `http://${host}` : httpBase(server.address, server.port),
        isFronted,
        node: null,
        says: '',
      };
    } catch {
      return null;
    }
  }

  private async route(exchange: Exchange): Promise<void> {
    const path = exchange.url.pathname;
    if (path === SCRIPT_PATH) return await this.script(exchange);
    if (path.startsWith(CONTENT_PATH)) return await this.sendContent(exchange, path.slice(CONTENT_PATH.length));
    if (path.startsWith(FILES_PATH)) return await this.sendBootFile(exchange, path.slice(FILES_PATH.length));
    if (path.startsWith(NODES_PATH)) return await this.sendNodeFile(exchange, path.slice(NODES_PATH.length));
    if (path === '/healthz') return this.body(exchange, 'ok\n', 'healthy');
    return this.refuse(exchange, 404, 'there is nothing of this name');
  }

  private async script(exchange: Exchange): Promise<void> {
    const { searchParams } = exchange.url;
    const said = (name: string): string | null => searchParams.get(name)?.toLowerCase() || null;
    const mac = said('mac')?.replaceAll(/[-.]/g, ':') ?? null;
    const asker: Asker = {
      mac: mac !== null && MAC.test(mac) ? mac : null,
      uuid: said('uuid'),
      platform: said('platform'),
      buildArchitecture: said('buildarch'),
      base: exchange.base,
    };
    // A question for the head alone must not use up what belongs to a boot.
    if ((asker.mac === null && asker.uuid === null) || exchange.request.method === 'HEAD')
      return this.body(exchange, entryScript(exchange.base), 'the script that asks iPXE who it is');
    const answer = await this.options.answers.script(asker, exchange.server);
    exchange.node = answer.machine?.node ?? null;
    this.body(exchange, answer.text, answer.says);
  }

  private async sendContent(exchange: Exchange, sha256: string): Promise<void> {
    const path = this.content.pathOf(sha256);
    let handle = path && (await open(path, 'r').catch(() => null));
    if (path && !handle) {
      const wrong = await this.adopt(sha256);
      if (wrong !== null) return this.refuse(exchange, 404, wrong);
      handle = await open(path, 'r').catch(() => null);
    }
    if (!handle) return this.refuse(exchange, 404, 'there is no content with this digest');
    exchange.says = 'content';
    await sendFile(
      exchange.request,
      exchange.response,
      { handle, stats: await handle.stat() },
      {
        type: 'application/octet-stream',
        cacheControl: 'public, max-age=31536000, immutable',
        accelerated: exchange.isFronted ? `${ACCELERATED.content}${sha256}` : null,
      },
    );
  }

  /** A boot environment may name it: then it is read once, and served from the store from there on. Returns why not. */
  private adopt(sha256: string): Promise<string | null> {
    const running = this.adopting.get(sha256);
    if (running) return running;
    for (const { kernel, initrds } of this.options.view.bootenvs?.() ?? [])
      for (const file of [...(kernel ? [kernel] : []), ...initrds]) {
        if (file.sha256 !== sha256) continue;
        const adopting = this.content.adopt(file).finally(() => this.adopting.delete(sha256));
        this.adopting.set(sha256, adopting);
        return adopting;
      }
    return Promise.resolve('there is no content with this digest');
  }

  private async sendBootFile(exchange: Exchange, encoded: string): Promise<void> {
    const found = exchange.isFronted ? this.found.get(encoded) : undefined;
    if (found && found.until > performance.now()) {
      exchange.says = 'boot file';
      describeFile(exchange.response, found);
      return leaveToNginx(exchange.response, found.location);
    }
    const name = decoded(encoded);
    const opened = name === null ? null : await openBelow(join(this.options.root, 'files'), name);
    if (!opened) return this.refuse(exchange, 404, 'there is no boot file of this name');
    exchange.says = 'boot file';
    const manner = { type: typeOf(opened.name), cacheControl: 'no-cache' };
    const location = ACCELERATED.files + opened.below.split('/').map(encodeURIComponent).join('/');
    if (exchange.isFronted) {
      if (this.found.size >= FOUND_MAX) this.found.clear();
      this.found.set(encoded, { ...manner, location, until: performance.now() + FOUND_MS });
    }
    await sendFile(exchange.request, exchange.response, opened, {
      ...manner,
      accelerated: exchange.isFronted ? location : null,
    });
  }

  /** `NODE/PATH`, `NODE/once/NONCE/PATH`, or `NODE/images/NONCE/SHA256`. */
  private async sendNodeFile(exchange: Exchange, rest: string): Promise<void> {
    const { answers, view } = this.options;
    const [node = '', ...parts] = rest.split('/').map((part) => decoded(part) ?? '');
    const machine = node === NEW_MACHINE ? null : view.machine(node);
    if (machine === undefined) return this.refuse(exchange, 404, 'there is no such node');
    exchange.node = machine?.node ?? null;
    if (parts[0] === 'once' && machine) {
      if (exchange.request.method === 'HEAD')
        return this.refuse(exchange, 405, 'a file that is fetched once is fetched with GET');
      const path = parts.slice(2).join('/');
      const { base, client } = exchange;
      const answer = await answers.secretFile(machine, path, parts[1] ?? '', { base, client });
      if (answer && 'refused' in answer) return this.refuse(exchange, 403, answer.refused);
      return this.rendered(exchange, machine.bootenv, answer);
    }
    if (parts[0] === 'images' && machine) {
      const verdict = answers.imagesVerdict(machine, parts[1] ?? '');
      if (verdict === 'good') return await this.sendContent(exchange, parts.slice(2).join('/'));
      return this.refuse(exchange, 403, spent(verdict));
    }
    const path = parts.join('/');
    return this.rendered(
      exchange,
      machine?.bootenv || view.services.unknownBootenv,
      answers.file(machine, path, exchange.base),
    );
  }

  private rendered(
    exchange: Exchange,
    bootenv: string,
    answer: { readonly text: string } | Parameters<typeof describe>[1] | null,
  ): void {
    if (!answer) return this.refuse(exchange, 404, `boot environment ${bootenv} has no such file`);
    if ('text' in answer) return this.body(exchange, answer.text, bootenv);
    this.refuse(exchange, 500, describe(bootenv, answer));
  }

  private body(exchange: Exchange, text: string, says: string): void {
    exchange.says = says;
    this.text(exchange.request, exchange.response, 200, text);
  }

  private refuse(exchange: Exchange, status: number, why: string): void {
    exchange.says = why;
    this.text(exchange.request, exchange.response, status, `${why}\n`);
  }

  private text(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      // Rendered for one machine and one boot.
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const HOST = /^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** IPv4 as such where a socket of both families shows it mapped. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** `address port`, as nginx writes it. */
const splitServer = (text: string): string[] => text.split(' ');

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const isSame = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const GONE = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_WRITE_AFTER_END']);
const isGone = (error: unknown): boolean => GONE.has((error as NodeJS.ErrnoException).code ?? '');
