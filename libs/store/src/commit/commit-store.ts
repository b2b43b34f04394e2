import type { PoolClient } from 'pg';
import {
  isId,
  type CommitStore,
  type CurrentData,
  type ListQuery,
  type Page,
  type ProposedEdits,
  type SnapshotContent,
  type SnapshotId,
  type SnapshotView,
} from '#app';
import { idOf, type DeploymentId, type JsonObject, type NodeRoleId, type Refusal, type RoleId } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

const PROPOSED_ROLES = statement(
  'commit.proposed-roles',
  `SELECT role_id, committed_data AS before, proposed_data AS after FROM deployment_roles
   WHERE deployment_id = $1 AND proposed_data IS NOT NULL AND proposed_data <> committed_data`,
);
const PROPOSED_NODE_ROLES = statement(
  'commit.proposed-node-roles',
  `SELECT nr.id, data.committed_data AS before, data.proposed_data AS after
   FROM node_roles nr JOIN node_role_data data ON data.node_role_id = nr.id
   WHERE nr.deployment_id = $1 AND data.proposed_data IS NOT NULL AND data.proposed_data <> data.committed_data`,
);
const COMMIT_SOME = statement(
  'commit.some',
  `WITH moved AS (
     UPDATE node_role_data SET committed_data = proposed_data, proposed_data = NULL WHERE node_role_id = ANY($1::uuid[]) AND proposed_data IS NOT NULL
     RETURNING node_role_id)
   UPDATE node_roles SET version = version + 1 WHERE id IN (SELECT node_role_id FROM moved)`,
);
const PUT_SYSTEM = statement(
  'commit.system-data',
  `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::jsonb[]) AS g(id, document)), written AS (
     INSERT INTO node_role_data (node_role_id, updated_by, sysdata) SELECT id, 'engine', document FROM given
     ON CONFLICT (node_role_id) DO UPDATE SET sysdata = node_role_data.sysdata || excluded.sysdata
     WHERE NOT node_role_data.sysdata @> excluded.sysdata
     RETURNING node_role_id)
   UPDATE node_roles SET version = version + 1 WHERE id IN (SELECT node_role_id FROM written)`,
);
const COMMIT_ROLES = statement(
  'commit.roles',
  `UPDATE deployment_roles SET committed_data = proposed_data, proposed_data = NULL, version = version + 1
   WHERE deployment_id = $1 AND proposed_data IS NOT NULL`,
);
const COMMIT_NODE_ROLES = statement(
  'commit.node-roles',
  `WITH moved AS (
     UPDATE node_role_data data SET committed_data = data.proposed_data, proposed_data = NULL
     FROM node_roles nr WHERE nr.id = data.node_role_id AND nr.deployment_id = $1 AND data.proposed_data IS NOT NULL
     RETURNING data.node_role_id)
   UPDATE node_roles SET version = version + 1 WHERE id IN (SELECT node_role_id FROM moved)`,
);
/**
 * The content is put together as text and becomes jsonb once, as a whole: an aggregate of jsonb takes what it is given apart
 * and copies it value by value, at each level anew, which of 200,000 noderoles took sixteen seconds and now takes one.
 */
const TAKE = statement(
  'commit.snapshot',
  `INSERT INTO snapshots (id, deployment_id, number, note, created_by, content)
   SELECT $1, $2, coalesce((SELECT max(number) FROM snapshots WHERE deployment_id = $2), 0) + 1, $3, $4,
     json_build_object(
       'deployment_roles', coalesce((
         SELECT json_object_agg(r.name, dr.committed_data) FROM deployment_roles dr JOIN roles r ON r.id = dr.role_id WHERE dr.deployment_id = $2), '{}'),
       'node_roles', coalesce((
         SELECT json_object_agg(role, nodes) FROM (
           SELECT r.name AS role, json_object_agg(n.name, coalesce(data.committed_data, '{}')) AS nodes
           FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id
           LEFT JOIN node_role_data data ON data.node_role_id = nr.id
           WHERE nr.deployment_id = $2 GROUP BY r.name) AS by_role), '{}'))::jsonb
   RETURNING id, deployment_id, number, note, created_by, created_at`,
);
/** The last good run of some noderoles of each role says enough of how long its runs take. */
const DURATIONS = statement(
  'commit.durations',
  `SELECT r.id, percentile_disc(0.5) WITHIN GROUP (ORDER BY past.ms) AS ms
   FROM unnest($1::uuid[]) AS r(id)
   CROSS JOIN LATERAL (SELECT id FROM node_roles WHERE role_id = r.id AND run_count > 0 LIMIT 25) nr
   CROSS JOIN LATERAL (
     SELECT extract(epoch FROM finished_at - started_at)::float8 * 1000 AS ms FROM runs
     WHERE node_role_id = nr.id AND state = 'succeeded' AND started_at IS NOT NULL ORDER BY queued_at DESC LIMIT 1) past
   GROUP BY r.id`,
);

const SNAPSHOT_COLUMNS = `s.id, s.deployment_id, s.number, s.note, s.created_by, s.created_at`;
const SHAPE: ListShape = {
  things: 'snapshots',
  select: SNAPSHOT_COLUMNS,
  from: 'FROM snapshots s',
  id: 's.id',
  fields: {
    id: { sql: 's.id', type: 'uuid' },
    number: { sql: 's.number', type: 'number' },
    note: { sql: 's.note', type: 'text' },
    created_by: { sql: 's.created_by', type: 'text' },
    created_at: { sql: 's.created_at', type: 'time' },
  },
  sort: [{ field: 'number', descending: true }],
};

