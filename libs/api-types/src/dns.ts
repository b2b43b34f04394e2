import { z } from 'zod';
import { MATCHER_LENGTH_MAX, TEMPLATE_LENGTH_MAX, TEMPLATE_TOKENS, WRITTEN_TYPES } from '#core';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, key, keyParams, NAME_LENGTH_MAX, noQuery, timestamp, version } from './base/scalars.js';

/**
 * Names: what is served, which filters make names of addresses, what is written beside them, and servers elsewhere that
 * are kept the same.
 */

/** A week; longer TTLs outlive machines. */
const TTL_MAX = 604_800;
const LIST_MAX = 64;
const VALUE_LENGTH_MAX = 2_000;

const ttl = z.int().min(1).max(TTL_MAX).meta({ description: 'Seconds.' });
const rowName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const domain = z
  .string()
  .min(1)
  .max(253)
  .meta({ description: 'Lower case, without a dot at the end; the root is `.`.' });
const networkNames = z.array(z.string().min(1).max(NAME_LENGTH_MAX)).max(LIST_MAX);
const clients = networkNames.meta({ description: 'Networks whose clients see it; empty: everybody.' });
const forwarders = z.array(z.string().min(1).max(80)).max(LIST_MAX).meta({
  description:
    '`address` or `address#port`. Questions go there that no record here answers; the zone `.` takes what belongs to no other.',
});
const forwardFor = networkNames.meta({
  description: 'Networks whose clients are forwarded; empty: all networks of ours. Strangers never are.',
});

const BASE = `${API_BASE}/dns`;

export const servedRecord = z
  .object({
    name: z.string(),
    zone: z.string(),
    type: z.string(),
    ttl: z.int(),
    value: z.string().meta({ description: 'As in a zone file (RFC 1035 §5); names end in a dot.' }),
    source: z
      .enum(['machine', 'written', 'zone'])
      .meta({ description: 'It follows from a machine, somebody wrote it, or the zone itself has it.' }),
    node: z.string().nullable(),
    network: z.string().nullable(),
    filter: z.string().nullable().meta({ description: 'The name filter that made it.' }),
    clients: z.array(z.string()),
  })
  .meta({ id: 'ServedRecord' });

export const dnsProblems = z
  .object({ problems: z.array(z.string()).meta({ description: 'Sentences that say what to do.' }) })
  .meta({ id: 'DnsProblems' });

export const servedRecords = listed({
  fields: {
    name: 'text',
    zone: 'text',
    type: 'text',
    value: 'text',
    source: 'text',
    node: 'text',
    network: 'text',
    filter: 'text',
  },
  sorts: ['name'],
});

export const dnsRoutes = routes('dns', {
  records: {
    method: 'GET',
    path: `${BASE}/records`,
    summary: 'List the records that are served now',
    says: 'Worked out from machines, networks, name filters and zones, as the servers do it. Filters: `eq`, `ne`, `in`, `contains`.',
    allows: VIEWERS,
    query: listQuery(servedRecords),
    success: 200,
    answer: pageOf(servedRecord),
  },
  problems: {
    method: 'GET',
    path: `${BASE}/problems`,
    summary: 'Say which names cannot be served, and why',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: dnsProblems,
  },
});

