import type { PoolClient } from 'pg';
import {
  hideSecrets,
  isId,
  type GraphPicture,
  type ListQuery,
  type NodeRoleData,
  type NodeRoleDetail,
  type NodeRoleScope,
  type NodeRoleStore,
  type NodeRoleView,
  type Page,
  type Relative,
  type RunState,
} from '#app';
import {
  idOf,
  stateOf,
  type DeploymentId,
  type JsonObject,
  type NodeRoleId,
  type ParentChoice,
  type Refusal,
  type NodeId,
  type RoleId,
} from '#core';
import { Parameters, readPage, type ListShape } from '../page/read-page.js';
import { storableJson } from '../storable.js';

const SELECT = `nr.id, nr.role_id, r.name AS role, nr.node_id, n.name AS node, nr.deployment_id, d.name AS deployment, nr.state, nr.state_since,
  nr.cohort, nr.unmet, nr.dirty, nr.held, nr.available, nr.run_count, nr.failures, nr.not_before, nr.status, nr.run_id, run.state AS run_state,
  nr.version, nr.created_at`;
const FROM = `FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id JOIN deployments d ON d.id = nr.deployment_id
  LEFT JOIN runs run ON run.id = nr.run_id`;
const STATE_WORD = `(ARRAY['error', 'active', 'todo', 'transition', 'blocked', 'proposed'])[nr.state + 2]`;
const SECRETS = `ARRAY(SELECT a.map FROM attribs a WHERE a.role_id = nr.role_id AND a.secret) AS secrets`;

const SHAPE: ListShape = {
  things: 'noderoles',
  select: SELECT,
  from: FROM,
  id: 'nr.id',
  fields: {
    id: { sql: 'nr.id', type: 'uuid' },
    role: { sql: 'r.name', type: 'text' },
    role_id: { sql: 'nr.role_id', type: 'uuid' },
    node: { sql: 'n.name', type: 'text' },
    node_id: { sql: 'nr.node_id', type: 'uuid' },
    deployment: { sql: 'd.name', type: 'text' },
    deployment_id: { sql: 'nr.deployment_id', type: 'uuid' },
    state: { sql: STATE_WORD, type: 'text' },
    state_code: { sql: 'nr.state', type: 'number' },
    state_since: { sql: 'nr.state_since', type: 'time' },
    cohort: { sql: 'nr.cohort', type: 'number' },
    changed: { sql: 'nr.dirty', type: 'boolean' },
    held: { sql: 'nr.held', type: 'boolean' },
    available: { sql: 'nr.available', type: 'boolean' },
    run_count: { sql: 'nr.run_count', type: 'number' },
    failures: { sql: 'nr.failures', type: 'number' },
    status: { sql: 'nr.status', type: 'text' },
    flags: { sql: 'r.flags', type: 'texts' },
    jig: { sql: 'r.jig', type: 'text' },
    created_at: { sql: 'nr.created_at', type: 'time' },
  },
  sort: [{ field: 'cohort' }, { field: 'node' }],
};

interface ViewRow {
  id: string;
  role_id: string;
  role: string;
  node_id: string;
  node: string;
  deployment_id: string;
  deployment: string;
  state: number;
  state_since: Date;
  cohort: number;
  unmet: number;
  dirty: boolean;
  held: boolean;
  available: boolean;
  run_count: number;
  failures: number;
  not_before: Date | null;
  status: string;
  run_id: string | null;
  run_state: RunState | null;
  version: string;
  created_at: Date;
}

const toView = (row: ViewRow): NodeRoleView => ({
  id: idOf(row.id),
  name: `${row.role}@${row.node}`,
  roleId: idOf(row.role_id),
  role: row.role,
  nodeId: idOf(row.node_id),
  node: row.node,
  deploymentId: idOf(row.deployment_id),
  deployment: row.deployment,
  state: stateOf(row.state),
  stateCode: row.state,
  stateSince: row.state_since,
  cohort: row.cohort,
  unmet: row.unmet,
  changed: row.dirty,
  held: row.held,
  available: row.available,
  runCount: row.run_count,
  failures: row.failures,
  notBefore: row.not_before,
  status: row.status,
  runId: row.run_id === null ? null : idOf(row.run_id),
  runState: row.run_state,
  version: Number(row.version),
  createdAt: row.created_at,
});

