import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { id, keyParams, NAME_LENGTH_MAX, noQuery, timestamp } from './base/scalars.js';
import { personRole, PASSWORD_LENGTH_MAX, user, userName, password } from './users.js';

/**
 * What automation and browsers show instead of a password. The secret is in the answer that makes a token and nowhere
 * else: the database holds its SHA-256, lists show its first characters.
 */

/** Longest life of a token that is asked for, in seconds: ten years. */
export const TOKEN_SECONDS_MAX = 315_360_000;

export const token = z
  .object({
    id,
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the secret, to recognise it by.' }),
    role: z.enum(['admin', 'operator', 'viewer', 'node']),
    user: z.string().nullable().meta({ description: 'Name of the user it belongs to.' }),
    node: z.string().nullable().meta({ description: 'Name of the node that it speaks for.' }),
    expires_at: timestamp.nullable(),
    last_used_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'Token' });

export const newToken = z
  .strictObject({
    name: z.string().regex(/^[^:\p{Cc}]{1,255}$/u),
    role: personRole.optional().meta({ description: 'Not above the caller’s own, which it is when absent.' }),
    expires_in_s: z
      .int()
      .min(1)
      .max(TOKEN_SECONDS_MAX)
      .optional()
      .meta({ description: 'Seconds from now; for ever when absent.' }),
    user: userName.optional().meta({ description: 'Administrators only: the user it shall belong to.' }),
    node: z.string().min(1).max(NAME_LENGTH_MAX).optional().meta({
      description: 'Administrators only: id or name of the node that it shall speak for; excludes `role` and `user`.',
    }),
  })
  .meta({ id: 'NewToken' });

export const madeToken = token
  .extend({
    secret: z
      .string()
      .nullable()
      .meta({ description: 'Shown once. Null when the answer is repeated for an Idempotency-Key.' }),
  })
  .meta({ id: 'MadeToken' });

export const tokens = listed({
  fields: {
    id: 'id',
    name: 'text',
    role: 'text',
    user: 'text',
    node: 'text',
    created_at: 'time',
    expires_at: 'time',
    last_used_at: 'time',
  },
  sorts: ['-created_at', 'name'],
});

export const session = z
  .object({
    actor: z.string(),
    role: z.enum(['admin', 'operator', 'viewer']),
    secret: z.string().meta({
      description:
        'A token for the header Authorization. A browser gets the same as a cookie that scripts cannot read.',
    }),
    expires_at: timestamp,
  })
  .meta({ id: 'Session' });

const BASE = `${API_BASE}/tokens`;

export const tokenRoutes = routes('tokens', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List tokens',
    says: 'One’s own; an administrator sees all.',
    allows: VIEWERS,
    query: listQuery(tokens),
    success: 200,
    answer: pageOf(token),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a token',
    allows: VIEWERS,
    query: noQuery,
    body: newToken,
    success: 201,
    answer: madeToken,
    shownOnce: 'secret',
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a token',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: token,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Revoke a token',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 204,
  },
});

export const sessionRoutes = routes('sessions', {
  create: {
    method: 'POST',
    path: `${API_BASE}/sessions`,
    summary: 'Log in',
    says: 'Each call makes a session of its own, whatever its Idempotency-Key. After some failures from one address or for one name the answer is 429 for a while.',
    allows: 'anyone',
    query: noQuery,
    body: z
      .strictObject({ name: userName, password: z.string().max(PASSWORD_LENGTH_MAX).meta({ writeOnly: true }) })
      .meta({ id: 'Login' }),
    success: 201,
    answer: session,
    problems: [401],
  },
  delete: {
    method: 'DELETE',
    path: `${API_BASE}/sessions/current`,
    summary: 'Log out',
    allows: VIEWERS,
    query: noQuery,
    success: 204,
  },
});

export const setupRoutes = routes('setup', {
  show: {
    method: 'GET',
    path: `${API_BASE}/setup`,
    summary: 'Whether the first administrator is still to be made',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    answer: z.object({ needed: z.boolean() }).meta({ id: 'Setup' }),
  },
  create: {
    method: 'POST',
    path: `${API_BASE}/setup`,
    summary: 'Make the first administrator',
    says: 'Asks for the one-time code that `anneal up` printed. Closed for ever once a user exists.',
    allows: 'anyone',
    query: noQuery,
    body: z
      .strictObject({ code: z.string().min(1).max(100), name: userName, password })
      .meta({ id: 'FirstAdministrator' }),
    success: 201,
    answer: user,
    problems: [401],
  },
});
