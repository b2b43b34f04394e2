import type { PoolClient } from 'pg';
import {
  type AuditEntry,
  isId,
  type AccessStore,
  type ListQuery,
  type NewTokenRecord,
  type NewUserRecord,
  type Page,
  type TokenId,
  type TokenView,
  type UserChanges,
  type UserId,
  type UserRecord,
  type UserView,
} from '#app';
import { idOf, type Refusal } from '#core';
import { readPage } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';
import { insertAudit } from './insert-audit.js';
import {
  toToken,
  toUser,
  toUserRecord,
  TOKEN_COLUMNS,
  TOKEN_FROM,
  TOKENS,
  USER_COLUMNS,
  USERS,
  type TokenRow,
  type UserRow,
} from './shapes.js';

const USER_BY_KEY = `u.id = (CASE WHEN $2 THEN $1 END)::uuid OR (NOT $2 AND lower(u.name) = lower($1))`;
const USER = statement('access.user', `SELECT ${USER_COLUMNS} FROM users u WHERE ${USER_BY_KEY}`);
const LOCK_USER = statement(
  'access.lock-user',
  `SELECT ${USER_COLUMNS}, u.password_hash FROM users u WHERE ${USER_BY_KEY} FOR UPDATE`,
);
const ANY_USER = statement('access.any-user', `SELECT EXISTS (SELECT 1 FROM users) AS any`);
const LOCK_ADMINISTRATORS = statement(
  'access.lock-administrators',
  `SELECT id FROM users WHERE role = 'admin' AND NOT locked AND password_hash IS NOT NULL ORDER BY id FOR UPDATE`,
);
const INSERT_USER = statement(
  'access.insert-user',
  `INSERT INTO users (id, name, display, role, password_hash) VALUES ($1, $2, $3, $4, $5)`,
);
const UPDATE_USER = statement(
  'access.update-user',
  `UPDATE users SET display = coalesce($2, display), role = coalesce($3, role), locked = coalesce($4, locked),
     password_hash = coalesce($5, password_hash), version = version + 1, updated_at = now() WHERE id = $1`,
);
const DELETE_USER = statement('access.delete-user', `DELETE FROM users WHERE id = $1`);

const TOKEN = statement(
  'access.token',
  `SELECT ${TOKEN_COLUMNS} ${TOKEN_FROM}
   WHERE (t.id = (CASE WHEN $2 THEN $1 END)::uuid OR (NOT $2 AND t.name = $1)) AND ($3::uuid IS NULL OR t.user_id = $3) LIMIT 2`,
);
const INSERT_TOKEN = statement(
  'access.insert-token',
  `INSERT INTO tokens (id, name, hash, prefix, role, user_id, node_id, run_id, expires_at, boot_session_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::float8 * interval '1 second', $10)`,
);
const DELETE_TOKEN = statement('access.delete-token', `DELETE FROM tokens WHERE id = $1`);
const END_SESSIONS = statement('access.end-sessions', `DELETE FROM tokens WHERE user_id = $1 AND name = 'session:'`);

const SETUP_CODE = statement('access.setup-code', `SELECT digest FROM setup_code FOR UPDATE`);
const PUT_SETUP_CODE = statement(
  'access.put-setup-code',
  `INSERT INTO setup_code (digest) VALUES ($1) ON CONFLICT (one) DO UPDATE SET digest = $1`,
);
const DROP_SETUP_CODE = statement('access.drop-setup-code', `DELETE FROM setup_code`);

export class PgAccessStore implements AccessStore {
  constructor(private readonly client: PoolClient) {}

  users(query: ListQuery): Promise<Page<UserView> | Refusal> {
    return readPage<UserRow, UserView>(this.client, USERS, query, toUser);
  }

  async user(key: string): Promise<UserView | null> {
    const [row] = await rowsOf<UserRow>(this.client, USER, [key, isId(key)]);
    return row ? toUser(row) : null;
  }

  async lockUser(key: string): Promise<UserRecord | null> {
    const [row] = await rowsOf<UserRow & { password_hash: string | null }>(this.client, LOCK_USER, [key, isId(key)]);
    return row ? toUserRecord(row) : null;
  }

  async anyUser(): Promise<boolean> {
    const [row] = await rowsOf<{ any: boolean }>(this.client, ANY_USER, []);
    return row?.any ?? false;
  }

  async lockAdministrators(): Promise<UserId[]> {
    return (await rowsOf<{ id: string }>(this.client, LOCK_ADMINISTRATORS, [])).map(({ id }) => idOf(id));
  }

  async insertUser(user: NewUserRecord): Promise<void> {
    await rowsOf(this.client, INSERT_USER, [user.id, user.name, user.display, user.role, user.passwordHash]);
  }

  async updateUser(id: UserId, changes: UserChanges): Promise<void> {
    await rowsOf(this.client, UPDATE_USER, [
      id,
      changes.display ?? null,
      changes.role ?? null,
      changes.locked ?? null,
      changes.passwordHash ?? null,
    ]);
  }

  async deleteUser(id: UserId): Promise<void> {
    await rowsOf(this.client, DELETE_USER, [id]);
  }

  tokens(query: ListQuery, ownedBy: UserId | null): Promise<Page<TokenView> | Refusal> {
    const scope =
      ownedBy === null
        ? undefined
        : (parameters: { add(value: unknown): string }) => `t.user_id = ${parameters.add(ownedBy)}`;
    return readPage<TokenRow, TokenView>(this.client, TOKENS, query, toToken, scope);
  }

  async token(key: string, ownedBy: UserId | null): Promise<TokenView | null> {
    const rows = await rowsOf<TokenRow>(this.client, TOKEN, [key, isId(key), ownedBy]);
    return rows.length === 1 ? toToken(rows[0]!) : null;
  }

  async insertToken(token: NewTokenRecord): Promise<void> {
    await rowsOf(this.client, INSERT_TOKEN, [
      token.id,
      token.name,
      token.hash,
      token.prefix,
      token.role,
      token.userId,
      token.nodeId,
      token.runId,
      token.expiresInS,
      token.bootSessionId ?? null,
    ]);
  }

  async deleteToken(id: TokenId): Promise<void> {
    await rowsOf(this.client, DELETE_TOKEN, [id]);
  }

  async endSessions(userId: UserId): Promise<void> {
    await rowsOf(this.client, END_SESSIONS, [userId]);
  }

  async setupCode(): Promise<string | null> {
    const [row] = await rowsOf<{ digest: string }>(this.client, SETUP_CODE, []);
    return row?.digest ?? null;
  }

  async putSetupCode(digest: string | null): Promise<void> {
    if (digest === null) await rowsOf(this.client, DROP_SETUP_CODE, []);
    else await rowsOf(this.client, PUT_SETUP_CODE, [digest]);
  }

  audit(entry: AuditEntry): Promise<void> {
    return insertAudit(this.client, entry);
  }
}