const priority = z.int().min(-1_000_000).max(1_000_000).meta({
  description: 'Lower ones first; the first that matches also names the address in reverse.',
});
const matcher = z.string().max(MATCHER_LENGTH_MAX).meta({
  description:
    'Terms joined by commas, all of which must hold: `net.category`, `net.name`, `range.name`, `deployment.name`, `node.attr.NAME` with `== "value"`, and `node.role has "value"`. Empty: every address.',
});
const template = z
  .string()
  .min(1)
  .max(TEMPLATE_LENGTH_MAX)
  .meta({
    description: `Text with ${TEMPLATE_TOKENS.map((token) => `\`{{${token}}}\``).join(', ')}, relative to the zone unless it ends in a dot.`,
  });

export const dnsFilter = z
  .object({ id, name: z.string(), priority, matcher: z.string(), template: z.string(), clients, version })
  .meta({ id: 'DnsFilter' });
export const newDnsFilter = z
  .strictObject({
    name: rowName,
    priority: priority.default(50),
    matcher: matcher.default(''),
    template,
    clients: clients.default([]),
  })
  .meta({ id: 'NewDnsFilter' });
export const dnsFilterPatch = z
  .strictObject({
    name: rowName.optional(),
    priority: priority.optional(),
    matcher: matcher.optional(),
    template: template.optional(),
    clients: clients.optional(),
  })
  .meta({ id: 'DnsFilterPatch' });
export const dnsFilters = listed({
  fields: { id: 'id', name: 'text', priority: 'number', matcher: 'text', template: 'text' },
  sorts: ['priority', 'name'],
});

export const dnsFilterRoutes = routes('dns_filters', {
  list: {
    method: 'GET',
    path: `${BASE}/filters`,
    summary: 'List name filters',
    allows: VIEWERS,
    query: listQuery(dnsFilters),
    success: 200,
    answer: pageOf(dnsFilter),
  },
  create: {
    method: 'POST',
    path: `${BASE}/filters`,
    summary: 'Make a name filter',
    says: 'Every filter that matches an address of a machine makes a name for it. All machines are looked at again.',
    allows: OPERATORS,
    query: noQuery,
    body: newDnsFilter,
    success: 201,
    answer: dnsFilter,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/filters/:key`,
    summary: 'Show a name filter',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: dnsFilter,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/filters/:key`,
    summary: 'Change a name filter',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: dnsFilterPatch,
    success: 200,
    answer: dnsFilter,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/filters/:key`,
    summary: 'Delete a name filter, and with it the names it made',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});

export const dnsZone = z
  .object({ id, domain, ttl, forwarders, clients, forward_for: forwardFor, records: count, version })
  .meta({ id: 'DnsZone' });
export const newDnsZone = z
  .strictObject({
    domain,
    ttl: ttl.default(300),
    forwarders: forwarders.default([]),
    clients: clients.default([]),
    forward_for: forwardFor.default([]),
  })
  .meta({ id: 'NewDnsZone' });
export const dnsZonePatch = z
  .strictObject({
    ttl: ttl.optional(),
    forwarders: forwarders.optional(),
    clients: clients.optional(),
    forward_for: forwardFor.optional(),
  })
  .meta({ id: 'DnsZonePatch' });
export const dnsZones = listed({ fields: { id: 'id', domain: 'text', ttl: 'number' }, sorts: ['domain', 'ttl'] });

export const dnsRecord = z
  .object({
    id,
    zone: z.string(),
    name: z.string(),
    type: z.enum(WRITTEN_TYPES),
    ttl: z.int().nullable().meta({ description: 'Null: that of the zone.' }),
    value: z.string(),
    version,
  })
  .meta({ id: 'DnsRecord' });
export const newDnsRecord = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(254)
      .meta({ description: 'Relative to the zone; `@` is the zone itself, a dot at the end makes it whole.' }),
    type: z.enum(WRITTEN_TYPES),
    ttl: ttl.nullable().optional(),
    value: z
      .string()
      .min(1)
      .max(VALUE_LENGTH_MAX)
      .meta({ description: 'As in a zone file: an address, a name, `10 mail`, `0 5 443 web`, `"a text"`.' }),
  })
  .meta({ id: 'NewDnsRecord' });
export const dnsRecords = listed({
  fields: { id: 'id', name: 'text', type: 'text', value: 'text' },
  sorts: ['name', 'type'],
});

