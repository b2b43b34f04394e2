import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, description, id, int32, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Kinds of work that can be put on a node. They come from barclamps; here an operator sees and tunes them. */

export const roleFlag = z.enum(['implicit', 'bootstrap', 'discovery', 'cluster', 'destructive', 'abstract', 'milestone', 'service', 'library', 'powersave']);

export const role = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    barclamp: z.string().nullable(),
    jig: z.string(),
    flags: z.array(roleFlag),
    provides: z.array(z.string()),
    conflicts: z.array(z.string()),
    requires: z.array(z.object({ name: z.string(), kind: z.enum(['requires', 'wants', 'jig', 'precedes']), known: z.boolean() })),
    wants: z.array(z.object({ attrib: z.string(), at: z.string().nullable() })),
    cohort: count,
    priority: z.int(),
    on_error: z.enum(['node', 'descendants']),
    on_rerun_failure: z.enum(['warn', 'block']),
    retry: z.object({ max: z.int(), backoff_ms: z.int(), exit_codes: z.array(z.int()).optional() }).nullable(),
    timeout_ms: z.int().nullable(),
    files: z.array(z.string()),
    documentation: z.string(),
    retired: z.boolean().meta({ description: 'It vanished from its barclamp while noderoles still use it; it can no longer be bound.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Role' });

export const rolePatch = z
  .strictObject({ description: description.optional(), priority: int32.optional() })
  .meta({ id: 'RolePatch' });

export const roles = listed({
  fields: { id: 'id', name: 'text', barclamp: 'text', jig: 'text', flags: 'texts', provides: 'texts', conflicts: 'texts', cohort: 'number', priority: 'number', retired: 'boolean', created_at: 'time', updated_at: 'time' },
  sorts: ['name', 'cohort', 'created_at'],
});

const BASE = `${API_BASE}/roles`;

export const roleRoutes = routes('roles', {
  list: { method: 'GET', path: BASE, summary: 'List roles', allows: VIEWERS, query: listQuery(roles), success: 200, answer: pageOf(role) },
  show: { method: 'GET', path: `${BASE}/:key`, summary: 'Show a role', allows: VIEWERS, params: keyParams, query: noQuery, success: 200, answer: role, etag: true },
  patch: { method: 'PATCH', path: `${BASE}/:key`, summary: 'Tune a role', allows: OPERATORS, params: keyParams, query: noQuery, body: rolePatch, success: 200, answer: role, etag: true, ifMatch: true },
});
