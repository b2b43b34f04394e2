import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import type { Resource } from '../resource/resource';
import { Since } from '../shell/since';

type Schemas = components['schemas'];
type Network = Omit<Schemas['NetworkDetail'], 'ranges' | 'routers'>;

export const networks: Resource<Network> = {
  noun: 'networks',
  title: 'Networks',
  one: 'network',
  command: 'networks',
  empty: 'There is no network yet. Machines are found on the admin network: make it first.',
  news: 'network.*',
  list: (query) => call('get', '/api/v2/networks', { query }),
  nameOf: ({ name }) => name,
  pageOf: ({ name }) => `/networks/${name}`,
  columns: [
    { id: 'category', label: 'Category', cell: ({ category, group }) => `${category}/${group}` },
    { id: 'conduit', label: 'Conduit', cell: ({ conduit }) => conduit },
    { id: 'vlan', label: 'VLAN', cell: ({ use_vlan: used, vlan }) => (used ? vlan : '—') },
    { id: 'v6', label: 'IPv6', width: 2, cell: ({ v6prefix }) => v6prefix ?? '—' },
    { id: 'dhcp', label: 'DHCP', cell: ({ dhcp }) => dhcp },
    { id: 'allocated', label: 'Addresses', cell: ({ allocated }) => allocated },
  ],
  create: { path: '/api/v2/networks', call: (body) => call('post', '/api/v2/networks', { body }) },
};

/** Addresses that one network has given. */
export const allocationsOf = (network: string): Resource<Schemas['NetworkAllocation']> => ({
  noun: 'network_allocations',
  title: 'Addresses that nodes have',
  one: 'address',
  command: 'network-allocations',
  empty: 'No node has an address of this network yet.',
  news: 'allocation.*',
  list: (query) =>
    call('get', '/api/v2/network_allocations', {
      query: { ...query, filter: `network eq ${JSON.stringify(network)}` },
    }),
  nameOf: ({ address }) => address,
  columns: [
    { id: 'node', label: 'Node', width: 2, cell: ({ node }) => node },
    { id: 'range', label: 'Range', cell: ({ range }) => range },
    { id: 'chosen', label: 'Chosen by', cell: ({ chosen }) => chosen },
    { id: 'at', label: 'Since', cell: ({ created_at: at }) => <Since at={at} /> },
  ],
  remove: ({ id }) => call('delete', '/api/v2/network_allocations/{key}', { path: { key: id } }),
});

export const rangesOf = (network: string): Resource<Schemas['NetworkRange']> => ({
  noun: 'network_ranges',
  title: 'Ranges',
  one: 'range',
  command: 'network-ranges',
  empty: 'The network has no range yet.',
  list: (query) =>
    call('get', '/api/v2/network_ranges', { query: { ...query, filter: `network eq ${JSON.stringify(network)}` } }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'first', label: 'First', width: 2, cell: ({ first }) => first },
    { id: 'last', label: 'Last', width: 2, cell: ({ last }) => last },
    { id: 'allocated', label: 'Given', cell: ({ allocated }) => allocated },
  ],
  create: {
    path: '/api/v2/network_ranges',
    call: (body: Schemas['NewNetworkRange']) => call('post', '/api/v2/network_ranges', { body: { ...body, network } }),
  },
  update: {
    path: '/api/v2/network_ranges/{key}',
    call: ({ id, version }, body) =>
      call('patch', '/api/v2/network_ranges/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/network_ranges/{key}', { path: { key: id }, version }),
});

interface Lease {
  readonly id?: string;
  readonly address: string;
  readonly mac: string | null;
  readonly hostname: string | null;
  readonly state: string;
  readonly until: string;
}

export const leases: Resource<Lease> = {
  noun: 'dhcp',
  title: 'Leases',
  one: 'lease',
  command: 'dhcp leases',
  empty: 'No machine has asked for an address yet.',
  list: (query) => call('get', '/api/v2/dhcp/leases', { query }),
  nameOf: ({ address }) => address,
  columns: [
    { id: 'mac', label: 'Hardware address', width: 2, cell: ({ mac }) => mac ?? '—' },
    { id: 'hostname', label: 'Calls itself', width: 2, cell: ({ hostname }) => hostname ?? '—' },
    { id: 'state', label: 'State', cell: ({ state }) => state },
    { id: 'until', label: 'Until', cell: ({ until }) => <Since at={until} /> },
  ],
};

