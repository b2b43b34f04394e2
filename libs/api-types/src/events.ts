import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { digits, flag, id, key, timestamp } from './base/scalars.js';

/** The history: facts in the order in which they became true, numbered without gaps. */

export const event = z
  .object({
    seq: z.int(),
    at: timestamp,
    kind: z.string().meta({ description: '`subject.what`, for example `node_role.active`.' }),
    node_role_id: id.nullable(),
    node_id: id.nullable(),
    deployment_id: id.nullable(),
    run_id: id.nullable(),
    actor: z.string(),
    data: z.unknown(),
  })
  .meta({ id: 'Event' });

export const events = listed({
  fields: {
    seq: 'number',
    at: 'time',
    kind: 'text',
    node_role_id: 'id',
    node_id: 'id',
    deployment_id: 'id',
    run_id: 'id',
    actor: 'text',
  },
  sorts: ['seq'],
});

const streamQuery = z.strictObject({
  after: digits
    .optional()
    .meta({ description: 'Begin after this number; from now on when absent. The header Last-Event-ID counts more.' }),
  kind: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'Kinds separated by commas; `node_role.*` stands for all of a subject.' }),
  node: key.optional(),
  deployment: key.optional(),
  node_role: key.optional(),
  unnamed: flag
    .optional()
    .meta({ description: 'Leave the field `event` out, so that a browser’s `onmessage` gets all of them.' }),
});

export const eventRoutes = routes('events', {
  list: {
    method: 'GET',
    path: `${API_BASE}/events`,
    summary: 'List events',
    allows: VIEWERS,
    query: listQuery(events),
    success: 200,
    answer: pageOf(event),
  },
  stream: {
    method: 'GET',
    path: `${API_BASE}/events/stream`,
    summary: 'Follow events',
    says:
      'Server-sent events: `id` is the sequence number, `event` the kind, `data` the event. A reader that was cut off says the last number it saw and ' +
      'misses nothing. When the history no longer goes back so far, or is another one, an event `resync` says so: read anew what you show, and go on from its id.',
    allows: VIEWERS,
    query: streamQuery,
    success: 200,
    produces: ['text/event-stream'],
    problems: [404],
  },
});
