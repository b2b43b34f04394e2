import { z } from 'zod';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { keyParams, noQuery, version } from './base/scalars.js';

/** What carries runs out: shell scripts over SSH, a node's own report, nothing at all, … */

export const jig = z
  .object({
    name: z.string(),
    description: z.string(),
    active: z.boolean(),
    client_role: z.string().nullable(),
    version,
  })
  .meta({ id: 'Jig' });

export const jigPatch = z.strictObject({ active: z.boolean() }).meta({ id: 'JigPatch' });

const BASE = `${API_BASE}/jigs`;

export const jigRoutes = routes('jigs', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List jigs',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(jig) }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a jig',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: jig,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Switch a jig on or off',
    says: 'Roles of a jig that is off cannot be bound.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: jigPatch,
    success: 200,
    answer: jig,
    etag: true,
    ifMatch: true,
  },
});