export const dnsZoneRoutes = routes('dns_zones', {
  list: {
    method: 'GET',
    path: `${BASE}/zones`,
    summary: 'List declared zones',
    says: 'Zones of networks’ domains and reverse zones follow by themselves; `dns/records` shows what all of them hold.',
    allows: VIEWERS,
    query: listQuery(dnsZones),
    success: 200,
    answer: pageOf(dnsZone),
  },
  create: {
    method: 'POST',
    path: `${BASE}/zones`,
    summary: 'Declare a zone',
    allows: OPERATORS,
    query: noQuery,
    body: newDnsZone,
    success: 201,
    answer: dnsZone,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/zones/:key`,
    summary: 'Show a zone',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: dnsZone,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/zones/:key`,
    summary: 'Change a zone',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: dnsZonePatch,
    success: 200,
    answer: dnsZone,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/zones/:key`,
    summary: 'Delete a zone with the records that were written in it',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  records: {
    method: 'GET',
    path: `${BASE}/zones/:key/records`,
    summary: 'List the records that were written in a zone',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(dnsRecords),
    success: 200,
    answer: pageOf(dnsRecord),
  },
  add: {
    method: 'POST',
    path: `${BASE}/zones/:key/records`,
    summary: 'Write a record into a zone',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: newDnsRecord,
    success: 201,
    answer: dnsRecord,
  },
  remove: {
    method: 'DELETE',
    path: `${BASE}/zones/:key/records/:record`,
    summary: 'Take a written record out of a zone',
    allows: OPERATORS,
    params: z.strictObject({ key, record: key }),
    query: noQuery,
    success: 204,
  },
});

const address = z.string().min(1).max(64);
const port = z.int().min(1).max(65_535);
const zones = z.array(z.string().min(1).max(253)).max(LIST_MAX).meta({
  description: 'Domains that it is primary for and that are kept the same there; reverse zones by their own names.',
});
const keyName = z.string().min(1).max(253).meta({ description: 'Name of the TSIG key.' });
const keyAlgorithm = z.enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512']);
const keySecret = z
  .string()
  .min(1)
  .max(500)
  .meta({ writeOnly: true, description: 'Base64, as `tsig-keygen` prints it; never shown.' });

export const dnsServer = z
  .object({
    id,
    name: z.string(),
    address: z.string(),
    port,
    zones,
    key_name: z.string(),
    key_algorithm: keyAlgorithm,
    active: z.boolean(),
    checked_at: timestamp.nullable(),
    settled_at: timestamp.nullable().meta({ description: 'When it last held all that it should.' }),
    generation: z.int().meta({ description: 'The last event that it had taken in then.' }),
    failures: count,
    retry_at: timestamp.nullable(),
    last_error: z.string(),
    records: count.meta({ description: 'Records there that we made; only these are ever taken away.' }),
    version,
  })
  .meta({ id: 'DnsServer' });
export const newDnsServer = z
  .strictObject({
    name: rowName,
    address,
    port: port.default(53),
    zones,
    key_name: keyName,
    key_algorithm: keyAlgorithm.default('hmac-sha256'),
    key_secret: keySecret,
    active: z.boolean().default(true),
  })
  .meta({ id: 'NewDnsServer' });
export const dnsServerPatch = z
  .strictObject({
    name: rowName.optional(),
    address: address.optional(),
    port: port.optional(),
    zones: zones.optional(),
    key_name: keyName.optional(),
    key_algorithm: keyAlgorithm.optional(),
    key_secret: keySecret.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'DnsServerPatch' });
export const dnsServers = listed({
  fields: { id: 'id', name: 'text', address: 'text', active: 'boolean', failures: 'number' },
  sorts: ['name', 'failures'],
});

export const dnsServerRoutes = routes('dns_servers', {
  list: {
    method: 'GET',
    path: `${BASE}/servers`,
    summary: 'List DNS servers elsewhere that are kept the same',
    allows: VIEWERS,
    query: listQuery(dnsServers),
    success: 200,
    answer: pageOf(dnsServer),
  },
  create: {
    method: 'POST',
    path: `${BASE}/servers`,
    summary: 'Declare a DNS server that takes signed updates',
    says: 'BIND 9 for example (RFC 2136, RFC 8945): its zones are compared with what is served here, on every change and by a timer, and what we made there is added and removed.',
    allows: ADMINS,
    query: noQuery,
    body: newDnsServer,
    success: 201,
    answer: dnsServer,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/servers/:key`,
    summary: 'Show a DNS server, and how it went last',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: dnsServer,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/servers/:key`,
    summary: 'Change a DNS server',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: dnsServerPatch,
    success: 200,
    answer: dnsServer,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/servers/:key`,
    summary: 'Forget a DNS server; the records there stay',
    says: 'To have them taken away first, change `zones` to an empty list and wait until `records` is 0.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});
