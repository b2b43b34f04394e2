import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a machine sent when it enrolled. */
export interface Enrolment {
  readonly ticket: string;
  readonly inventory: unknown;
  readonly host_key: string;
  readonly boot_id: string;
}

/** Answers as the API does when a machine enrols, after it has refused the first request as a server that is just starting. */
export class FakeServer {
  private readonly server: Server;
  private arrived!: (enrolment: Enrolment) => void;
  readonly enrolment = new Promise<Enrolment>((resolve) => (this.arrived = resolve));
  requests = 0;

  private constructor(authorizedKey: string) {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        this.requests += 1;
        const refuses = this.requests === 1 || request.url !== '/api/v2/machines/enrol';
        response.writeHead(refuses ? 503 : 201, { 'content-type': 'application/json' });
        if (refuses) return response.end('{"title":"not now"}');
        response.end(JSON.stringify(answer(authorizedKey)));
        this.arrived(JSON.parse(Buffer.concat(parts).toString()) as Enrolment);
      });
    });
  }

  static async open(authorizedKey: string): Promise<FakeServer> {
    const fake = new FakeServer(authorizedKey);
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

const answer = (authorizedKey: string) => ({
  node: { id: '11111111-2222-4333-8444-555555555555', name: 'd0001.lab.test' },
  token: 'a-token-for-this-boot',
  boot_session: '99999999-2222-4333-8444-555555555555',
  authorized_keys: [authorizedKey],
  addresses: ['10.0.2.77/24'],
  router: '10.0.2.2',
  hostname: 'd0001',
  domain: 'lab.test',
  name_servers: ['10.0.2.3'],
  time_servers: [],
  api_url: 'http://10.0.2.2',
});
