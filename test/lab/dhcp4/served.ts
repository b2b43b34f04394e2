import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  idOf,
  type Lease,
  type NetworkId,
  type NodeId,
  type ViewDocument,
  type ViewMachine,
  type ViewNetwork,
} from '#core';
import { CHECKOUT } from '#runtime';
import type { Running, Wires } from './wire.js';

const PROGRAM = join(CHECKOUT, 'dist/test/lab/dhcp4/serve.js');

/** A network of the lab; /8 in namespaces that nothing else can reach, since a storm needs many addresses. */
export const labNetwork = (more: Partial<ViewNetwork> = {}): ViewNetwork => ({
  id: idOf<NetworkId>('00000000-0000-0000-0000-000000000001'),
  name: 'lab',
  category: 'admin',
  group: 'internal',
  link: 'lab',
  subnets: [
    {
      family: 4,
      cidr: '10.0.0.0/8',
      router: '10.0.0.1',
      pools: [{ name: 'dhcp', first: '10.1.0.0', last: '10.40.255.255' }],
      routes: [{ destination: '172.31.0.0/16', via: '10.0.0.9' }],
    },
  ],
  domain: 'example.com',
  nameServers: ['10.0.0.1'],
  timeServers: [],
  poolLeaseSeconds: 3_600,
  reservedLeaseSeconds: 86_400,
  dhcp: 'serve',
  ...more,
});

export const labMachine = (mac: string, address: string): ViewMachine => ({
  node: idOf<NodeId>(`00000000-0000-0000-0001-${mac.replaceAll(':', '')}`),
  name: `d${mac.replaceAll(':', '-')}.example.com`,
  deployment: 'system',
  roles: [],
  macs: [mac],
  uuid: null,
  addresses: [{ network: 'lab', range: 'host', family: 4, address }],
  bootenv: 'local',
  secureBoot: false,
  params: {},
});

export const documents = (networks: readonly ViewNetwork[], machines: readonly ViewMachine[] = []): ViewDocument[] => [
  ...networks.map((body): ViewDocument => ({ kind: 'network', id: body.id, body })),
  ...machines.map((body): ViewDocument => ({ kind: 'machine', id: body.node, body })),
];

/** Starts the DHCPv4 server on interfaces of a host and returns when it listens. */
export async function startServer(
  wires: Wires,
  host: string,
  interfaces: readonly string[],
  view: readonly ViewDocument[],
  options: { readonly follow?: boolean; readonly folder?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const file = join(wires.folder, `view-${host}.json`);
  writeFileSync(file, JSON.stringify(view));
  const folder = options.folder ?? join(wires.folder, `leases-${host}`);
  const env = { ...process.env, ...options.env, ...(options.follow ? { FOLLOW: '1' } : {}) };
  const server = wires.start(host, process.execPath, [PROGRAM, file, folder, ...interfaces], env);
  await server.says(/^ready$/m);
  return server;
}

export type { Lease };
