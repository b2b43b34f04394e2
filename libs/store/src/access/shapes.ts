import { idOf, type JsonObject } from '#core';
import type { AccessRole, AuditView, PersonRole, TokenView, UserRecord, UserView } from '#app';
import type { ListShape } from '../page/read-page.js';

/** Rows of the access tables, how they are listed, and how they cross the border. */

export const USER_COLUMNS = `u.id, u.name, u.display, u.role, u.locked, (u.password_hash IS NOT NULL AND NOT u.locked) AS can_log_in, u.version, u.created_at, u.updated_at`;

export interface UserRow {
  id: string;
  name: string;
  display: string;
  role: PersonRole;
  locked: boolean;
  can_log_in: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

export const toUser = (row: UserRow): UserView => ({
  id: idOf(row.id),
  name: row.name,
  display: row.display,
  role: row.role,
  locked: row.locked,
  canLogIn: row.can_log_in,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const toUserRecord = (row: UserRow & { password_hash: string | null }): UserRecord => ({
  ...toUser(row),
  passwordHash: row.password_hash,
});

export const USERS: ListShape = {
  things: 'users',
  select: USER_COLUMNS,
  from: 'FROM users u',
  id: 'u.id',
  fields: {
    id: { sql: 'u.id', type: 'uuid' },
    name: { sql: 'u.name', type: 'text' },
    display: { sql: 'u.display', type: 'text' },
    role: { sql: 'u.role', type: 'text' },
    locked: { sql: 'u.locked', type: 'boolean' },
    created_at: { sql: 'u.created_at', type: 'time' },
    updated_at: { sql: 'u.updated_at', type: 'time' },
  },
  sort: [{ field: 'name' }],
};

export const TOKEN_COLUMNS = `t.id, t.name, t.prefix, t.role, t.user_id, u.name AS user_name, n.name AS node_name, t.expires_at, t.last_used_at, t.created_at`;
export const TOKEN_FROM = `FROM tokens t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN nodes n ON n.id = t.node_id`;

export interface TokenRow {
  id: string;
  name: string;
  prefix: string;
  role: AccessRole;
  user_id: string | null;
  user_name: string | null;
  node_name: string | null;
  expires_at: Date | null;
  last_used_at: Date | null;
  created_at: Date;
}

export const toToken = (row: TokenRow): TokenView => ({
  id: idOf(row.id),
  name: row.name,
  prefix: row.prefix,
  role: row.role,
  userId: row.user_id === null ? null : idOf(row.user_id),
  user: row.user_name,
  node: row.node_name,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  createdAt: row.created_at,
});

export const TOKENS: ListShape = {
  things: 'tokens',
  select: TOKEN_COLUMNS,
  from: TOKEN_FROM,
  id: 't.id',
  fields: {
    id: { sql: 't.id', type: 'uuid' },
    name: { sql: 't.name', type: 'text' },
    role: { sql: 't.role', type: 'text' },
    user: { sql: 'u.name', type: 'text', nullable: true },
    node: { sql: 'n.name', type: 'text', nullable: true },
    created_at: { sql: 't.created_at', type: 'time' },
    expires_at: { sql: 't.expires_at', type: 'time', nullable: true },
    last_used_at: { sql: 't.last_used_at', type: 'time', nullable: true },
  },
  sort: [{ field: 'created_at', descending: true }],
};

export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  status: number;
  request: string;
  detail: JsonObject | null;
}

export const toAudit = (row: AuditRow): AuditView => ({ ...row, id: Number(row.id) });

export const AUDIT: ListShape = {
  things: 'audit rows',
  select: 'a.id, a.at, a.actor, a.action, a.subject, a.status, a.request, a.detail',
  from: 'FROM audit a',
  // The last key of an order is read as a UUID: the number is dressed as one, digits stay in their order.
  id: `lpad(a.id::text, 32, '0')::uuid`,
  fields: {
    id: { sql: 'a.id', type: 'whole' },
    at: { sql: 'a.at', type: 'time' },
    actor: { sql: 'a.actor', type: 'text' },
    action: { sql: 'a.action', type: 'text' },
    subject: { sql: 'a.subject', type: 'text' },
    status: { sql: 'a.status', type: 'number' },
    request: { sql: 'a.request', type: 'text' },
  },
  sort: [{ field: 'id', descending: true }],
};
