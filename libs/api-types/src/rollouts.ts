import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Commits that let their work go in waves of nodes. */

export const rollout = z
  .object({
    id,
    deployment: z.string(),
    deployment_id: id,
    snapshot: z.int().nullable().meta({ description: 'Number of the commit.' }),
    wave_size: z.int(),
    pause_ms: z.int(),
    stop_failed_percent: z.int().nullable(),
    state: z.enum(['running', 'paused', 'stopped', 'done']),
    wave: z.int().meta({ description: 'The wave that was let go last.' }),
    waves: z.int(),
    wave_ended_at: timestamp.nullable(),
    reason: z.string(),
    created_by: z.string(),
    created_at: timestamp,
    version,
  })
  .meta({ id: 'Rollout' });

export const rollouts = listed({
  fields: { id: 'id', deployment: 'text', deployment_id: 'id', state: 'text', created_at: 'time' },
  sorts: ['-created_at'],
});

const BASE = `${API_BASE}/rollouts`;
const steering = z
  .strictObject({
    reason: z.string().max(500).optional().meta({ description: 'Kept with the rollout, for those who wonder.' }),
  })
  .meta({ id: 'Steering' });

const steer = (verb: string, summary: string) =>
  ({
    method: 'PUT',
    path: `${BASE}/:key/${verb}`,
    summary,
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: steering,
    bodyOptional: true,
    success: 200,
    answer: rollout,
    etag: true,
    ifMatch: 'optional',
  }) as const;

export const rolloutRoutes = routes('rollouts', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List rollouts, the newest first',
    allows: VIEWERS,
    query: listQuery(rollouts),
    success: 200,
    answer: pageOf(rollout),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a rollout',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: rollout,
    etag: true,
  },
  pause: steer('pause', 'Let no further wave go until it is resumed'),
  resume: steer('resume', 'Go on with a rollout that was paused or stopped'),
  stop: steer('stop', 'End a rollout; what was not let go stays held'),
  finish: steer('finish', 'Let everything go at once that a rollout still keeps back'),
});
