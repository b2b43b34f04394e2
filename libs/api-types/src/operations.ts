import { z } from 'zod';
import { stateCounts } from './base/action.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { id, keyParams, noQuery, timestamp } from './base/scalars.js';

/** Long work that somebody asked for: an answer of 202 names one in its header Location. */

export const operation = z
  .object({
    id,
    kind: z.string().meta({ description: 'The route that began it, for example `deployments.commit`.' }),
    actor: z.string(),
    subject: z.string().meta({ description: 'Name of the deployment, node or noderole.' }),
    deployment_id: id.nullable(),
    node_id: id.nullable(),
    node_role_id: id.nullable(),
    state: z
      .enum(['running', 'succeeded', 'failed'])
      .meta({ description: '`failed`: something is in error and nothing moves any more without a person.' }),
    counts: stateCounts.meta({ description: 'Noderoles of the subject by state, now.' }),
    changed: z.int().meta({ description: 'Active ones among them that are to be run again.' }),
    after_seq: z.int().meta({ description: 'Events after this one tell of it.' }),
    started_at: timestamp,
    finished_at: timestamp.nullable(),
  })
  .meta({ id: 'Operation' });

export const operations = listed({
  fields: {
    id: 'id',
    kind: 'text',
    actor: 'text',
    deployment_id: 'id',
    node_id: 'id',
    node_role_id: 'id',
    outcome: 'text',
    started_at: 'time',
    finished_at: 'time',
  },
  sorts: ['-started_at', 'kind'],
});

const BASE = `${API_BASE}/operations`;

export const operationRoutes = routes('operations', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List operations, the newest first',
    allows: VIEWERS,
    query: listQuery(operations),
    success: 200,
    answer: pageOf(operation),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'How far an operation is',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: operation,
  },
});