interface DataRow {
  proposed_data: JsonObject | null;
  committed_data: JsonObject | null;
  wall: JsonObject | null;
  sysdata: JsonObject | null;
  notes: JsonObject | null;
}

const toData = (row: DataRow | undefined): NodeRoleData => ({
  proposedData: row?.proposed_data ?? null,
  committedData: row?.committed_data ?? {},
  wall: row?.wall ?? {},
  sysdata: row?.sysdata ?? {},
  notes: row?.notes ?? {},
});

interface DetailRow extends ViewRow, DataRow {
  secrets: string[];
  data_updated_at: Date | null;
  data_updated_by: string | null;
}

const toDetail = (row: DetailRow): NodeRoleDetail => {
  const data = toData(row);
  const hide = (layer: JsonObject): JsonObject => hideSecrets(layer, row.secrets);
  return {
    ...toView(row),
    proposedData: data.proposedData && hide(data.proposedData),
    committedData: hide(data.committedData),
    wall: hide(data.wall),
    sysdata: hide(data.sysdata),
    notes: data.notes,
    dataUpdatedAt: row.data_updated_at,
    dataUpdatedBy: row.data_updated_by ?? '',
  };
};

interface RelativeRow extends ViewRow {
  soft: boolean;
  pending: boolean;
  why: ParentChoice;
  candidates: { id: string; name: string }[];
  attribs: string[];
}

const toRelative = (row: RelativeRow): Relative => ({
  nodeRole: toView(row),
  soft: row.soft,
  pending: row.pending,
  why: row.why,
  candidates: row.candidates.map(({ id, name }) => ({ id: idOf(id), name })),
  attribs: row.attribs,
});

const relatives = (self: 'child_id' | 'parent_id', other: 'child_id' | 'parent_id'): string =>
  `SELECT ${SELECT}, e.soft, e.pending, e.why,
     (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', cr.name || '@' || cn.name) ORDER BY cn.name), '[]')
      FROM node_roles c JOIN roles cr ON cr.id = c.role_id JOIN nodes cn ON cn.id = c.node_id WHERE c.id = ANY(e.candidates)) AS candidates,
     ARRAY(SELECT l.attrib FROM node_role_attrib_links l WHERE l.parent_id = e.parent_id AND l.child_id = e.child_id ORDER BY 1) AS attribs
   ${FROM} JOIN node_role_edges e ON e.${other} = nr.id WHERE e.${self} = $1 ORDER BY nr.cohort, r.name, n.name`;

/** Keys of data and the columns they stand in. */
const DATA_COLUMNS: Readonly<Record<keyof NodeRoleData, string>> = {
  proposedData: 'proposed_data',
  committedData: 'committed_data',
  wall: 'wall',
  sysdata: 'sysdata',
  notes: 'notes',
};

