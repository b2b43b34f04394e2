import type { IncomingHttpHeaders } from 'node:http';

export interface CloudRequest {
  readonly method: string;
  /** Without the name of the service. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface CloudReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CloudServer {
  readonly id: string;
  readonly name: string;
  readonly flavor: string;
  readonly image: string;
  readonly key: string;
  readonly groups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly port: string;
  readonly number: number;
  /** Looks until it is built; or gone, when it is being deleted. */
  looks: number;
  deleting: boolean;
  status: 'BUILD' | 'ACTIVE' | 'ERROR' | 'SHUTOFF';
  fault: string | null;
}

export interface CloudPort {
  readonly id: string;
  readonly device: string;
  readonly network: string;
  readonly address: string;
}

export interface FloatingAddress {
  readonly id: string;
  readonly address: string;
  readonly network: string;
  readonly port: string;
  readonly description: string;
}

export interface CloudNetwork {
  readonly id: string;
  readonly name: string;
  readonly external: boolean;
  readonly shared: boolean;
  readonly project: string;
  readonly subnets: readonly string[];
  /** Ids of external networks to which it is joined by a router. */
  readonly routed: readonly string[];
}

export interface CloudFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
}

export interface CloudImage {
  readonly id: string;
  readonly name: string;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly disk_format: string;
  readonly os_distro?: string;
  readonly os_admin_user?: string;
}

/** All that the cloud is, for tests to look at and to change. */
export interface CloudState {
  base: string;
  user: string;
  secret: string;
  project: { readonly id: string; readonly name: string };
  regions: string[];
  /** Milliseconds for which a token is good, by what it says. */
  tokenMs: number;
  readonly tokens: Set<string>;
  logins: number;
  microversions: { min: string; max: string };
  /** Things on a page at the most, whatever is asked for. */
  pageMax: number;
  readonly keys: Map<string, string>;
  readonly flavors: CloudFlavor[];
  readonly images: CloudImage[];
  readonly networks: CloudNetwork[];
  readonly servers: Map<string, CloudServer>;
  readonly ports: Map<string, CloudPort>;
  readonly floating: Map<string, FloatingAddress>;
  readonly groups: Map<string, { readonly name: string; readonly project: string; readonly rules: Set<string> }>;
  /** Floating addresses that are left. */
  floatingPool: string[];
  quota: { servers: number; floating: number; keys: number };
  /** What servers are built to, one after the other; without any, to what works. */
  readonly fates: { readonly status: 'ERROR'; readonly fault: string }[];
  looksToBuild: number;
  looksToDelete: number;
  hasSecurityGroups: boolean;
  console: (server: CloudServer) => string;
  /** The address of a server's card, by its number. */
  addressOf: (number: number) => string;
  /** Called when a server has been built, with the public key that it was given. */
  onServer: (server: CloudServer, publicKey: string) => void;
  serversMade: number;
}

export const emptyState = (): CloudState => {
  const project = { id: 'a'.repeat(32), name: 'demo' };
  return {
    base: '',
    user: 'demo',
    secret: 'a "secret" of the cloud',
    project,
    regions: ['RegionOne'],
    tokenMs: 3_600_000,
    tokens: new Set(),
    logins: 0,
    microversions: { min: '2.1', max: '2.93' },
    pageMax: 1_000,
    keys: new Map(),
    flavors: [
      { id: '1', name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
      { id: '2', name: 'm1.small', vcpus: 1, ram: 2_048, disk: 20 },
      { id: '3', name: 'm1.large', vcpus: 4, ram: 8_192, disk: 80 },
    ],
    images: [
      {
        id: '70a599e0-31e7-49b7-b260-868f441e862b',
        name: 'debian-12-genericcloud',
        min_disk: 2,
        min_ram: 512,
        disk_format: 'qcow2',
        os_distro: 'debian',
      },
    ],
    networks: [
      {
        id: '11111111-1111-4111-8111-111111111111',
        name: 'public',
        external: true,
        shared: false,
        project: 'f'.repeat(32),
        subnets: ['s1'],
        routed: [],
      },
      {
        id: '22222222-2222-4222-8222-222222222222',
        name: 'private',
        external: false,
        shared: false,
        project: project.id,
        subnets: ['s2'],
        routed: ['11111111-1111-4111-8111-111111111111'],
      },
      {
        id: '33333333-3333-4333-8333-333333333333',
        name: 'of others',
        external: false,
        shared: false,
        project: 'e'.repeat(32),
        subnets: ['s3'],
        routed: [],
      },
    ],
    servers: new Map(),
    ports: new Map(),
    floating: new Map(),
    groups: new Map(),
    floatingPool: Array.from({ length: 20 }, (_, number) => `203.0.113.${number + 10}`),
    quota: { servers: 10, floating: 10, keys: 100 },
    fates: [],
    looksToBuild: 1,
    looksToDelete: 1,
    hasSecurityGroups: true,
    console: () => '',
    addressOf: (number) => `10.0.0.${number + 2}`,
    onServer: () => {},
    serversMade: 0,
  };
};

/** A page of what there is after `marker`, with the link to the next one as the service writes it. */
export const pageOf = <Thing extends { readonly id: string }>(
  things: readonly Thing[],
  query: URLSearchParams,
  pageMax: number,
): { readonly items: readonly Thing[]; readonly next: string | null } => {
  const marker = query.get('marker');
  const from = marker === null ? 0 : things.findIndex(({ id }) => id === marker) + 1;
  const limit = Math.min(pageMax, Number(query.get('limit') ?? pageMax));
  const items = things.slice(from, from + limit);
  const last = items.at(-1);
  if (!last || from + limit >= things.length) return { items, next: null };
  const next = new URLSearchParams(query);
  next.set('marker', last.id);
  return { items, next: next.toString() };
};

export const objectIn = (body: Record<string, unknown>, name: string): Record<string, unknown> =>
  (body[name] ?? {}) as Record<string, unknown>;
