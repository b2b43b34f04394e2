import type { PoolClient } from 'pg';
import {
  isId,
  type DeadLetter,
  type DueHook,
  type HookChange,
  type HookEvent,
  type HookId,
  type HookSink,
  type HookStore,
  type HookView,
  type ListQuery,
  type NewHook,
  type Page,
  type WantedLetter,
} from '#app';
import { idOf, type HookSelector, type Json, type NodeRoleId, type Refusal, type RoleId } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';

const SELECT = `h.id, h.name, h.role_id, ro.name AS role, h.selector, h.sink, h.deadline_ms, h.position, h.failures, h.retry_at, h.last_error,
  h.active, h.version, h.created_at, h.signing_key IS NOT NULL AS signed, (SELECT count(*)::int FROM hook_dead_letters l WHERE l.hook_id = h.id) AS dead_letters`;
const FROM = 'FROM hooks h LEFT JOIN roles ro ON ro.id = h.role_id';

const SHAPE: ListShape = {
  things: 'hooks',
  select: SELECT,
  from: FROM,
  id: 'h.id',
  fields: {
    id: { sql: 'h.id', type: 'uuid' },
    name: { sql: 'h.name', type: 'text' },
    role: { sql: 'ro.name', type: 'text', nullable: true },
    active: { sql: 'h.active', type: 'boolean' },
    failures: { sql: 'h.failures', type: 'number' },
  },
  sort: [{ field: 'name' }],
};

interface Row {
  id: string;
  name: string;
  role_id: string | null;
  role: string | null;
  selector: HookSelector;
  sink: HookSink;
  signed: boolean;
  deadline_ms: number;
  position: string;
  failures: number;
  retry_at: Date | null;
  last_error: string;
  active: boolean;
  version: string;
  created_at: Date;
  dead_letters: number;
  signing_key?: string | null;
}

const toView = (row: Row): HookView => ({
  id: idOf(row.id),
  name: row.name,
  roleId: row.role_id === null ? null : idOf(row.role_id),
  role: row.role,
  selector: row.selector,
  sink: row.sink,
  signed: row.signed,
  deadlineMs: row.deadline_ms,
  position: Number(row.position),
  failures: row.failures,
  retryAt: row.retry_at,
  lastError: row.last_error,
  active: row.active,
  deadLetters: row.dead_letters,
  version: Number(row.version),
  createdAt: row.created_at,
});

interface EventRow {
  seq: string;
  at: Date;
  kind: string;
  node_role_id: string | null;
  node_id: string | null;
  node: string | null;
  role_id: string | null;
  role: string | null;
  deployment_id: string | null;
  deployment: string | null;
  run_id: string | null;
  actor: string;
  data: Json;
}

const toEvent = (row: EventRow): HookEvent => ({
  seq: Number(row.seq),
  at: row.at,
  kind: row.kind,
  nodeRoleId: row.node_role_id === null ? null : idOf(row.node_role_id),
  nodeId: row.node_id,
  node: row.node,
  roleId: row.role_id,
  role: row.role,
  deploymentId: row.deployment_id,
  deployment: row.deployment,
  runId: row.run_id,
  actor: row.actor,
  data: row.data,
});

const LETTERS: ListShape = {
  things: 'dead letters',
  select: `l.seq, l.at, l.error, l.wanted, l.event ->> 'kind' AS kind, l.event ->> 'at' AS happened_at`,
  from: 'FROM hook_dead_letters l',
  // The last key of an order is read as a UUID: the number is dressed as one, digits stay in their order.
  id: `lpad(l.seq::text, 32, '0')::uuid`,
  fields: {
    event: { sql: 'l.seq', type: 'whole' },
    kind: { sql: `l.event ->> 'kind'`, type: 'text', nullable: true },
    buried_at: { sql: 'l.at', type: 'time' },
    wanted: { sql: 'l.wanted', type: 'boolean' },
  },
  sort: [{ field: 'event' }],
};

interface LetterRow {
  seq: string;
  at: Date;
  error: string;
  wanted: boolean;
  kind: string | null;
  happened_at: string | null;
}

const toLetter = (row: LetterRow): DeadLetter => ({
  seq: Number(row.seq),
  kind: row.kind,
  at: row.happened_at === null ? null : new Date(row.happened_at),
  buriedAt: row.at,
  error: row.error,
  wanted: row.wanted,
});

/** A selector's pattern as LIKE reads it: only a star at the end stands for anything. */
const patternOf = (kind: string): string => {
  const escaped = kind.replace(/[\\%_]/g, '\\$&');
  return escaped.endsWith('*') ? `${escaped.slice(0, -1)}%` : escaped;
};

