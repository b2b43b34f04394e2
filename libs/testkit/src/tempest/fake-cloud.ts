import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a cloud answers that is only asked before a run: enough of each API for a look, and no more. */
export interface FakeCloud {
  /** `http://127.0.0.1:PORT/v3` */
  readonly identityUrl: string;
  readonly password: string;
  /** Requests so far, `GET /compute/v2.1/`. */
  readonly asked: string[];
  /** What is wrong with it; empty at first. */
  readonly faults: Set<FakeCloudFault>;
  /** Networks and ports that somebody made and did not take away. */
  readonly made: Set<string>;
  close(): Promise<void>;
}

export type FakeCloudFault =
  | 'password'
  | 'no-compute'
  | 'compute-down'
  | 'image-queued'
  | 'no-external-network'
  | 'no-port'
  | 'no-hypervisor'
  | 'odd'
  | 'leftovers';

/** An identity service with a catalog, and behind the same port all other services. */
export async function startFakeCloud(): Promise<FakeCloud> {
  const faults = new Set<FakeCloudFault>();
  const asked: string[] = [];
  const made = new Set<string>();
  const password = 'pa55 "word"';
  let base = '';

  const catalog = () =>
    Object.entries({
      identity: '/v3',
      image: '/image',
      network: '/network',
      placement: '/placement',
      volumev3: '/volume/v3/abc',
      ...(faults.has('no-compute') ? {} : { compute: '/compute/v2.1' }),
    }).map(([type, path]) => ({
      type,
      id: type === 'identity' ? 'a'.repeat(32) : type,
      endpoints: [
        { interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url: base + path },
        { interface: 'internal', region: 'RegionOne', region_id: 'RegionOne', url: 'http://192.0.2.1:1' },
      ],
    }));

  const answers: [RegExp, (body: string, path: string) => [number, unknown]][] = [
    [
      /^POST \/v3\/auth\/tokens$/,
      (body) => {
        const said = JSON.parse(body) as { auth: { identity: { password: { user: { password: string } } } } };
        const right = !faults.has('password') && said.auth.identity.password.user.password === password;
        return right ? [201, { token: faults.has('odd') ? { catalog: [{}] } : { catalog: catalog() } }] : [401, {}];
      },
    ],
    [/^GET \/v3\/roles$/, () => [200, { roles: [{ name: 'admin' }, { name: 'member' }, { name: 'reader' }] }]],
    [
      /^GET \/v3\/projects$/,
      () => [
        200,
        { projects: ['admin', ...(faults.has('leftovers') ? ['tempest-Servers-1'] : [])].map((name) => ({ name })) },
      ],
    ],
    [
      /^GET \/compute\/v2\.1\/$/,
      () => (faults.has('compute-down') ? [503, {}] : [200, { version: { version: '2.93', min_version: '2.1' } }]),
    ],
    [
      /^GET \/compute\/v2\.1\/os-hypervisors\/detail$/,
      () => [
        200,
        {
          hypervisors: [
            { state: faults.has('no-hypervisor') ? 'down' : 'up', status: 'enabled', hypervisor_type: 'QEMU' },
          ],
        },
      ],
    ],
    [/^GET \/compute\/v2\.1\/flavors\/(42|84)$/, () => [200, { flavor: {} }]],
    [/^GET \/image$/, () => [300, { versions: [{ id: 'v2.15' }] }]],
    [
      /^GET \/image\/v2\/images\/(image-1|image-2)$/,
      (_body, path) => [200, { status: faults.has('image-queued') && path.endsWith('2') ? 'queued' : 'active' }],
    ],
    [/^GET \/image\/v2\/info\/import$/, () => [200, { 'import-methods': { value: ['glance-direct'] } }]],
    [/^GET \/network$/, () => [200, { versions: [] }]],
    [
      /^GET \/network\/v2\.0\/extensions$/,
      () => [200, { extensions: [{ alias: 'router' }, { alias: 'port-security' }] }],
    ],
    [
      /^GET \/network\/v2\.0\/networks\?/,
      () => [200, { networks: faults.has('no-external-network') ? [] : [{ id: 'net-1', name: 'public' }] }],
    ],
    [
      /^GET \/network\/v2\.0\/subnets\?/,
      () => [
        200,
        { subnets: [{ ip_version: 4, allocation_pools: [{ start: '127.0.0.2' }], gateway_ip: '127.0.0.1' }] },
      ],
    ],
    [
      /^POST \/network\/v2\.0\/(network|port)s$/,
      (body) => {
        const kind = body.includes('"port"') ? 'port' : 'network';
        if (kind === 'port' && faults.has('no-port')) return [500, {}];
        made.add(`/network/v2.0/${kind}s/${kind}-1`);
        return [201, { [kind]: { id: `${kind}-1` } }];
      },
    ],
    [/^DELETE \/network\/v2\.0\//, (_body, path) => (made.delete(path) ? [204, null] : [404, {}])],
    [/^GET \/placement$/, () => [200, { versions: [{ id: 'v1.0', max_version: '1.39', min_version: '1.0' }] }]],
    [/^GET \/volume\/v3\/$/, () => [200, { versions: [{ id: 'v3.0', version: '3.70' }] }]],
    [
      /^GET \/volume\/v3\/abc\/os-services$/,
      () => [
        200,
        {
          services: ['cinder-scheduler', 'cinder-volume'].map((binary) => ({ binary, state: 'up', status: 'enabled' })),
        },
      ],
    ],
    [
      /^GET \/volume\/v3\/abc\/scheduler-stats\/get_pools\?detail=true$/,
      () => [
        200,
        {
          pools: [
            {
              name: 'node@rbd#rbd',
              capabilities: {
                volume_backend_name: 'rbd',
                storage_protocol: ['ceph', 'rbd'],
                vendor_name: 'Open Source',
              },
            },
          ],
        },
      ],
    ],
  ];

  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const line = `${request.method} ${request.url}`;
    asked.push(line);
    const signedOn = line === 'POST /v3/auth/tokens' || request.headers['x-auth-token'] === 'token-1';
    const [status, document] = signedOn
      ? (answers.find(([pattern]) => pattern.test(line))?.[1](body, request.url!) ?? [404, {}])
      : [401, {}];
    response.writeHead(status, { 'content-type': 'application/json', 'x-subject-token': 'token-1' });
    response.end(document === null ? '' : JSON.stringify(document));
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    identityUrl: `${base}/v3`,
    password,
    asked,
    faults,
    made,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
