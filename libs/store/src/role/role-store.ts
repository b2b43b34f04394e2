import type { PoolClient } from 'pg';
import { hideSecrets, isId, type ListQuery, type NamedRole, type Page, type RoleStore, type RoleView } from '#app';
import {
  idOf,
  type JsonObject,
  type OnError,
  type OnRerunFailure,
  type Refusal,
  type RoleFlag,
  type RoleId,
  type RoleScope,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';

const named = (
  kind: string,
): string => `(SELECT coalesce(jsonb_agg(jsonb_build_object('name', q.requires, 'resolved', q.required_id IS NOT NULL) ORDER BY q.requires), '[]')
   FROM role_requires q WHERE q.role_id = r.id AND q.kind = '${kind}')`;

const SELECT = `r.id, r.name, r.description, b.name AS barclamp, r.jig, r.flags, r.provides, r.conflicts, r.cohort, r.priority,
  r.template, r.on_error, r.on_rerun_failure, r.scope, r.retry, r.timeout_ms, r.notes, r.documentation, r.retired, r.version, r.created_at, r.updated_at,
  ${named('requires')} AS requires, ${named('attaches')} AS attaches, ${named('precedes')} AS precedes,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('attrib', w.attrib, 'at', w.at) ORDER BY w.attrib), '[]') FROM role_wants w WHERE w.role_id = r.id) AS wants,
  ARRAY(SELECT f->>'path' FROM jsonb_array_elements(r.files) f) AS files,
  ARRAY(SELECT a.map FROM attribs a WHERE a.role_id = r.id AND a.secret) AS secrets`;

const FROM = 'FROM roles r LEFT JOIN barclamps b ON b.id = r.barclamp_id';

const SHAPE: ListShape = {
  things: 'roles',
  select: SELECT,
  from: FROM,
  id: 'r.id',
  fields: {
    id: { sql: 'r.id', type: 'uuid' },
    name: { sql: 'r.name', type: 'text' },
    barclamp: { sql: 'b.name', type: 'text', nullable: true },
    jig: { sql: 'r.jig', type: 'text' },
    flags: { sql: 'r.flags', type: 'texts' },
    provides: { sql: 'r.provides', type: 'texts' },
    cohort: { sql: 'r.cohort', type: 'number' },
    priority: { sql: 'r.priority', type: 'number' },
    retired: { sql: 'r.retired', type: 'boolean' },
    updated_at: { sql: 'r.updated_at', type: 'time' },
  },
  sort: [{ field: 'name' }],
};

interface ViewRow {
  id: string;
  name: string;
  description: string;
  barclamp: string | null;
  jig: string;
  flags: RoleFlag[];
  provides: string[];
  conflicts: string[];
  requires: NamedRole[];
  attaches: NamedRole[];
  precedes: NamedRole[];
  wants: { attrib: string; at: string | null }[];
  cohort: number;
  priority: number;
  template: JsonObject;
  on_error: OnError;
  on_rerun_failure: OnRerunFailure;
  scope: RoleScope;
  retry: { max: number; backoff_ms: number; exit_codes?: number[] } | null;
  timeout_ms: string | null;
  files: string[];
  secrets: string[];
  notes: JsonObject;
  documentation: string;
  retired: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

const toView = (row: ViewRow): RoleView => ({
  id: idOf(row.id),
  name: row.name,
  description: row.description,
  barclamp: row.barclamp,
  jig: row.jig,
  flags: row.flags,
  provides: row.provides,
  conflicts: row.conflicts,
  requires: row.requires,
  attaches: row.attaches,
  precedes: row.precedes,
  wants: row.wants,
  cohort: row.cohort,
  priority: row.priority,
  template: hideSecrets(row.template, row.secrets),
  onError: row.on_error,
  onRerunFailure: row.on_rerun_failure,
  scope: row.scope,
  retry: row.retry && { max: row.retry.max, backoffMs: row.retry.backoff_ms, exitCodes: row.retry.exit_codes ?? [] },
  timeoutMs: row.timeout_ms === null ? null : Number(row.timeout_ms),
  files: row.files,
  notes: row.notes,
  documentation: row.documentation,
  retired: row.retired,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export class PgRoleStore implements RoleStore {
  constructor(private readonly client: PoolClient) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<RoleView | null> {
    const { rows } = await this.client.query<ViewRow>(
      // Whoever binds the role only needs it to stay there.
      `SELECT ${SELECT} ${FROM} WHERE ${isId(key) ? 'r.id' : 'r.name'} = $1 ${options.lock ? 'FOR NO KEY UPDATE OF r' : ''}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<RoleView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async flagged(flag: RoleFlag): Promise<{ id: RoleId; name: string }[]> {
    const { rows } = await this.client.query<{ id: RoleId; name: string }>(
      `SELECT id, name FROM roles WHERE $1 = ANY(flags) AND NOT retired ORDER BY cohort, name`,
      [flag],
    );
    return rows;
  }

  async files(id: RoleId): Promise<readonly { path: string; content: string }[]> {
    const { rows } = await this.client.query<{ files: { path: string; content: string }[] }>(
      `SELECT files FROM roles WHERE id = $1`,
      [id],
    );
    return rows[0]?.files ?? [];
  }

  async setTemplate(id: RoleId, template: JsonObject): Promise<void> {
    await this.client.query(`UPDATE roles SET template = $2, version = version + 1, updated_at = now() WHERE id = $1`, [
      id,
      JSON.stringify(template),
    ]);
  }

  async setNotes(id: RoleId, notes: JsonObject): Promise<void> {
    await this.client.query(`UPDATE roles SET notes = $2, version = version + 1, updated_at = now() WHERE id = $1`, [
      id,
      JSON.stringify(notes),
    ]);
  }
}