export class PgHookStore implements HookStore {
  constructor(private readonly client: PoolClient) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<HookView | null> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} ${FROM} WHERE ${isId(key) ? 'h.id = $1::uuid' : 'h.name = $1'} ${options.lock ? 'FOR UPDATE OF h' : ''}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<HookView> | Refusal> {
    return readPage<Row, HookView>(this.client, SHAPE, query, toView);
  }

  async insert(hook: NewHook): Promise<boolean> {
    const { rowCount } = await this.client.query(
      `INSERT INTO hooks (id, name, role_id, selector, sink, signing_key, deadline_ms, position)
       SELECT $1, $2, $3, $4, $5, $6, $7, last FROM event_counter ON CONFLICT (name) DO NOTHING`,
      [
        hook.id,
        hook.name,
        hook.roleId,
        JSON.stringify(hook.selector),
        JSON.stringify(hook.sink),
        hook.signingKey,
        hook.deadlineMs,
      ],
    );
    return rowCount === 1;
  }

  async update(id: HookId, change: HookChange): Promise<void> {
    await this.client.query(
      `UPDATE hooks SET selector = coalesce($2, selector), sink = coalesce($3, sink), deadline_ms = coalesce($4, deadline_ms), active = coalesce($5, active),
         signing_key = CASE WHEN $6 THEN $7 ELSE signing_key END, failures = 0, retry_at = NULL, version = version + 1 WHERE id = $1`,
      [
        id,
        change.selector ? JSON.stringify(change.selector) : null,
        change.sink ? JSON.stringify(change.sink) : null,
        change.deadlineMs ?? null,
        change.active ?? null,
        'signingKey' in change,
        change.signingKey ?? null,
      ],
    );
  }

  async delete(id: HookId): Promise<void> {
    await this.client.query(`DELETE FROM hooks WHERE id = $1`, [id]);
  }

  async due(): Promise<DueHook[]> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT}, h.signing_key ${FROM} WHERE h.active AND h.position < (SELECT last FROM event_counter)
       AND (h.retry_at IS NULL OR h.retry_at <= clock_timestamp()) ORDER BY h.id`,
    );
    return rows.map((row) => ({ ...toView(row), signingKey: row.signing_key ?? null }));
  }

  async eventsAfter(position: number, limit: number, kind = '*'): Promise<{ events: HookEvent[]; heard: number }> {
    const counter = await this.client.query<{ last: string }>(`SELECT last FROM event_counter`);
    const last = Number(counter.rows[0]?.last ?? 0);
    const { rows } = await this.client.query<EventRow>(
      `SELECT e.seq, e.at, e.kind, e.node_role_id, e.node_id, n.name AS node, nr.role_id, ro.name AS role, e.deployment_id, d.name AS deployment,
              e.run_id, e.actor, e.data
       FROM events e LEFT JOIN node_roles nr ON nr.id = e.node_role_id LEFT JOIN roles ro ON ro.id = nr.role_id
       LEFT JOIN nodes n ON n.id = e.node_id LEFT JOIN deployments d ON d.id = e.deployment_id
       WHERE e.seq > $1 AND e.seq <= $3 AND e.kind LIKE $4 ORDER BY e.seq LIMIT $2`,
      [position, limit, last, patternOf(kind)],
    );
    return { events: rows.map(toEvent), heard: rows.length < limit ? last : Number(rows.at(-1)?.seq) };
  }

  async advance(id: HookId, position: number): Promise<void> {
    await this.client.query(
      `UPDATE hooks SET position = greatest(position, $2), failures = 0, retry_at = NULL, last_error = '' WHERE id = $1`,
      [id, position],
    );
  }

  async fail(
    id: HookId,
    failure: { readonly position: number; readonly error: string; readonly retryInMs: number },
  ): Promise<void> {
    await this.client.query(
      `UPDATE hooks SET failures = CASE WHEN position < $2 THEN 1 ELSE failures + 1 END, position = greatest(position, $2), last_error = left($3, 1000),
         retry_at = clock_timestamp() + $4 * interval '1 ms' WHERE id = $1`,
      [id, failure.position, failure.error, failure.retryInMs],
    );
  }

  async bury(id: HookId, event: HookEvent, error: string): Promise<void> {
    await this.client.query(
      `INSERT INTO hook_dead_letters (hook_id, seq, error, event) VALUES ($1, $2, left($3, 1000), $4)
       ON CONFLICT (hook_id, seq) DO UPDATE SET error = excluded.error, wanted = false`,
      [id, event.seq, error, JSON.stringify(event)],
    );
  }

  async unbury(id: HookId, seq: number): Promise<void> {
    await this.client.query(`DELETE FROM hook_dead_letters WHERE hook_id = $1 AND seq = $2`, [id, seq]);
  }

  letters(id: HookId, query: ListQuery): Promise<Page<DeadLetter> | Refusal> {
    return readPage<LetterRow, DeadLetter>(
      this.client,
      LETTERS,
      query,
      toLetter,
      (parameters) => `l.hook_id = ${parameters.add(id)}`,
    );
  }

  async want(id: HookId, seqs?: readonly number[]): Promise<number[]> {
    const { rows } = await this.client.query<{ seq: string }>(
      `UPDATE hook_dead_letters SET wanted = true WHERE hook_id = $1 AND event IS NOT NULL AND ($2::bigint[] IS NULL OR seq = ANY($2)) RETURNING seq`,
      [id, seqs ?? null],
    );
    return rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
  }

  async wantedLetters(limit: number): Promise<WantedLetter[]> {
    const { rows } = await this.client.query<Row & { letter: Omit<HookEvent, 'at'> & { at: string } }>(
      `SELECT ${SELECT}, h.signing_key, wanted.event AS letter ${FROM} JOIN hook_dead_letters wanted ON wanted.hook_id = h.id
       WHERE wanted.wanted AND h.active ORDER BY h.id, wanted.seq LIMIT $1`,
      [limit],
    );
    return rows.map((row) => ({
      hook: { ...toView(row), signingKey: row.signing_key ?? null },
      event: { ...row.letter, at: new Date(row.letter.at) },
    }));
  }

  async nodeRolesOf(roleId: RoleId): Promise<NodeRoleId[]> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT id FROM node_roles WHERE role_id = $1 AND state <> 4 ORDER BY id`,
      [roleId],
    );
    return rows.map(({ id }) => idOf(id));
  }
}
