import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCompute } from './compute.js';
import { answerIdentity } from './identity.js';
import { answerImage } from './image.js';
import { answerNetwork } from './network.js';
import { emptyState, type CloudReply, type CloudRequest, type CloudState } from './state.js';

/** What is out of order at once; each is used up by the request that meets it. */
export interface NextFault {
  /** Requests of this service, or of any. */
  readonly service?: 'identity' | 'compute' | 'network' | 'image';
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string;
  readonly reply: CloudReply | 'hang-up' | 'lost-answer';
}

const BODY_BYTES_MAX = 1024 * 1024;

/**
 * The APIs of an OpenStack cloud behind one port, as far as a machine is got by them: Keystone v3, Nova v2.1 with
 * microversions, Neutron v2.0, Glance v2, with the statuses, the error bodies, the pages and the links of the real ones.
 * Servers are built in as many looks as `state.looksToBuild` says; what runs in them is the test's affair (`onServer`).
 */
export class EmulatedCloud {
  readonly state: CloudState = emptyState();
  /** `GET /compute/v2.1/servers/detail`, as they came in. */
  readonly asked: string[] = [];
  /** Faults that wait for their request, the first first. */
  readonly faults: NextFault[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.serve(request)
        .then((reply) => {
          if (reply === 'hang-up') return void request.socket.destroy();
          response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
          response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
        })
        .catch((error: unknown) => {
          response.writeHead(500, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ computeFault: { code: 500, message: String(error) } }));
        });
    });
  }

  static async start(): Promise<EmulatedCloud> {
    const cloud = new EmulatedCloud();
    await new Promise<void>((resolve) => cloud.server.listen(0, '127.0.0.1', resolve));
    cloud.state.base = `http://127.0.0.1:${(cloud.server.address() as AddressInfo).port}`;
    return cloud;
  }

  /** `http://127.0.0.1:PORT/identity/v3` */
  get authUrl(): string {
    return `${this.state.base}/identity/v3`;
  }

  /** How a provider's row reaches it. */
  get access(): { readonly auth_url: string; readonly user: string; readonly project: string } {
    return { auth_url: this.authUrl, user: this.state.user, project: this.state.project.name };
  }

  /** As after an hour, or a restart of Keystone with new keys: no token is taken any more. */
  forgetTokens(): void {
    this.state.tokens.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage): Promise<CloudReply | 'hang-up'> {
    const url = new URL(incoming.url ?? '/', this.state.base);
    const [, service = '', ...rest] = url.pathname.split('/');
    const method = incoming.method ?? 'GET';
    this.asked.push(`${method} ${url.pathname}`);
    const request: CloudRequest = {
      method,
      path: `/${rest.join('/')}`,
      query: url.searchParams,
      headers: incoming.headers,
      body: await bodyOf(incoming),
    };
    const fault = this.takeFault(service, method, url.pathname);
    // It is done, and nobody hears of it.
    if (fault === 'lost-answer') {
      this.answer(service, request);
      return 'hang-up';
    }
    return fault ?? this.answer(service, request);
  }

  private answer(service: string, request: CloudRequest): CloudReply {
    const { state } = this;
    if (service === 'identity') return answerIdentity(state, request);
    if (!state.tokens.has(String(request.headers['x-auth-token'])))
      return {
        status: 401,
        body: { error: { code: 401, message: 'The request you have made requires authentication.' } },
      };
    const trace = { 'x-openstack-request-id': `req-${randomUUID()}` };
    const reply =
      service === 'compute'
        ? answerCompute(state, request)
        : service === 'network'
          ? answerNetwork(state, request)
          : service === 'image'
            ? answerImage(state, request)
            : { status: 404 };
    return { ...reply, headers: { ...trace, ...reply.headers } };
  }

  private takeFault(service: string, method: string, path: string): NextFault['reply'] | null {
    const at = this.faults.findIndex(
      (fault) =>
        (fault.service === undefined || fault.service === service) &&
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || path.includes(fault.path)),
    );
    return at < 0 ? null : this.faults.splice(at, 1)[0]!.reply;
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too long');
    pieces.push(piece as Buffer);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
};
