import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, description, id, key, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Networks: where addresses come from, who has which, and what machines are told of each network. */

/** Ranges, routers, routes and servers of one network at the most. */
const PARTS_MAX = 64;

const word = z.string().regex(/^[a-z][-_a-z0-9]{0,39}$/);
const plain = z.string().min(2).max(45).meta({ description: 'An address without prefix length.' });
const cidr = z
  .string()
  .min(4)
  .max(64)
  .meta({ description: 'An address with the prefix length of its subnet: `192.168.124.81/24`, `fd00:1:2:3::5/64`.' });
const conduit = z
  .string()
  .min(1)
  .max(120)
  .meta({
    description:
      'Network cards by speed and index: `1g0`, `+10g0,+10g1`, or `bmc`. A sign in front allows other speeds: `+` faster, `-` slower, `?` either. ' +
      'Speeds from 10m to 400g.',
  });
const vlan = z.int().min(0).max(4094);
const teamMode = z
  .int()
  .min(0)
  .max(6)
  .meta({ description: 'Mode of the bond: 0 balance-rr … 4 802.3ad … 6 balance-alb.' });
const order = z.int().min(-1_000_000).max(1_000_000);
const mtu = z.int().min(576).max(65_535);
const pbr = z
  .string()
  .regex(/^[a-z][-_a-z0-9]{0,14}$/)
  .meta({ description: 'Name of a routing table of its own.' });
const link = z
  .string()
  .regex(/^[A-Za-z0-9][-_.:,+?A-Za-z0-9]{0,62}$/)
  .meta({ description: 'The broadcast domain. Null: it follows from conduit and VLAN.' });
const domain = z.string().max(253);
const dhcp = z.enum(['serve', 'proxy', 'off']).meta({
  description: '`serve`: Anneal is the DHCP server. `proxy`: another one is, Anneal adds boot options. `off`: neither.',
});
const lease = z.int().min(60).max(31_536_000).meta({ description: 'Seconds.' });
const pref = z.int().min(0).max(1_000_000).meta({ description: 'The lowest on a node is its default route.' });
const v6prefix = z.string().min(1).max(64).nullable().meta({
  description:
    '`auto` makes a prefix of RFC 4193, else a /64; null is none. When absent, the network `admin` has `auto`, others none.',
});
const servers = z.array(plain).max(8);
const furtherRoutes = z
  .array(z.strictObject({ destination: z.string().min(4).max(64), via: plain }))
  .max(PARTS_MAX)
  .meta({ description: 'Ways out beside the router’s (RFC 3442).' });

const attachment = {
  conduit,
  vlan,
  use_vlan: z.boolean(),
  use_bridge: z.boolean(),
  use_team: z.boolean(),
  team_mode: teamMode,
};

export const network = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    order: z.int(),
    deployment: z.string(),
    deployment_id: id,
    role: z.string().meta({ description: 'A node that has this role is on the network.' }),
    role_id: id,
    category: z.string(),
    group: z.string(),
    conduit: z.string(),
    vlan: z.int(),
    use_vlan: z.boolean(),
    use_bridge: z.boolean(),
    use_team: z.boolean(),
    team_mode: z.int(),
    configure: z.boolean(),
    pbr: z.string().nullable(),
    v6prefix: z.string().nullable(),
    v6_subnet_id: z.int().nullable().meta({ description: 'The subnet id of a prefix that Anneal made itself.' }),
    link: z.string(),
    mtu: z.int().nullable(),
    domain: z.string(),
    name_servers: z.array(z.string()),
    time_servers: z.array(z.string()),
    routes: z.array(z.object({ destination: z.string(), via: z.string() })),
    dhcp,
    by_circuit: z.boolean(),
    pool_lease_seconds: z.int(),
    reserved_lease_seconds: z.int(),
    allocated: count,
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Network' });

