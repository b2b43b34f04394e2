import { z } from 'zod';
import { valueRoutes } from './attribs.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, jsonObject, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Kinds of work that can be put on a node. They come from barclamps and change with them. */

const namedRole = z.object({ name: z.string(), resolved: z.boolean() });

export const role = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    barclamp: z.string().nullable(),
    jig: z.string(),
    flags: z.array(z.string()),
    provides: z.array(z.string()),
    conflicts: z.array(z.string()),
    requires: z.array(namedRole),
    attaches: z.array(namedRole),
    precedes: z.array(namedRole),
    wants: z.array(z.object({ attrib: z.string(), at: z.string().nullable() })),
    cohort: count,
    priority: z.int(),
    template: jsonObject.meta({ description: 'Role-level data, in which secrets are hidden.' }),
    on_error: z.enum(['node', 'descendants']),
    on_rerun_failure: z.enum(['warn', 'block']),
    scope: z.enum(['boot', 'install', 'once']).meta({ description: 'How long what it did lasts.' }),
    retry: z.object({ max: z.int(), backoff_ms: z.int(), exit_codes: z.array(z.int()) }).nullable(),
    timeout_ms: z.int().nullable(),
    files: z.array(z.string()),
    notes: jsonObject,
    documentation: z.string(),
    retired: z
      .boolean()
      .meta({ description: 'It vanished from its barclamp while noderoles still use it; it can no longer be bound.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Role' });

export const roles = listed({
  fields: {
    id: 'id',
    name: 'text',
    barclamp: 'text',
    jig: 'text',
    flags: 'texts',
    provides: 'texts',
    cohort: 'number',
    priority: 'number',
    retired: 'boolean',
    updated_at: 'time',
  },
  sorts: ['name', 'cohort', 'priority', 'updated_at'],
});

const BASE = `${API_BASE}/roles`;

export const roleRoutes = routes('roles', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List roles',
    allows: VIEWERS,
    query: listQuery(roles),
    success: 200,
    answer: pageOf(role),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a role',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: role,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Write notes on a role',
    says: 'What a role is, its barclamp says; its data is set as attributes.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({ notes: jsonObject.optional().meta({ description: 'Merged (RFC 7396).' }) })
      .meta({ id: 'RolePatch' }),
    success: 200,
    answer: role,
    etag: true,
    ifMatch: true,
  },
  files: {
    method: 'GET',
    path: `${BASE}/:key/files`,
    summary: 'Show the scripts of a role',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(z.object({ path: z.string(), content: z.string() })) }),
  },
  ...valueRoutes('roles', 'a role'),
});
