import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import {
  AccessRecords,
  type AccessRole,
  type AuditEntry,
  type AuditView,
  type KeptAnswer,
  type KeyClaim,
  type ListQuery,
  type Page,
  type Principal,
} from '#app';
import { idOf, type Refusal } from '#core';
import { readPage } from '../page/read-page.js';
import { rowsOf, statement, type Statement } from '../sql.js';
import { insertAudit } from './insert-audit.js';
import { AUDIT, toAudit, type AuditRow } from './shapes.js';

/**
 * A user's tokens have never more rights than the user has now, and none while it is locked. When a token was used is
 * written once a minute at the most: looking on is not worth a write for each request. A token that was made for one boot of
 * a node is nothing once the node has booted again.
 */
const PRINCIPAL = statement(
  'access.principal',
  `WITH found AS (
     SELECT t.id, t.name, t.role, t.user_id, t.node_id, t.run_id, t.last_used_at, u.name AS user_name, u.role AS user_role, n.name AS node_name
     FROM tokens t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN nodes n ON n.id = t.node_id
     WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now()) AND u.locked IS NOT TRUE
       AND (t.boot_session_id IS NULL OR t.boot_session_id = n.boot_session_id)
   ), touched AS (
     UPDATE tokens SET last_used_at = now() FROM found
     WHERE tokens.id = found.id AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
   )
   SELECT * FROM found`,
);

interface PrincipalRow {
  id: string;
  name: string;
  role: AccessRole;
  user_id: string | null;
  node_id: string | null;
  run_id: string | null;
  user_name: string | null;
  user_role: AccessRole | null;
  node_name: string | null;
}

const CLAIM_KEY = statement(
  'access.claim-key',
  `INSERT INTO idempotency_keys (actor, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
);
const FIND_KEY = statement(
  'access.find-key',
  `SELECT fingerprint, status, body, headers, extract(epoch FROM now() - created_at)::float8 * 1000 AS since_ms FROM idempotency_keys WHERE actor = $1 AND key = $2`,
);
const KEEP_ANSWER = statement(
  'access.keep-answer',
  `UPDATE idempotency_keys SET status = $3, body = $4, headers = $5 WHERE actor = $1 AND key = $2`,
);
const RELEASE_KEY = statement(
  'access.release-key',
  `DELETE FROM idempotency_keys WHERE actor = $1 AND key = $2 AND status IS NULL`,
);
const FORGET_KEYS = statement(
  'access.forget-keys',
  `DELETE FROM idempotency_keys WHERE created_at < now() - $1::float8 * interval '1 millisecond'`,
);
const FORGET_TOKENS = statement(
  'access.forget-tokens',
  `DELETE FROM tokens WHERE expires_at < now() - interval '1 day'`,
);

interface KeyRow {
  fingerprint: string;
  status: number | null;
  body: unknown;
  headers: Record<string, string> | null;
  since_ms: number;
}

const RANK: Record<AccessRole, number> = { node: 0, viewer: 1, operator: 2, admin: 3 };

export class PgAccessRecords extends AccessRecords {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async principalOf(hash: Uint8Array): Promise<Principal | null> {
    const [row] = await this.run<PrincipalRow>(PRINCIPAL, [hash]);
    if (!row) return null;
    const role = row.user_role && RANK[row.user_role] < RANK[row.role] ? row.user_role : row.role;
    return {
      actor: row.node_name ? `node:${row.node_name}` : (row.user_name ?? `token:${row.name}`),
      role,
      tokenId: idOf(row.id),
      userId: row.user_id === null ? null : idOf(row.user_id),
      nodeId: row.node_id === null ? null : idOf(row.node_id),
      runId: row.run_id === null ? null : idOf(row.run_id),
    };
  }

  override async audit(entry: AuditEntry): Promise<void> {
    await this.withClient((client) => insertAudit(client, entry));
  }

  override auditPage(query: ListQuery): Promise<Page<AuditView> | Refusal> {
    return this.withClient((client) => readPage<AuditRow, AuditView>(client, AUDIT, query, toAudit));
  }

  override async claimKey(actor: string, key: string, fingerprint: string): Promise<KeyClaim> {
    return this.withClient(async (client) => {
      const inserted = await client.query({
        name: CLAIM_KEY.name,
        text: CLAIM_KEY.text,
        values: [actor, key, fingerprint],
      });
      if (inserted.rowCount === 1) return { kind: 'ours' };
      const [row] = await rowsOf<KeyRow>(client, FIND_KEY, [actor, key]);
      // Released between the two statements: whoever had it had no effect, and the caller may come again.
      if (!row) return { kind: 'in-progress', sinceMs: 0 };
      if (row.fingerprint !== fingerprint) return { kind: 'mismatch' };
      if (row.status === null) return { kind: 'in-progress', sinceMs: row.since_ms };
      return { kind: 'answered', answer: { status: row.status, body: row.body, headers: row.headers ?? {} } };
    });
  }

  override async keepAnswer(actor: string, key: string, answer: KeptAnswer): Promise<void> {
    const body = answer.body === undefined ? null : JSON.stringify(answer.body);
    await this.run(KEEP_ANSWER, [actor, key, answer.status, body, JSON.stringify(answer.headers)]);
  }

  override async releaseKey(actor: string, key: string): Promise<void> {
    await this.run(RELEASE_KEY, [actor, key]);
  }

  override async forgetOld(ageMsMax: number): Promise<number> {
    return this.withClient(async (client) => {
      const keys = await client.query(FORGET_KEYS.text, [ageMsMax]);
      const tokens = await client.query(FORGET_TOKENS.text);
      return (keys.rowCount ?? 0) + (tokens.rowCount ?? 0);
    });
  }

  private run<Row>(sql: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.withClient((client) => rowsOf<Row>(client, sql, values));
  }

  private async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work((await runner.connect()) as PoolClient);
    } finally {
      await runner.release();
    }
  }
}