interface ServedRecord {
  readonly id?: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export const records: Resource<ServedRecord> = {
  noun: 'dns',
  title: 'Names that are served now',
  one: 'record',
  command: 'dns records',
  empty: 'No name is served yet.',
  list: (query) => call('get', '/api/v2/dns/records', { query: query as never }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'type', label: 'Type', cell: ({ type }) => type },
    { id: 'value', label: 'Value', width: 3, cell: ({ value }) => value },
  ],
};

export const filters: Resource<Schemas['DnsFilter']> = {
  noun: 'dns',
  title: 'Name filters',
  one: 'name filter',
  command: 'dns filters',
  empty: 'There is no filter: addresses get no names.',
  list: (query) => call('get', '/api/v2/dns/filters', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'priority', label: 'Priority', cell: ({ priority }) => priority },
    { id: 'matcher', label: 'Matches', width: 3, cell: ({ matcher }) => matcher },
    { id: 'template', label: 'Makes', width: 3, cell: ({ template }) => template },
  ],
  create: { path: '/api/v2/dns/filters', call: (body) => call('post', '/api/v2/dns/filters', { body }) },
  update: {
    path: '/api/v2/dns/filters/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/dns/filters/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/dns/filters/{key}', { path: { key: id }, version }),
};

export const zones: Resource<Schemas['DnsZone']> = {
  noun: 'dns',
  title: 'Zones',
  one: 'zone',
  command: 'dns zones',
  empty: 'No zone is declared beside those that follow from the networks.',
  list: (query) => call('get', '/api/v2/dns/zones', { query }),
  nameOf: (zone) => (zone as unknown as { domain: string }).domain,
  columns: [],
  create: { path: '/api/v2/dns/zones', call: (body) => call('post', '/api/v2/dns/zones', { body }) },
  update: {
    path: '/api/v2/dns/zones/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/dns/zones/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/dns/zones/{key}', { path: { key: id }, version }),
};

export const dnsServers: Resource<Schemas['DnsServer']> = {
  noun: 'dns',
  title: 'DNS servers elsewhere that are kept the same',
  one: 'DNS server',
  command: 'dns servers',
  empty: 'No other DNS server is told of our names.',
  forAdmins: true,
  list: (query) => call('get', '/api/v2/dns/servers', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'address', label: 'Address', cell: ({ address, port }) => `${address}#${port}` },
    { id: 'zones', label: 'Zones', width: 3, cell: ({ zones: each }) => each.join(', ') },
  ],
  create: { path: '/api/v2/dns/servers', call: (body) => call('post', '/api/v2/dns/servers', { body }) },
  update: {
    path: '/api/v2/dns/servers/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/dns/servers/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/dns/servers/{key}', { path: { key: id }, version }),
};

export const routersOf = (network: string): Resource<Schemas['NetworkRouter']> => ({
  noun: 'network_routers',
  title: 'Routers',
  one: 'router',
  command: 'network-routers',
  empty: 'The network has no way out.',
  list: (query) =>
    call('get', '/api/v2/network_routers', { query: { ...query, filter: `network eq ${JSON.stringify(network)}` } }),
  nameOf: ({ address }) => address,
  columns: [{ id: 'pref', label: 'Preference', cell: ({ pref }) => pref }],
  create: {
    path: '/api/v2/network_routers',
    call: (body: Schemas['NewNetworkRouter']) =>
      call('post', '/api/v2/network_routers', { body: { ...body, network } }),
  },
  update: {
    path: '/api/v2/network_routers/{key}',
    call: ({ id, version }, body) =>
      call('patch', '/api/v2/network_routers/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/network_routers/{key}', { path: { key: id }, version }),
});
