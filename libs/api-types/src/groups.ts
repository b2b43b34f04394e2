import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, description, id, key, keyParams, noQuery, version } from './base/scalars.js';

/** Nodes under one name: a rack, a class of machines, whatever an operator looks at together. */

const groupName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const category = z.string().regex(/^[a-z][-a-z0-9]{0,30}$/);

export const group = z
  .object({ id, name: z.string(), category: z.string(), description: z.string(), nodes: count, version })
  .meta({ id: 'Group' });

export const groupDetail = group
  .extend({ members: z.array(z.object({ id, name: z.string() })) })
  .meta({ id: 'GroupDetail' });

export const newGroup = z
  .strictObject({ name: groupName, category: category.default('ui'), description: description.default('') })
  .meta({ id: 'NewGroup' });
export const groupPatch = z
  .strictObject({ name: groupName.optional(), description: description.optional() })
  .meta({ id: 'GroupPatch' });

export const groups = listed({
  fields: { id: 'id', name: 'text', category: 'text', description: 'text', nodes: 'number' },
  sorts: ['category', 'name'],
});

const BASE = `${API_BASE}/groups`;
const member = z.strictObject({ key, node: key });

export const groupRoutes = routes('groups', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List groups',
    allows: VIEWERS,
    query: listQuery(groups),
    success: 200,
    answer: pageOf(group),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a group',
    allows: OPERATORS,
    query: noQuery,
    body: newGroup,
    success: 201,
    answer: group,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a group',
    says: 'A group is named `category/name`, with `%2F` in the path.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: groupDetail,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a group',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: groupPatch,
    success: 200,
    answer: group,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a group; its nodes stay',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  add: {
    method: 'PUT',
    path: `${BASE}/:key/nodes/:node`,
    summary: 'Put a node into a group',
    allows: OPERATORS,
    params: member,
    query: noQuery,
    success: 200,
    answer: group,
    etag: true,
  },
  remove: {
    method: 'DELETE',
    path: `${BASE}/:key/nodes/:node`,
    summary: 'Take a node out of a group',
    allows: OPERATORS,
    params: member,
    query: noQuery,
    success: 200,
    answer: group,
    etag: true,
  },
});