interface SnapshotRow {
  id: string;
  deployment_id: string;
  number: number;
  note: string;
  created_by: string;
  created_at: Date;
}

const toSnapshot = (row: SnapshotRow): SnapshotView => ({
  id: idOf(row.id),
  deploymentId: idOf(row.deployment_id),
  number: row.number,
  note: row.note,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

export class PgCommitStore implements CommitStore {
  constructor(
    private readonly client: PoolClient,
    private readonly actor: string,
  ) {}

  async proposedEdits(deploymentId: DeploymentId): Promise<ProposedEdits> {
    const roles = await rowsOf<{ role_id: RoleId; before: JsonObject; after: JsonObject }>(
      this.client,
      PROPOSED_ROLES,
      [deploymentId],
    );
    const nodeRoles = await rowsOf<{ id: NodeRoleId; before: JsonObject; after: JsonObject }>(
      this.client,
      PROPOSED_NODE_ROLES,
      [deploymentId],
    );
    return {
      deploymentRoles: roles.map(({ role_id, before, after }) => ({ roleId: role_id, before, after })),
      nodeRoles,
    };
  }

  async current(deploymentId: DeploymentId): Promise<CurrentData> {
    const deploymentRoles = await this.client.query<CurrentData['deploymentRoles'][number]>(
      `SELECT dr.id, r.name AS role, dr.committed_data AS "committedData", dr.proposed_data AS "proposedData"
       FROM deployment_roles dr JOIN roles r ON r.id = dr.role_id WHERE dr.deployment_id = $1`,
      [deploymentId],
    );
    const nodeRoles = await this.client.query<CurrentData['nodeRoles'][number]>(
      `SELECT nr.id, r.name AS role, n.name AS node, coalesce(data.committed_data, '{}') AS "committedData", data.proposed_data AS "proposedData"
       FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id
       LEFT JOIN node_role_data data ON data.node_role_id = nr.id WHERE nr.deployment_id = $1`,
      [deploymentId],
    );
    return { deploymentRoles: deploymentRoles.rows, nodeRoles: nodeRoles.rows };
  }

  async proposeData(data: ReadonlyMap<NodeRoleId, JsonObject | null>): Promise<void> {
    if (data.size === 0) return;
    await this.client.query(
      `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::jsonb[]) AS g(id, data)), kept AS (
         INSERT INTO node_role_data (node_role_id, proposed_data, updated_by) SELECT id, data, $3 FROM given
         ON CONFLICT (node_role_id) DO UPDATE SET proposed_data = excluded.proposed_data, updated_by = excluded.updated_by, updated_at = now())
       UPDATE node_roles SET version = version + 1 WHERE id IN (SELECT id FROM given)`,
      [[...data.keys()], [...data.values()].map((one) => (one === null ? null : JSON.stringify(one))), this.actor],
    );
  }

  async commitData(ids: readonly NodeRoleId[]): Promise<void> {
    if (ids.length > 0) await rowsOf(this.client, COMMIT_SOME, [ids]);
  }

  async commitAllData(deploymentId: DeploymentId): Promise<void> {
    await rowsOf(this.client, COMMIT_ROLES, [deploymentId]);
    await rowsOf(this.client, COMMIT_NODE_ROLES, [deploymentId]);
  }

  async putSystemData(data: ReadonlyMap<NodeRoleId, JsonObject>): Promise<void> {
    if (data.size === 0) return;
    await rowsOf(this.client, PUT_SYSTEM, [[...data.keys()], [...data.values()].map((each) => JSON.stringify(each))]);
  }

  async takeSnapshot(id: SnapshotId, deploymentId: DeploymentId, note: string): Promise<SnapshotView> {
    const [row] = await rowsOf<SnapshotRow>(this.client, TAKE, [id, deploymentId, note, this.actor]);
    return toSnapshot(row as SnapshotRow);
  }

  snapshots(deploymentId: DeploymentId, query: ListQuery): Promise<Page<SnapshotView> | Refusal> {
    return readPage(
      this.client,
      SHAPE,
      query,
      toSnapshot,
      (parameters) => `s.deployment_id = ${parameters.add(deploymentId)}`,
    );
  }

  async snapshot(
    deploymentId: DeploymentId,
    key: string,
  ): Promise<(SnapshotView & { content: SnapshotContent }) | null> {
    const byId = isId(key);
    if (!byId && !/^\d{1,9}$/.test(key)) return null;
    const { rows } = await this.client.query<SnapshotRow & { content: SnapshotContent }>(
      `SELECT ${SNAPSHOT_COLUMNS}, s.content FROM snapshots s WHERE s.deployment_id = $1 AND ${byId ? 's.id = $2' : 's.number = $2'}`,
      [deploymentId, key],
    );
    return rows[0] ? { ...toSnapshot(rows[0]), content: rows[0].content } : null;
  }

  async secretPaths(roles: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await this.client.query<{ role: string; paths: string[] }>(
      `SELECT r.name AS role, array_agg(a.map) AS paths FROM attribs a JOIN roles r ON r.id = a.role_id
       WHERE a.secret AND r.name = ANY($1::text[]) GROUP BY r.name`,
      [roles],
    );
    return new Map(rows.map(({ role, paths }) => [role, paths]));
  }

  async durations(roleIds: readonly RoleId[]): Promise<ReadonlyMap<RoleId, number>> {
    if (roleIds.length === 0) return new Map();
    const rows = await rowsOf<{ id: RoleId; ms: number }>(this.client, DURATIONS, [roleIds]);
    return new Map(rows.map(({ id, ms }) => [id, ms]));
  }
}
