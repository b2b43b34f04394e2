import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { isId, type DeploymentStore, type DeploymentView, type ListQuery, type NewDeployment, type Page } from '#app';
import {
  ALL_NODE_ROLE_STATES,
  codeOf,
  idOf,
  type DeploymentId,
  type DeploymentState,
  type NodeRoleState,
  type Refusal,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { DeploymentRow } from './deployment.row.js';

const COUNTS = ALL_NODE_ROLE_STATES.map(
  (state) => `count(*) FILTER (WHERE nr.state = ${codeOf(state)})::int AS ${state}`,
).join(', ');

/** Proposed; else error when anything is, active when everything committed is, committed in between. */
const STATE = `CASE WHEN d.state = 'proposed' THEN 'proposed' WHEN c.error > 0 THEN 'error'
  WHEN c.todo + c.transition + c.blocked = 0 THEN 'active' ELSE 'committed' END`;

const SELECT = `d.id, d.name, d.description, d.parent_id, p.name AS parent, d.system, ${STATE} AS derived, d.state, d.priority, d.version,
  d.created_at, d.updated_at, to_jsonb(c) AS counts,
  (SELECT count(*)::int FROM nodes n WHERE n.deployment_id = d.id AND NOT n.system) AS nodes,
  (SELECT coalesce(max(s.number), 0) FROM snapshots s WHERE s.deployment_id = d.id) AS snapshot`;

const FROM = `FROM deployments d LEFT JOIN deployments p ON p.id = d.parent_id
  CROSS JOIN LATERAL (SELECT ${COUNTS} FROM node_roles nr WHERE nr.deployment_id = d.id) c`;

const SHAPE: ListShape = {
  things: 'deployments',
  select: SELECT,
  from: FROM,
  id: 'd.id',
  fields: {
    id: { sql: 'd.id', type: 'uuid' },
    name: { sql: 'd.name', type: 'text' },
    description: { sql: 'd.description', type: 'text' },
    parent: { sql: 'p.name', type: 'text', nullable: true },
    parent_id: { sql: 'd.parent_id', type: 'uuid', nullable: true },
    system: { sql: 'd.system', type: 'boolean' },
    state: { sql: STATE, type: 'text' },
    wish: { sql: 'd.state', type: 'text' },
    priority: { sql: 'd.priority', type: 'number' },
    created_at: { sql: 'd.created_at', type: 'time' },
    updated_at: { sql: 'd.updated_at', type: 'time' },
  },
  sort: [{ field: 'name' }],
};

interface ViewRow {
  id: string;
  name: string;
  description: string;
  parent_id: string | null;
  parent: string | null;
  system: boolean;
  derived: DeploymentView['state'];
  state: DeploymentState;
  priority: number;
  nodes: number;
  snapshot: number;
  counts: Record<NodeRoleState, number>;
  version: string;
  created_at: Date;
  updated_at: Date;
}

const toView = (row: ViewRow): DeploymentView => ({
  id: idOf(row.id),
  name: row.name,
  description: row.description,
  parentId: row.parent_id === null ? null : idOf(row.parent_id),
  parent: row.parent,
  system: row.system,
  state: row.derived,
  wish: row.state,
  priority: row.priority,
  nodes: row.nodes,
  nodeRoles: row.counts,
  snapshot: row.snapshot,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export class PgDeploymentStore implements DeploymentStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<DeploymentView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE ${isId(key) ? 'd.id' : 'd.name'} = $1 ${options.lock ? 'FOR UPDATE OF d' : ''}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<DeploymentView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async system(): Promise<DeploymentId | null> {
    const row = await this.manager.findOne(DeploymentRow, { select: { id: true }, where: { system: true } });
    return row ? idOf(row.id) : null;
  }

  async insertMissing(deployment: NewDeployment): Promise<boolean> {
    const { rowCount } = await this.client.query(
      `INSERT INTO deployments (id, name, description, parent_id, system, state, priority) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        deployment.id,
        deployment.name,
        deployment.description,
        deployment.parentId,
        deployment.system,
        deployment.state,
        deployment.priority,
      ],
    );
    return rowCount === 1;
  }

  async update(
    id: DeploymentId,
    change: {
      readonly name?: string;
      readonly description?: string;
      readonly priority?: number;
      readonly parentId?: DeploymentId;
    },
  ): Promise<void> {
    await this.manager.update(
      DeploymentRow,
      { id },
      { ...change, version: () => 'version + 1', updatedAt: () => 'now()' },
    );
  }

  async delete(id: DeploymentId): Promise<void> {
    await this.manager.delete(DeploymentRow, { id });
  }

  async children(id: DeploymentId): Promise<string[]> {
    const rows = await this.manager.find(DeploymentRow, {
      select: { name: true },
      where: { parentId: id },
      order: { name: 'ASC' },
    });
    return rows.map(({ name }) => name);
  }

  async ancestry(id: DeploymentId): Promise<{ id: DeploymentId; name: string }[]> {
    const { rows } = await this.client.query<{ id: DeploymentId; name: string }>(
      `WITH RECURSIVE up AS (
         SELECT id, name, parent_id, 0 AS level FROM deployments WHERE id = $1
         UNION ALL SELECT d.id, d.name, d.parent_id, up.level + 1 FROM up JOIN deployments d ON d.id = up.parent_id
       ) SELECT id, name FROM up ORDER BY level`,
      [id],
    );
    return rows;
  }

  async depthBelow(id: DeploymentId): Promise<number> {
    const { rows } = await this.client.query<{ depth: number }>(
      `WITH RECURSIVE down AS (
         SELECT id, 0 AS level FROM deployments WHERE id = $1
         UNION ALL SELECT d.id, down.level + 1 FROM down JOIN deployments d ON d.parent_id = down.id
       ) SELECT max(level) AS depth FROM down`,
      [id],
    );
    return rows[0]?.depth ?? 0;
  }
}
