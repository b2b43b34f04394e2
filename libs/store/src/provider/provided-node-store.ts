import type { PoolClient } from 'pg';
import {
  isId,
  type ListQuery,
  type NewProvidedNode,
  type Page,
  type ProvidedChange,
  type ProvidedNode,
  type ProvidedNodeId,
  type ProvidedNodeStore,
  type ProvidedNodeView,
  type ProvidedStepView,
  type ProviderId,
} from '#app';
import type { Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { storableText } from '../storable.js';
import { toProvided, toStep, toView, type ProvidedRow, type StepRow, type ViewRow } from './provided-rows.js';

const VIEW = `t.*, v.name AS provider, coalesce((SELECT jsonb_agg(jsonb_build_object('step', s.step, 'answer', s.answer,
    'says', s.says, 'seconds', s.seconds, 'at', s.at) ORDER BY s.at) FROM provider_steps s WHERE s.provided_node_id = t.id), '[]') AS steps`;
const FROM = 'FROM provided_nodes t JOIN providers v ON v.id = t.provider_id';

const SHAPE: ListShape = {
  things: 'nodes of a provider',
  select: VIEW,
  from: FROM,
  id: 't.id',
  fields: {
    id: { sql: 't.id', type: 'uuid' },
    name: { sql: 't.name', type: 'text' },
    state: { sql: 't.state', type: 'text' },
    asked_at: { sql: 't.asked_at', type: 'time' },
  },
  sort: [{ field: 'asked_at', descending: true }],
};

/** Column by field of a change; times, and what has a rule of its own, are written apart. */
const COLUMNS: Readonly<Record<string, string>> = {
  state: 'state',
  step: 'step',
  says: 'says',
  failed: 'failed',
  nodeId: 'node_id',
  picked: 'picked',
  keySealed: 'key_sealed',
  publicKey: 'public_key',
  keyRef: 'key_ref',
  server: 'server_ref',
  floating: 'floating_ref',
  requests: 'requests',
  address: 'address',
  account: 'account',
  hostKey: 'host_key',
};

/** Nodes that were asked for, and what came of it. */
export class PgProvidedNodeStore implements ProvidedNodeStore {
  constructor(private readonly client: PoolClient) {}

  async insert(node: NewProvidedNode): Promise<boolean> {
    const { id, providerId, name, wish, entry, askedBy, step, withinMs } = node;
    const { rowCount } = await this.client.query(
      `INSERT INTO provided_nodes (id, provider_id, name, wish, entry, asked_by, step, until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::float8 * interval '1 millisecond') ON CONFLICT DO NOTHING`,
      [id, providerId, name, JSON.stringify(wish), JSON.stringify(entry), askedBy, step, withinMs],
    );
    return rowCount === 1;
  }

  async find(
    provider: ProviderId,
    key: string,
    options: { readonly lock?: boolean } = {},
  ): Promise<ProvidedNodeView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${VIEW} ${FROM} WHERE t.provider_id = $1 AND ${isId(key) ? 't.id = $2' : 't.name = lower($2)'}
       ORDER BY t.ended_at IS NOT NULL, t.asked_at DESC LIMIT 1 ${options.lock ? 'FOR UPDATE OF t' : ''}`,
      [provider, key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(provider: ProviderId, query: ListQuery): Promise<Page<ProvidedNodeView> | Refusal> {
    return readPage<ViewRow, ProvidedNodeView>(
      this.client,
      SHAPE,
      query,
      toView,
      (parameters) => `t.provider_id = ${parameters.add(provider)}`,
    );
  }

  async count(provider: ProviderId): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM provided_nodes WHERE provider_id = $1 AND ended_at IS NULL`,
      [provider],
    );
    return rows[0]?.count ?? 0;
  }

  async hold(limit: number, forMs: number): Promise<ProvidedNode[]> {
    const { rows } = await this.client.query<ProvidedRow>(
      `UPDATE provided_nodes t SET held_until = now() + $2::float8 * interval '1 millisecond', version = t.version + 1
       WHERE t.id IN (SELECT id FROM provided_nodes WHERE state IN ('asked', 'returning') AND due_at <= now()
           AND (held_until IS NULL OR held_until <= now()) ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING t.*, t.until <= now() AS is_overdue, extract(epoch FROM now() - t.step_since)::float8 * 1000 AS step_age_ms`,
      [limit, forMs],
    );
    return rows.map(toProvided);
  }

  async put(id: ProvidedNodeId, version: number, change: ProvidedChange): Promise<boolean> {
    return (await this.write(id, version, change, true)) !== null;
  }

  note(id: ProvidedNodeId, version: number, change: ProvidedChange): Promise<number | null> {
    return this.write(id, version, change, false);
  }

  async answer(id: ProvidedNodeId, { step, answer, says, seconds }: Omit<ProvidedStepView, 'at'>): Promise<void> {
    await this.client.query(
      `INSERT INTO provider_steps (provided_node_id, step, answer, says, seconds) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (provided_node_id, step) DO UPDATE SET answer = excluded.answer, says = excluded.says,
         seconds = excluded.seconds, at = now()`,
      [id, step, answer, storableText(says), seconds],
    );
  }

  async answers(provider: ProviderId, limit: number): Promise<(ProvidedStepView & { readonly node: string })[]> {
    const { rows } = await this.client.query<StepRow & { node: string }>(
      `SELECT * FROM (SELECT s.step, s.answer, s.says, s.seconds, s.at, p.name AS node FROM provider_steps s
         JOIN provided_nodes p ON p.id = s.provided_node_id WHERE p.provider_id = $1 ORDER BY s.at DESC LIMIT $2) AS newest ORDER BY at`,
      [provider, limit],
    );
    return rows.map((row) => ({ ...toStep(row), node: row.node }));
  }

  async forget(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.client.query(
      `DELETE FROM provided_nodes WHERE id IN (SELECT id FROM provided_nodes WHERE ended_at < $1 LIMIT $2)`,
      [before, limit],
    );
    return rowCount ?? 0;
  }

  private async write(
    id: ProvidedNodeId,
    version: number,
    change: ProvidedChange,
    letsGo: boolean,
  ): Promise<number | null> {
    const values: unknown[] = [id, version];
    const add = (value: unknown): string => `$${values.push(value)}`;
    const sets = Object.entries(change).flatMap(([field, value]) => {
      const column = COLUMNS[field];
      if (column === undefined || value === undefined) return [];
      return [`${column} = ${add(valueOf(field, value))}`];
    });
    if (change.withinMs !== undefined)
      sets.push(`step_since = now()`, `until = now() + ${add(change.withinMs)}::float8 * interval '1 millisecond'`);
    if (change.state !== undefined)
      sets.push(`ended_at = ${change.state === 'returned' || change.state === 'failed' ? 'now()' : 'NULL'}`);
    if (letsGo)
      sets.push('held_until = NULL', `due_at = now() + ${add(change.againMs ?? 0)}::float8 * interval '1 millisecond'`);
    const { rows } = await this.client.query<{ version: string }>(
      `UPDATE provided_nodes SET ${[...sets, 'version = version + 1'].join(', ')} WHERE id = $1 AND version = $2 RETURNING version`,
      values,
    );
    return rows[0] ? Number(rows[0].version) : null;
  }
}

const valueOf = (field: string, value: unknown): unknown => {
  if (field === 'picked') return JSON.stringify(value);
  return field === 'says' ? storableText(String(value)) : value;
};
