import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, keyParams, noQuery, timestamp } from './base/scalars.js';

/** What DHCP gives, what machines boot, and the netboot servers that answer them. */

const family = z.union([z.literal(4), z.literal(6)]);

export const dhcpLease = z
  .object({
    address: z.string(),
    family,
    network: z.string().nullable(),
    network_id: id,
    holder: z.string().meta({ description: '`mac:…`, `client:…`, `relay:…`, or `duid:…/iaid`.' }),
    mac: z.string().nullable(),
    node: z.string().nullable(),
    node_id: id.nullable(),
    hostname: z.string().nullable(),
    state: z
      .enum(['bound', 'released', 'declined', 'expired'])
      .meta({ description: '`declined`: somebody else was found to use the address.' }),
    since: timestamp,
    until: timestamp,
    server: z.string().nullable().meta({ description: 'The host whose netboot gave it.' }),
  })
  .meta({ id: 'DhcpLease' });

export const dhcpReservation = z
  .object({
    address: z.string(),
    family,
    network: z.string(),
    range: z.string(),
    node: z.string(),
    node_id: id,
    macs: z.array(z.string()),
  })
  .meta({ id: 'DhcpReservation' });

export const dhcpLeases = listed({
  fields: {
    address: 'text',
    family: 'number',
    network: 'text',
    holder: 'text',
    mac: 'text',
    node: 'text',
    hostname: 'text',
    state: 'text',
    since: 'time',
    until: 'time',
  },
  sorts: ['address', 'state', 'since', 'until'],
});

export const dhcpReservations = listed({
  fields: { address: 'text', family: 'number', network: 'text', range: 'text', node: 'text', macs: 'texts' },
  sorts: ['address', 'network', 'node'],
});

const service = z.object({
  service: z.string(),
  state: z.enum(['serving', 'idle', 'off', 'failed']),
  says: z.string().meta({ description: 'Where it listens, or what keeps it from it.' }),
  port: z.int().optional().meta({ description: 'Of HTTP boot, while it is served.' }),
  others: z
    .array(z.object({ server: z.string(), interface: z.string().nullable(), at: count }))
    .optional()
    .meta({ description: 'Other DHCP servers that answered on its links within the last quarter of an hour.' }),
});

export const netbootServer = z
  .object({
    id,
    host: z.string(),
    state: z.enum(['live', 'silent', 'stopped']).meta({
      description: '`silent`: nothing was heard of it, and it was not told to stop; roles that need it wait for it.',
    }),
    addresses: z.array(z.string()),
    services: z.array(service),
    generation: count.meta({ description: 'The last event that its copy of the boot view has taken in.' }),
    lag: count.meta({ description: 'How many events it is behind.' }),
    started_at: timestamp,
    seen_at: timestamp,
  })
  .meta({ id: 'NetbootServer' });

export const bootExplanation = z
  .object({
    node: z.string(),
    bootenv: z.string(),
    macs: z.array(z.string()),
    uuid: z.string().nullable(),
    addresses: z.array(z.object({ network: z.string(), range: z.string(), family, address: z.string() })),
    generation: count.meta({ description: 'The event that this is true of.' }),
    problems: z.array(z.string()).meta({ description: 'What keeps it from booting, whatever its firmware.' }),
    decisions: z.array(
      z.object({
        firmware: z.string().meta({ description: 'Its kind, or `iPXE` for what comes after it.' }),
        architecture: z.int().nullable(),
        family,
        boot: z.enum(['file', 'url', 'nothing']),
        what: z.string().nullable().meta({ description: 'File on TFTP, or URL.' }),
        reasons: z.array(z.string()),
      }),
    ),
    servers: z.array(netbootServer),
  })
  .meta({ id: 'BootExplanation' });

export const seenPackets = z
  .object({
    packets: z.array(
      z.object({
        at: timestamp,
        server: z.string(),
        service: z.string(),
        mac: z.string().nullable(),
        node: id.nullable().meta({ description: 'The machine as the boot view knew it then.' }),
        from: z.string(),
        on: z.string().nullable(),
        asked: z.string(),
        answered: z.string().nullable().meta({ description: 'Null: nobody was answered; `why` says the reason.' }),
        why: z.array(z.string()),
      }),
    ),
    silent: z.array(z.string()).meta({ description: 'Hosts whose netboot did not answer.' }),
  })
  .meta({ id: 'SeenPackets' });

const BASE = `${API_BASE}/dhcp`;
const NODES = `${API_BASE}/nodes`;
const SERVERS = `${API_BASE}/netboot/servers`;

export const dhcpRoutes = routes('dhcp', {
  leases: {
    method: 'GET',
    path: `${BASE}/leases`,
    summary: 'List the leases that netboot servers have given',
    says: 'A copy, which follows what the servers give within a second.',
    allows: VIEWERS,
    query: listQuery(dhcpLeases),
    success: 200,
    answer: pageOf(dhcpLease),
  },
  reservations: {
    method: 'GET',
    path: `${BASE}/reservations`,
    summary: 'List the addresses that known machines get',
    says: 'Every address that a node has on a network with DHCP.',
    allows: VIEWERS,
    query: listQuery(dhcpReservations),
    success: 200,
    answer: pageOf(dhcpReservation),
  },
});

export const netbootRoutes = routes('netboot', {
  list: {
    method: 'GET',
    path: SERVERS,
    summary: 'The netboot servers, and how far each follows',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(netbootServer), next: z.null() }),
  },
  delete: {
    method: 'DELETE',
    path: `${SERVERS}/:key`,
    summary: 'Forget a netboot server that does not come back',
    says: 'Nobody waits for it any more. One that lives tells of itself again within seconds.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
  },
  boot: {
    method: 'GET',
    path: `${NODES}/:key/boot`,
    summary: 'What a node would boot, for every kind of firmware, and why',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: bootExplanation,
  },
  packets: {
    method: 'GET',
    path: `${NODES}/:key/packets`,
    summary: 'The last packets of a node, and what was answered and why',
    says: 'From the memory of the netboot servers that live; it does not outlast them.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: seenPackets,
  },
  unknown: {
    method: 'GET',
    path: `${API_BASE}/netboot/packets`,
    summary: 'The last packets of machines that nobody knows',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: seenPackets,
  },
});
