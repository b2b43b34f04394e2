import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, description, id, key, keyParams, noQuery, timestamp, version } from './base/scalars.js';
import { addressWish, networkAllocation } from './network-allocations.js';
import { networkRange, rangeOfNetwork } from './network-ranges.js';
import { networkRouter, routerOfNetwork } from './network-routers.js';
import { conduit, teamMode, vlan, word } from './network-scalars.js';

/** Networks: where addresses come from, and what machines are told of each. */

/** Ranges, routers, routes and servers of one network at the most. */
const PARTS_MAX = 64;

const plain = z.string().min(2).max(45).meta({ description: 'An address without prefix length.' });
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
const v6prefix = z.string().min(1).max(64).nullable().meta({
  description:
    '`auto` makes a prefix of RFC 4193, else a /64; null is none. When absent, the network `admin` has `auto`, others none.',
});
const servers = z.array(plain).max(8);
const furtherRoutes = z
  .array(z.strictObject({ destination: z.string().min(4).max(64), via: plain }))
  .max(PARTS_MAX)
  .meta({ description: 'Ways out beside the router’s (RFC 3442).' });

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

export const networkDetail = network
  .extend({ ranges: z.array(networkRange), routers: z.array(networkRouter) })
  .meta({ id: 'NetworkDetail' });

const networkFields = {
  description: description.max(2_000).optional(),
  order: order.optional(),
  category: word.optional().meta({ description: '`admin`, `bmc`, `general`, or a word of your own.' }),
  group: word.optional(),
  vlan: vlan.optional(),
  use_vlan: z.boolean().optional(),
  use_bridge: z.boolean().optional(),
  use_team: z.boolean().optional(),
  team_mode: teamMode.optional(),
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
    conduit,
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
  .strictObject({ ...networkFields, conduit: conduit.optional() })
  .meta({ id: 'NetworkPatch' });

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

const NETWORKS = `${API_BASE}/networks`;

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