export const networkRange = z
  .object({
    id,
    name: z.string(),
    network: z.string(),
    network_id: id,
    category: z.string(),
    family: z.int(),
    first: z.string(),
    last: z.string(),
    subnet: z.string(),
    overlap: z.boolean(),
    conduit: z.string().nullable().meta({ description: 'Null here and below: as the network says.' }),
    vlan: z.int().nullable(),
    use_vlan: z.boolean().nullable(),
    use_bridge: z.boolean().nullable(),
    use_team: z.boolean().nullable(),
    team_mode: z.int().nullable(),
    allocated: count,
    version,
  })
  .meta({ id: 'NetworkRange' });

export const networkRouter = z
  .object({
    id,
    network: z.string(),
    network_id: id,
    address: z.string(),
    family: z.int(),
    subnet: z.string(),
    pref: z.int(),
    version,
  })
  .meta({ id: 'NetworkRouter' });

export const networkAllocation = z
  .object({
    id,
    address: z.string().meta({ description: 'In CIDR.' }),
    family: z.int(),
    network: z.string(),
    network_id: id,
    category: z.string(),
    group: z.string(),
    range: z.string(),
    range_id: id,
    node: z.string(),
    node_id: id,
    chosen: z.enum(['asked', 'hint', 'interface-id', 'like-admin', 'first-free']),
    created_at: timestamp,
  })
  .meta({ id: 'NetworkAllocation' });

export const networkDetail = network
  .extend({ ranges: z.array(networkRange), routers: z.array(networkRouter) })
  .meta({ id: 'NetworkDetail' });

const rangeFields = {
  name: word.meta({
    description:
      '`admin` is for admin nodes, `host` and `host-v6` for the others, `dhcp` and `dhcp-v6` for machines that nobody knows.',
  }),
  first: cidr,
  last: cidr,
  overlap: z.boolean().optional().meta({ description: 'It may share addresses; only where `configure` is false.' }),
  conduit: conduit.nullable().optional(),
  vlan: vlan.nullable().optional(),
  use_vlan: z.boolean().nullable().optional(),
  use_bridge: z.boolean().nullable().optional(),
  use_team: z.boolean().nullable().optional(),
  team_mode: teamMode.nullable().optional(),
};
const routerFields = { address: cidr, pref: pref.optional() };

const rangeOfNetwork = z.strictObject(rangeFields);
const routerOfNetwork = z.strictObject(routerFields);

const networkFields = {
  description: description.max(2_000).optional(),
  order: order.optional(),
  category: word.optional().meta({ description: '`admin`, `bmc`, `general`, or a word of your own.' }),
  group: word.optional(),
  vlan: attachment.vlan.optional(),
  use_vlan: attachment.use_vlan.optional(),
  use_bridge: attachment.use_bridge.optional(),
  use_team: attachment.use_team.optional(),
  team_mode: attachment.team_mode.optional(),
  configure: z.boolean().optional().meta({
    description: 'Whether Anneal configures it on nodes and gives out addresses by itself.',
  }),
  pbr: pbr.nullable().optional(),
  v6prefix: v6prefix.optional(),
  link: link.nullable().optional(),
  mtu: mtu.nullable().optional(),
  domain: domain.optional(),
  name_servers: servers.optional(),
  time_servers: servers.optional(),
  routes: furtherRoutes.optional(),
  dhcp: dhcp.optional(),
  by_circuit: z.boolean().optional().meta({
    description:
      'Whoever is on a port of the switch gets the address of that port in IPv4, by what the relay says of it (option 82).',
  }),
  pool_lease_seconds: lease.optional(),
  reserved_lease_seconds: lease.optional(),
};

export const newNetwork = z
  .strictObject({
    name: word,
    conduit: attachment.conduit,
    deployment: key.optional().meta({ description: 'The system deployment when absent.' }),
    ...networkFields,
    ranges: z.array(rangeOfNetwork).max(PARTS_MAX).optional(),
    router: routerOfNetwork.optional(),
    routers: z
      .array(routerOfNetwork)
      .max(PARTS_MAX)
      .optional()
      .meta({ description: 'For a network with several subnets: one for each, beside `router`.' }),
  })
  .meta({ id: 'NewNetwork' });

