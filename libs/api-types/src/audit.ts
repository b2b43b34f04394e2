import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, routes } from './base/route.js';
import { timestamp } from './base/scalars.js';

/** Who asked for which change, when, and what came of it: a row for each request that was not a reading. */

export const auditRow = z
  .object({
    id: z.int(),
    at: timestamp,
    actor: z.string(),
    action: z.string().meta({ description: 'The route’s name, for example `deployments.commit`.' }),
    subject: z.string(),
    status: z.int(),
    request: z.string().meta({ description: 'The request’s trace id.' }),
    detail: z.unknown(),
  })
  .meta({ id: 'AuditRow' });

export const audit = listed({
  fields: {
    id: 'number',
    at: 'time',
    actor: 'text',
    action: 'text',
    subject: 'text',
    status: 'number',
    request: 'text',
  },
  sorts: ['-id'],
});

export const auditRoutes = routes('audit', {
  list: {
    method: 'GET',
    path: `${API_BASE}/audit`,
    summary: 'List requests for changes, the newest first',
    allows: ADMINS,
    query: listQuery(audit),
    success: 200,
    answer: pageOf(auditRow),
  },
});