export class PgNodeRoleStore implements NodeRoleStore {
  constructor(
    private readonly client: PoolClient,
    private readonly actor: string,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<NodeRoleDetail | null> {
    const at = key.indexOf('@');
    const byId = isId(key);
    if (!byId && at < 1) return null;
    const { rows } = await this.client.query<DetailRow>(
      `SELECT ${SELECT}, ${SECRETS}, data.proposed_data, data.committed_data, data.wall, data.sysdata, data.notes,
         data.updated_at AS data_updated_at, data.updated_by AS data_updated_by
       ${FROM} LEFT JOIN node_role_data data ON data.node_role_id = nr.id
       WHERE ${byId ? 'nr.id = $1' : 'r.name = $1 AND n.name = lower($2)'} ${options.lock ? 'FOR UPDATE OF nr' : ''}`,
      byId ? [key] : [key.slice(0, at), key.slice(at + 1)],
    );
    return rows[0] ? toDetail(rows[0]) : null;
  }

  list(query: ListQuery, scope: NodeRoleScope = {}): Promise<Page<NodeRoleView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView, (parameters) => scopeSql(scope, parameters));
  }

  async parents(id: NodeRoleId): Promise<Relative[]> {
    return (await this.client.query<RelativeRow>(relatives('child_id', 'parent_id'), [id])).rows.map(toRelative);
  }

  async children(id: NodeRoleId): Promise<Relative[]> {
    return (await this.client.query<RelativeRow>(relatives('parent_id', 'child_id'), [id])).rows.map(toRelative);
  }

  async graphOf(deploymentId: DeploymentId): Promise<GraphPicture> {
    const edges = await this.client.query<{ parent_id: string; child_id: string; soft: boolean; pending: boolean }>(
      `SELECT e.parent_id, e.child_id, e.soft, e.pending FROM node_role_edges e
       WHERE e.child_id IN (SELECT id FROM node_roles WHERE deployment_id = $1) OR e.parent_id IN (SELECT id FROM node_roles WHERE deployment_id = $1)`,
      [deploymentId],
    );
    const ends = [...new Set(edges.rows.flatMap((edge) => [edge.parent_id, edge.child_id]))];
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE nr.deployment_id = $1 OR nr.id = ANY($2::uuid[]) ORDER BY nr.cohort, r.name, n.name`,
      [deploymentId, ends],
    );
    return {
      nodeRoles: rows
        .map(toView)
        .map(({ id, name, role, node, nodeId, deploymentId: of, state, stateCode, cohort, changed, held }) => ({
          id,
          name,
          role,
          node,
          nodeId,
          deploymentId: of,
          state,
          stateCode,
          cohort,
          changed,
          held,
          outside: of !== deploymentId,
        })),
      edges: edges.rows.map((edge) => ({
        parentId: idOf(edge.parent_id),
        childId: idOf(edge.child_id),
        soft: edge.soft,
        pending: edge.pending,
      })),
    };
  }

  async idsOf(scope: NodeRoleScope): Promise<NodeRoleId[]> {
    const parameters = new Parameters();
    const condition = scopeSql(scope, parameters);
    const { rows } = await this.client.query<{ id: NodeRoleId }>(
      `SELECT nr.id FROM node_roles nr WHERE ${condition} ORDER BY nr.cohort, nr.id`,
      parameters.values,
    );
    return rows.map(({ id }) => id);
  }

  async rolesOn(nodeId: NodeId): Promise<RoleId[]> {
    const { rows } = await this.client.query<{ role_id: RoleId }>(`SELECT role_id FROM node_roles WHERE node_id = $1`, [
      nodeId,
    ]);
    return rows.map((row) => row.role_id);
  }

  async data(id: NodeRoleId): Promise<NodeRoleData> {
    const { rows } = await this.client.query<DataRow>(
      `SELECT proposed_data, committed_data, wall, sysdata, notes FROM node_role_data WHERE node_role_id = $1`,
      [id],
    );
    return toData(rows[0]);
  }

  async putData(id: NodeRoleId, change: Partial<NodeRoleData>): Promise<void> {
    const keys = (Object.keys(change) as (keyof NodeRoleData)[]).filter((key) => change[key] !== undefined);
    if (keys.length === 0) return;
    const columns = keys.map((key) => DATA_COLUMNS[key]);
    await this.client.query(
      `INSERT INTO node_role_data (node_role_id, updated_by, ${columns.join(', ')}) VALUES ($1, $2, ${columns.map((_, index) => `$${index + 3}`).join(', ')})
       ON CONFLICT (node_role_id) DO UPDATE SET updated_by = excluded.updated_by, updated_at = now(),
         ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
      [id, this.actor, ...keys.map((key) => (change[key] === null ? null : storableJson(change[key])))],
    );
    await this.client.query(`UPDATE node_roles SET version = version + 1 WHERE id = $1`, [id]);
  }
}

const scopeSql = (scope: NodeRoleScope, parameters: Parameters): string => {
  const conditions = [
    ...(scope.nodeId ? [`nr.node_id = ${parameters.add(scope.nodeId)}`] : []),
    ...(scope.deploymentId ? [`nr.deployment_id = ${parameters.add(scope.deploymentId)}`] : []),
    ...(scope.roleId ? [`nr.role_id = ${parameters.add(scope.roleId)}`] : []),
  ];
  return conditions.length > 0 ? conditions.join(' AND ') : 'true';
};