export const networkPatch = z
  .strictObject({ ...networkFields, conduit: attachment.conduit.optional() })
  .meta({ id: 'NetworkPatch' });

export const newNetworkRange = z.strictObject({ network: key, ...rangeFields }).meta({ id: 'NewNetworkRange' });
export const networkRangePatch = z
  .strictObject({
    ...rangeFields,
    name: rangeFields.name.optional(),
    first: cidr.optional(),
    last: cidr.optional(),
  })
  .meta({ id: 'NetworkRangePatch' });
export const newNetworkRouter = z.strictObject({ network: key, ...routerFields }).meta({ id: 'NewNetworkRouter' });
export const networkRouterPatch = z
  .strictObject({ address: cidr.optional(), pref: pref.optional() })
  .meta({ id: 'NetworkRouterPatch' });

export const addressWish = z
  .strictObject({
    node: key,
    address: z
      .string()
      .min(2)
      .max(64)
      .optional()
      .meta({ description: 'This one or none. With or without prefix length.' }),
    range: word
      .optional()
      .meta({ description: 'One of this range. Absent like `address`: what the node gets by itself.' }),
  })
  .meta({ id: 'AddressWish' });

const addressCount = z.string().regex(/^\d+$/).meta({ description: 'A whole number; too large for some as a number.' });

