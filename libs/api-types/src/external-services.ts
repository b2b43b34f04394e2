import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, keyParams, NAME_LENGTH_MAX, noQuery, version } from './base/scalars.js';

/** DNS, NTP and DHCP services that a site has already and that take the place of ours. */

const LIST_MAX = 64;
const rowName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const kind = z.enum(['dns', 'ntp', 'dhcp']);
const addresses = z.array(z.string().min(1).max(64)).max(LIST_MAX);
const networks = z
  .array(z.string().min(1).max(NAME_LENGTH_MAX))
  .max(LIST_MAX)
  .meta({ description: 'Networks that it serves, by name; empty: all.' });

export const externalService = z
  .object({ id, name: z.string(), kind, addresses, networks, version })
  .meta({ id: 'ExternalService' });
export const newExternalService = z
  .strictObject({ name: rowName, kind, addresses: addresses.default([]), networks: networks.default([]) })
  .meta({ id: 'NewExternalService' });
export const externalServicePatch = z
  .strictObject({ name: rowName.optional(), addresses: addresses.optional(), networks: networks.optional() })
  .meta({ id: 'ExternalServicePatch' });
export const externalServices = listed({
  fields: { id: 'id', name: 'text', kind: 'text', addresses: 'texts', networks: 'texts' },
  sorts: ['kind', 'name'],
});

const BASE = `${API_BASE}/external_services`;

export const externalServiceRoutes = routes('external_services', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List services that stand outside',
    allows: VIEWERS,
    query: listQuery(externalServices),
    success: 200,
    answer: pageOf(externalService),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Declare a service that stands outside',
    says: 'Networks that name no DNS or NTP servers of their own tell machines of these. Where somebody else does DHCP, only boot options are added to his answers.',
    allows: OPERATORS,
    query: noQuery,
    body: newExternalService,
    success: 201,
    answer: externalService,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a service that stands outside',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: externalService,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a service that stands outside',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: externalServicePatch,
    success: 200,
    answer: externalService,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a service that stands outside; ours takes its place again',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});
