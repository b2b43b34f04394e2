import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { id, keyParams, NAME_LENGTH_MAX, noQuery, timestamp, version } from './base/scalars.js';

/** People. A password is written and never read; a user without one cannot log in and works with tokens only. */

/** Shortest password, in characters (NIST SP 800-63B asks for length, not for kinds of characters). */
export const PASSWORD_LENGTH_MIN = 12;
/** Longest password: argon2id takes any length, an attacker's megabyte costs us. */
export const PASSWORD_LENGTH_MAX = 256;

export const userName = z.string().regex(/^[A-Za-z0-9][-_.@A-Za-z0-9]{0,62}$/);
export const password = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX).meta({ writeOnly: true });
export const personRole = z.enum(['admin', 'operator', 'viewer']);

export const user = z
  .object({
    id,
    name: z.string(),
    display: z.string(),
    role: personRole,
    locked: z.boolean(),
    can_log_in: z.boolean().meta({ description: 'Whether it has a password and is not locked.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof user>;

export const newUser = z
  .strictObject({
    name: userName,
    display: z.string().max(NAME_LENGTH_MAX).default(''),
    role: personRole,
    password: password.optional(),
  })
  .meta({ id: 'NewUser' });

export const userPatch = z
  .strictObject({
    display: z.string().max(NAME_LENGTH_MAX).optional(),
    role: personRole.optional(),
    locked: z.boolean().optional(),
  })
  .meta({ id: 'UserPatch' });

export const newPassword = z
  .strictObject({
    password,
    current: z
      .string()
      .max(PASSWORD_LENGTH_MAX)
      .meta({ writeOnly: true })
      .optional()
      .meta({ description: 'Needed to change one’s own.' }),
  })
  .meta({ id: 'NewPassword' });

export const users = listed({
  fields: {
    id: 'id',
    name: 'text',
    display: 'text',
    role: 'text',
    locked: 'boolean',
    created_at: 'time',
    updated_at: 'time',
  },
  sorts: ['name', 'created_at'],
});

const BASE = `${API_BASE}/users`;

export const userRoutes = routes('users', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List users',
    allows: ADMINS,
    query: listQuery(users),
    success: 200,
    answer: pageOf(user),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Add a user',
    allows: ADMINS,
    query: noQuery,
    body: newUser,
    success: 201,
    answer: user,
    etag: true,
  },
  self: {
    method: 'GET',
    path: `${API_BASE}/self`,
    summary: 'Who the caller is',
    allows: [...VIEWERS, 'node'],
    query: noQuery,
    success: 200,
    answer: z
      .object({
        actor: z.string(),
        role: z.enum(['admin', 'operator', 'viewer', 'node']),
        user: user.nullable(),
        node: z.string().nullable(),
      })
      .meta({ id: 'Self' }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a user',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: user,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a user',
    says: 'The last administrator who can log in stays one.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: userPatch,
    success: 200,
    answer: user,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a user and its tokens',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  password: {
    method: 'PUT',
    path: `${BASE}/:key/password`,
    summary: 'Set a password',
    says: 'Everybody may change their own and says the current one; an administrator may set any. All sessions of the user end.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    body: newPassword,
    success: 204,
  },
});
