import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PacketRing } from '../packets/packet-ring.js';

/** Hardware addresses that one question names at the most. */
const MACS_MAX = 64;
const UNKNOWN_MAX = 500;
/** A question must have come, and its answer gone, in this time, in milliseconds. */
const WITHIN_MS = 5_000;

export interface Health {
  readonly ready: boolean;
  readonly [more: string]: unknown;
}

/**
 * Where servers of this installation ask what came by the wire, and whoever watches this process how it stands. It
 * listens on the loopback unless the settings say otherwise. `GET /healthz` is for anybody; `GET /packets?mac=…` and
 * `GET /packets/unknown` want the key that stands in this server's row.
 */
export class ControlServer {
  private server: Server | null = null;

  constructor(
    private readonly key: string,
    private readonly packets: PacketRing,
    private readonly health: () => Health,
  ) {}

  /** Listens; port 0 is any that is free. Returns the address for the row. */
  async listen(address: string, port: number): Promise<string> {
    const server = createServer((request, response) => this.answer(request, response));
    server.requestTimeout = WITHIN_MS;
    server.headersTimeout = WITHIN_MS;
    server.keepAliveTimeout = 1_000;
    server.maxConnections = 100;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    this.server = server;
    const bound = server.address() as AddressInfo;
    return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://netboot');
    if (request.method !== 'GET') return send(response, 405, { detail: 'Use GET.' });
    if (url.pathname === '/healthz') {
      const health = this.health();
      return send(response, health.ready ? 200 : 503, health);
    }
    if (!this.hasKey(request)) return send(response, 401, { detail: 'The key of this netboot server is missing.' });
    if (url.pathname === '/packets') {
      const macs = url.searchParams.getAll('mac').slice(0, MACS_MAX);
      return send(response, 200, { packets: this.packets.of(macs.map((mac) => mac.toLowerCase())) });
    }
    if (url.pathname === '/packets/unknown') {
      const limit = Math.min(Math.max(Number(url.searchParams.get('limit')) || 100, 1), UNKNOWN_MAX);
      return send(response, 200, { packets: this.packets.unknown(limit) });
    }
    send(response, 404, { detail: 'There are /healthz, /packets and /packets/unknown.' });
  }

  private hasKey(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.key}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
};
