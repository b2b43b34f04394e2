import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { History, type EventView, type HistoryBounds, type ListQuery, type Page } from '#app';
import { idOf, type Branded, type JsonObject, type NodeId, type Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

const COLUMNS = `e.seq, e.at, e.kind, e.node_role_id, e.node_id, e.deployment_id, e.run_id, e.actor, e.data`;
const AFTER = statement('history.after', `SELECT ${COLUMNS} FROM events e WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`);
/** One statement, one instant: what is read as first cannot be gone before last was read. */
const BOUNDS = statement(
  'history.bounds',
  `SELECT coalesce((SELECT min(seq) FROM events), last + 1)::text AS first, last::text AS last FROM event_counter`,
);

/** Of each thing the last before and the first after; a moment itself belongs to what was before. */
const AROUND = statement(
  'history.around',
  `SELECT DISTINCT ON (about, e.at > $2) ${COLUMNS},
     CASE WHEN e.node_role_id IS NOT NULL THEN e.node_role_id::text WHEN e.kind IN ('node.alive', 'node.dead') THEN 'life' ELSE 'use' END AS about
   FROM events e
   WHERE e.node_id = $1 AND (e.kind IN ('node.alive', 'node.dead', 'node.available', 'node.unavailable')
     OR e.node_role_id IS NOT NULL AND e.kind IN ('node_role.error', 'node_role.active', 'node_role.todo', 'node_role.transition', 'node_role.blocked', 'node_role.proposed', 'node_role.unbound'))
   ORDER BY about, e.at > $2, CASE WHEN e.at > $2 THEN e.seq ELSE -e.seq END`,
);

interface EventRow {
  seq: string;
  at: Date;
  kind: string;
  node_role_id: string | null;
  node_id: string | null;
  deployment_id: string | null;
  run_id: string | null;
  actor: string;
  data: JsonObject | null;
}

const optional = <Id extends Branded<string>>(text: string | null): Id | null =>
  text === null ? null : idOf<Id>(text);

const toEvent = (row: EventRow): EventView => ({
  seq: Number(row.seq),
  at: row.at,
  kind: row.kind,
  nodeRoleId: optional(row.node_role_id),
  nodeId: optional(row.node_id),
  deploymentId: optional(row.deployment_id),
  runId: optional(row.run_id),
  actor: row.actor,
  data: row.data,
});

const EVENTS: ListShape = {
  things: 'events',
  select: COLUMNS,
  from: 'FROM events e',
  // The last key of an order is read as a UUID: the number is dressed as one, digits stay in their order.
  id: `lpad(e.seq::text, 32, '0')::uuid`,
  fields: {
    seq: { sql: 'e.seq', type: 'whole' },
    at: { sql: 'e.at', type: 'time' },
    kind: { sql: 'e.kind', type: 'text', always: true },
    node_role_id: { sql: 'e.node_role_id', type: 'uuid', nullable: true },
    node_id: { sql: 'e.node_id', type: 'uuid', nullable: true },
    deployment_id: { sql: 'e.deployment_id', type: 'uuid', nullable: true },
    run_id: { sql: 'e.run_id', type: 'uuid', nullable: true },
    actor: { sql: 'e.actor', type: 'text' },
  },
  sort: [{ field: 'seq' }],
};

export class PgHistory extends History {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override page(query: ListQuery): Promise<Page<EventView> | Refusal> {
    return this.withClient((client) => readPage<EventRow, EventView>(client, EVENTS, query, toEvent));
  }

  override async after(seq: number, limit: number): Promise<EventView[]> {
    return (await this.withClient((client) => rowsOf<EventRow>(client, AFTER, [seq, limit]))).map(toEvent);
  }

  override async bounds(): Promise<HistoryBounds> {
    const [row] = await this.withClient((client) => rowsOf<{ first: string; last: string }>(client, BOUNDS, []));
    return { first: Number(row?.first ?? 1), last: Number(row?.last ?? 0) };
  }

  override async around(nodeId: NodeId, moment: Date): Promise<EventView[]> {
    return (await this.withClient((client) => rowsOf<EventRow>(client, AROUND, [nodeId, moment]))).map(toEvent);
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
