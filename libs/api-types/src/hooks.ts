import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, routes } from './base/route.js';
import { count, id, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/**
 * Who wants to hear of events. A hook hears each event that its selector matches, in order, at least once. Administrators
 * alone see hooks: the address of a webhook is often all that one needs to speak in its name.
 */

const pattern = z.string().min(1).max(255);
const selector = z
  .strictObject({
    kind: pattern.optional(),
    node: pattern.optional(),
    role: pattern.optional(),
    deployment: pattern.optional(),
  })
  .meta({ id: 'HookSelector', description: 'A key that is absent matches; `node.*` matches all kinds of a subject.' });
const webhook = z
  .strictObject({ kind: z.literal('webhook'), url: z.string().min(1).max(2_000) })
  .meta({ id: 'Webhook' });

export const hook = z
  .object({
    id,
    name: z.string(),
    role: z.string().nullable().meta({ description: 'The role it comes with.' }),
    selector: z.object({
      kind: z.string().optional(),
      node: z.string().optional(),
      role: z.string().optional(),
      deployment: z.string().optional(),
    }),
    sink: z.object({
      kind: z.enum(['webhook', 'rerun', 'inproc']),
      url: z.string().optional(),
      name: z.string().optional(),
    }),
    signed: z.boolean().meta({ description: 'Whether its requests carry a signature.' }),
    deadline_ms: z.int(),
    position: z.int().meta({ description: 'The last event that was dealt with.' }),
    failures: count,
    retry_at: timestamp.nullable(),
    last_error: z.string(),
    active: z.boolean(),
    dead_letters: count.meta({ description: 'Events that it could not be told of.' }),
    version,
    created_at: timestamp,
  })
  .meta({ id: 'Hook' });

const deadline = z.int().min(100).max(300_000).meta({ description: 'Milliseconds that one delivery may take.' });
const signingKey = z
  .string()
  .min(16)
  .max(500)
  .meta({ writeOnly: true, description: 'Signs a webhook’s requests; never shown.' });

export const newHook = z
  .strictObject({
    name: z.string().min(1).max(127),
    selector: selector.optional(),
    sink: webhook,
    signing_key: signingKey.optional(),
    deadline_ms: deadline.optional(),
  })
  .meta({ id: 'NewHook' });
export const hookPatch = z
  .strictObject({
    selector: z
      .strictObject({
        kind: pattern.nullable().optional(),
        node: pattern.nullable().optional(),
        role: pattern.nullable().optional(),
        deployment: pattern.nullable().optional(),
      })
      .optional()
      .meta({ description: 'Merged into what it selects by; null takes a key away.' }),
    sink: webhook.optional(),
    signing_key: signingKey.nullable().optional().meta({ description: 'Null: requests are signed no more.' }),
    deadline_ms: deadline.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'HookPatch' });

export const hooks = listed({
  fields: { id: 'id', name: 'text', role: 'text', active: 'boolean', failures: 'number' },
  sorts: ['name', 'active', 'failures'],
});

export const deadLetter = z
  .object({
    event: z.int().meta({ description: 'The number of the event in the history.' }),
    kind: z.string().nullable(),
    at: timestamp.nullable().meta({ description: 'When it happened.' }),
    buried_at: timestamp,
    error: z.string().meta({ description: 'What came of the last try.' }),
    wanted: z.boolean().meta({ description: 'It is about to be told of once more.' }),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetters = listed({
  fields: { event: 'number', kind: 'text', buried_at: 'time', wanted: 'boolean' },
  sorts: ['event', 'buried_at'],
});

/** Letters that one request may name. */
const LETTERS_MAX = 1_000;

const BASE = `${API_BASE}/hooks`;

export const hookRoutes = routes('hooks', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List hooks',
    allows: ADMINS,
    query: listQuery(hooks),
    success: 200,
    answer: pageOf(hook),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a hook; it hears of what happens from now on',
    allows: ADMINS,
    query: noQuery,
    body: newHook,
    success: 201,
    answer: hook,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a hook',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: hook,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a hook',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: hookPatch,
    success: 200,
    answer: hook,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a hook that an operator made',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  deadLetters: {
    method: 'GET',
    path: `${BASE}/:key/dead_letters`,
    summary: 'List the events that a hook could not be told of',
    allows: ADMINS,
    params: keyParams,
    query: listQuery(deadLetters),
    success: 200,
    answer: pageOf(deadLetter),
  },
  retry: {
    method: 'PUT',
    path: `${BASE}/:key/dead_letters/retry`,
    summary: 'Tell a hook once more of what it could not be told of',
    says: 'All of it, or the events that are named. What it takes goes from the list; what fails again stays. They come after what it has heard since, with the same idempotency key.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({ events: z.array(z.int().min(1).max(Number.MAX_SAFE_INTEGER)).min(1).max(LETTERS_MAX).optional() })
      .meta({ id: 'RetryDeadLetters' }),
    bodyOptional: true,
    success: 202,
    answer: z.object({ wanted: z.int().meta({ description: 'How many are about to be told.' }) }),
  },
});
