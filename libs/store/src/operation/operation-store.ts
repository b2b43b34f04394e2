import type { PoolClient } from 'pg';
import {
  isId,
  type ListQuery,
  type OperationId,
  type OperationOutcome,
  type OperationStore,
  type OperationSubject,
  type OperationView,
  type Page,
} from '#app';
import { ALL_NODE_ROLE_STATES, codeOf, idOf, type NodeRoleState, type Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

const OF_SUBJECT = `nr.deployment_id = o.deployment_id OR nr.node_id = o.node_id OR nr.id = o.node_role_id`;
const SELECT = `o.id, o.kind, o.actor, o.deployment_id, o.node_id, o.node_role_id, o.after_seq, o.started_at, o.finished_at, o.outcome,
  coalesce(d.name, n.name, (SELECT r.name || '@' || m.name FROM node_roles x JOIN roles r ON r.id = x.role_id JOIN nodes m ON m.id = x.node_id WHERE x.id = o.node_role_id)) AS subject,
  (SELECT jsonb_object_agg(c.state, c.count) FROM (SELECT nr.state, count(*) FROM node_roles nr WHERE ${OF_SUBJECT} GROUP BY nr.state) c) AS counts,
  (SELECT count(*)::integer FROM node_roles nr WHERE (${OF_SUBJECT}) AND nr.dirty AND nr.state = ${codeOf('active')}) AS changed`;
const FROM = `FROM operations o LEFT JOIN deployments d ON d.id = o.deployment_id LEFT JOIN nodes n ON n.id = o.node_id`;

const INSERT = statement(
  'operation.insert',
  `INSERT INTO operations (id, kind, actor, deployment_id, node_id, node_role_id, after_seq) SELECT $1, $2, $3, $4, $5, $6, last FROM event_counter`,
);
const FIND = statement('operation.find', `SELECT ${SELECT} ${FROM} WHERE o.id = $1`);
const FINISH = statement(
  'operation.finish',
  `UPDATE operations SET finished_at = now(), outcome = $2 WHERE id = $1 AND outcome IS NULL`,
);

const SHAPE: ListShape = {
  things: 'operations',
  select: SELECT,
  from: FROM,
  id: 'o.id',
  fields: {
    id: { sql: 'o.id', type: 'uuid' },
    kind: { sql: 'o.kind', type: 'text' },
    actor: { sql: 'o.actor', type: 'text' },
    deployment_id: { sql: 'o.deployment_id', type: 'uuid', nullable: true },
    node_id: { sql: 'o.node_id', type: 'uuid', nullable: true },
    node_role_id: { sql: 'o.node_role_id', type: 'uuid', nullable: true },
    outcome: { sql: 'o.outcome', type: 'text', nullable: true },
    started_at: { sql: 'o.started_at', type: 'time' },
    finished_at: { sql: 'o.finished_at', type: 'time', nullable: true },
  },
  sort: [{ field: 'started_at', descending: true }],
};

interface Row {
  id: string;
  kind: string;
  actor: string;
  deployment_id: string | null;
  node_id: string | null;
  node_role_id: string | null;
  subject: string | null;
  after_seq: string;
  started_at: Date;
  finished_at: Date | null;
  outcome: OperationOutcome | null;
  counts: Record<string, number> | null;
  changed: number;
}

const toView = (row: Row): OperationView => ({
  id: idOf(row.id),
  kind: row.kind,
  actor: row.actor,
  deploymentId: row.deployment_id === null ? null : idOf(row.deployment_id),
  nodeId: row.node_id === null ? null : idOf(row.node_id),
  nodeRoleId: row.node_role_id === null ? null : idOf(row.node_role_id),
  subject: row.subject ?? '',
  afterSeq: Number(row.after_seq),
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  outcome: row.outcome,
  counts: Object.fromEntries(
    ALL_NODE_ROLE_STATES.map((state) => [state, row.counts?.[String(codeOf(state))] ?? 0]),
  ) as Record<NodeRoleState, number>,
  changed: row.changed,
});

export class PgOperationStore implements OperationStore {
  constructor(private readonly client: PoolClient) {}

  async insert({
    id,
    kind,
    actor,
    subject,
  }: {
    id: OperationId;
    kind: string;
    actor: string;
    subject: OperationSubject;
  }): Promise<void> {
    const {
      deploymentId = null,
      nodeId = null,
      nodeRoleId = null,
    } = subject as { deploymentId?: string; nodeId?: string; nodeRoleId?: string };
    await rowsOf(this.client, INSERT, [id, kind, actor, deploymentId, nodeId, nodeRoleId]);
  }

  async find(id: string): Promise<OperationView | null> {
    const [row] = isId(id) ? await rowsOf<Row>(this.client, FIND, [id]) : [];
    return row ? toView(row) : null;
  }

  list(query: ListQuery): Promise<Page<OperationView> | Refusal> {
    return readPage<Row, OperationView>(this.client, SHAPE, query, toView);
  }

  async finish(id: OperationId, outcome: OperationOutcome): Promise<void> {
    await rowsOf(this.client, FINISH, [id, outcome]);
  }
}
