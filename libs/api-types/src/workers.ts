import { z } from 'zod';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { count, id, keyParams, noQuery, timestamp } from './base/scalars.js';

/** The processes that carry runs out, and the loops that turn in them. */

const ms = z.number().min(0).meta({ description: 'Milliseconds.' });

export const workerLoop = z
  .object({
    name: z.string(),
    period_ms: ms.meta({ description: 'How often it turns when nobody nudges it, in milliseconds.' }),
    turn_since: timestamp.nullable().meta({ description: 'Since when it works on a turn; null between two of them.' }),
    last_ended_at: timestamp.nullable().meta({ description: 'When its last turn ended; null before the first.' }),
    last_took_ms: ms.nullable(),
    failures: count.meta({ description: 'How many turns in a row have failed.' }),
    last_error: z.string().nullable().meta({ description: 'Why the last turn failed; null when it went well.' }),
  })
  .meta({ id: 'WorkerLoop' });

export const workerQueue = z
  .object({
    backend: z.enum(['redis', 'postgresql', 'memory']),
    answers: z.boolean(),
    waiting: count
      .nullable()
      .meta({ description: 'Envelopes that nobody has taken yet; null while it does not answer.' }),
    asked_at: timestamp,
  })
  .meta({ id: 'WorkerQueue' });

export const worker = z
  .object({
    id,
    name: z.string().meta({ description: 'As runs name it: `host:pid`.' }),
    host: z.string(),
    pid: z.int(),
    state: z.enum(['live', 'silent']).meta({
      description: '`silent`: nothing was heard of it for so long that its runs are given to others.',
    }),
    leads: z
      .boolean()
      .meta({ description: 'Whether it is the one that plans runs and turns the loops of the leader.' }),
    runs: count.meta({ description: 'Runs that it carries out now.' }),
    queue: workerQueue.nullable().meta({ description: 'As this worker sees it; null before it has asked.' }),
    loops: z.array(workerLoop).meta({ description: 'The loops that turn in it. Moments are by its own clock.' }),
    started_at: timestamp,
    heartbeat_at: timestamp,
  })
  .meta({ id: 'Worker' });

const BASE = `${API_BASE}/workers`;

export const workerRoutes = routes('workers', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List the workers, with their loops and the queue',
    says: 'As each told of itself within the last second. One that was stopped is not listed; one that vanished is, as silent, for an hour.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(worker), next: z.null() }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a worker',
    says: 'The key is its id, or its name `host:pid`.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: worker,
  },
});
