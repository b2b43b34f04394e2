import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, key, keyParams, noQuery, version } from './base/scalars.js';
import { cidr, pref } from './network-scalars.js';

/** Routers: the ways out of networks. */

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

const routerFields = { address: cidr, pref: pref.optional() };

/** A router that is made with its network. */
export const routerOfNetwork = z.strictObject(routerFields);
export const newNetworkRouter = z.strictObject({ network: key, ...routerFields }).meta({ id: 'NewNetworkRouter' });
export const networkRouterPatch = z
  .strictObject({ address: cidr.optional(), pref: pref.optional() })
  .meta({ id: 'NetworkRouterPatch' });

export const networkRouters = listed({
  fields: { id: 'id', network: 'text', network_id: 'id', address: 'text', family: 'number', pref: 'number' },
  sorts: ['network', 'pref'],
});

const ROUTERS = `${API_BASE}/network_routers`;

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