export const addressPlan = z
  .object({
    network: z.string(),
    subnets: z.array(
      z.object({
        subnet: z.string(),
        family: z.int(),
        router: z.string().nullable(),
        ranges: z.array(
          z.object({
            id,
            name: z.string(),
            first: z.string(),
            last: z.string(),
            pool: z.boolean().meta({ description: 'For machines that nobody knows: leased, not allocated.' }),
            size: addressCount,
            allocated: count,
            free: addressCount,
          }),
        ),
      }),
    ),
    conflicts: z.array(
      z.object({
        kind: z.string().meta({ description: 'For programs, for example `hint-taken`.' }),
        detail: z.string(),
        node: z.string().nullable(),
        address: z.string().nullable(),
        range: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AddressPlan' });

export const networks = listed({
  fields: {
    id: 'id',
    name: 'text',
    description: 'text',
    order: 'number',
    deployment: 'text',
    deployment_id: 'id',
    category: 'text',
    group: 'text',
    conduit: 'text',
    vlan: 'number',
    configure: 'boolean',
    dhcp: 'text',
    created_at: 'time',
    updated_at: 'time',
  },
  sorts: ['order', 'name', 'category', 'created_at'],
});
export const networkRanges = listed({
  fields: {
    id: 'id',
    name: 'text',
    network: 'text',
    network_id: 'id',
    category: 'text',
    family: 'number',
    subnet: 'text',
    overlap: 'boolean',
  },
  sorts: ['network', 'name'],
});
export const networkRouters = listed({
  fields: { id: 'id', network: 'text', network_id: 'id', address: 'text', family: 'number', pref: 'number' },
  sorts: ['network', 'pref'],
});
export const networkAllocations = listed({
  fields: {
    id: 'id',
    address: 'text',
    family: 'number',
    network: 'text',
    network_id: 'id',
    category: 'text',
    group: 'text',
    range: 'text',
    node: 'text',
    node_id: 'id',
    chosen: 'text',
    created_at: 'time',
  },
  sorts: ['network', 'node', 'created_at'],
});

const NETWORKS = `${API_BASE}/networks`;
const RANGES = `${API_BASE}/network_ranges`;
const ROUTERS = `${API_BASE}/network_routers`;
const ALLOCATIONS = `${API_BASE}/network_allocations`;

export const networkRoutes = routes('networks', {
  list: {
    method: 'GET',
    path: NETWORKS,
    summary: 'List networks',
    allows: VIEWERS,
    query: listQuery(networks),
    success: 200,
    answer: pageOf(network),
  },
  create: {
    method: 'POST',
    path: NETWORKS,
    summary: 'Make a network, with its ranges and its router',
    says:
      'A role `network-<name>` comes with it, and hints `hint-<name>-v4addr` and `-v6addr` for nodes. A node that is bound to the role gets its addresses ' +
      'in the same moment: of the range `admin` when it is an admin node, else of `host`, and of `host-v6`.',
    allows: OPERATORS,
    query: noQuery,
    body: newNetwork,
    success: 201,
    answer: networkDetail,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${NETWORKS}/:key`,
    summary: 'Show a network with its ranges and routers',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkDetail,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${NETWORKS}/:key`,
    summary: 'Change a network',
    says: 'Nodes that are on it are configured again. Its name stays, because a role and hints are named after it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: networkPatch,
    success: 200,
    answer: networkDetail,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${NETWORKS}/:key`,
    summary: 'Delete a network that no node is on',
    says: 'Its ranges, its routers, its role and its hints go with it. The network `admin` is never deleted.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  allocate: {
    method: 'POST',
    path: `${NETWORKS}/:key/allocate`,
    summary: 'Give a node addresses of a network',
    says: 'A node that is not on the network is bound to it, proposed. Asking again gives the same, with 200.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: addressWish,
    success: 201,
    alsoSuccess: [200],
    answer: z.object({ items: z.array(networkAllocation) }),
  },
  plan: {
    method: 'GET',
    path: `${NETWORKS}/:key/plan`,
    summary: 'How the addresses of a network are divided, and what does not fit together',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: addressPlan,
  },
});

export const networkRangeRoutes = routes('network_ranges', {
  list: {
    method: 'GET',
    path: RANGES,
    summary: 'List ranges of networks',
    allows: VIEWERS,
    query: listQuery(networkRanges),
    success: 200,
    answer: pageOf(networkRange),
  },
  create: {
    method: 'POST',
    path: RANGES,
    summary: 'Add a range to a network',
    allows: OPERATORS,
    query: noQuery,
    body: newNetworkRange,
    success: 201,
    answer: networkRange,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${RANGES}/:key`,
    summary: 'Show a range',
    says: 'A range is named `network/range`, with `%2F` in the path.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkRange,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${RANGES}/:key`,
    summary: 'Change a range',
    says: 'Every address that a node has of it must still be in it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: networkRangePatch,
    success: 200,
    answer: networkRange,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${RANGES}/:key`,
    summary: 'Delete a range of which no node has an address',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});

export const networkRouterRoutes = routes('network_routers', {
  list: {
    method: 'GET',
    path: ROUTERS,
    summary: 'List routers of networks',
    allows: VIEWERS,
    query: listQuery(networkRouters),
    success: 200,
    answer: pageOf(networkRouter),
  },
  create: {
    method: 'POST',
    path: ROUTERS,
    summary: 'Add a router to a network: one for each of its subnets',
    allows: OPERATORS,
    query: noQuery,
    body: newNetworkRouter,
    success: 201,
    answer: networkRouter,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${ROUTERS}/:key`,
    summary: 'Show a router',
    says: 'A router is named by its network where that has one, or `network/address`, with `%2F` in the path.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkRouter,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${ROUTERS}/:key`,
    summary: 'Change a router',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: networkRouterPatch,
    success: 200,
    answer: networkRouter,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${ROUTERS}/:key`,
    summary: 'Delete a router',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});

export const networkAllocationRoutes = routes('network_allocations', {
  list: {
    method: 'GET',
    path: ALLOCATIONS,
    summary: 'List addresses that nodes have',
    allows: VIEWERS,
    query: listQuery(networkAllocations),
    success: 200,
    answer: pageOf(networkAllocation),
  },
  show: {
    method: 'GET',
    path: `${ALLOCATIONS}/:key`,
    summary: 'Show who has an address',
    says: 'An allocation is named by its address.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkAllocation,
  },
  delete: {
    method: 'DELETE',
    path: `${ALLOCATIONS}/:key`,
    summary: 'Release an address',
    says: 'The node stays on the network and is configured without it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ released: z.string() }),
  },
});
