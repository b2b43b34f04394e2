import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import {
  hideSecrets,
  isId,
  type DeploymentRoleData,
  type DeploymentRoleId,
  type DeploymentRoleStore,
  type DeploymentRoleView,
  type ListQuery,
  type Page,
} from '#app';
import { idOf, type DeploymentId, type JsonObject, type Refusal, type RoleId } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { DeploymentRoleRow } from './deployment-role.row.js';

const SELECT = `dr.id, dr.deployment_id, d.name AS deployment, dr.role_id, r.name AS role, dr.proposed_data, dr.committed_data, dr.wall, dr.notes,
  dr.version, dr.updated_at, dr.updated_by,
  ARRAY(SELECT a.map FROM attribs a WHERE a.role_id = dr.role_id AND a.secret) AS secrets,
  (SELECT count(*)::int FROM node_roles nr WHERE nr.role_id = dr.role_id AND nr.deployment_id = dr.deployment_id) AS node_roles`;
const FROM = `FROM deployment_roles dr JOIN deployments d ON d.id = dr.deployment_id JOIN roles r ON r.id = dr.role_id`;

const SHAPE: ListShape = {
  things: 'deployment roles',
  select: SELECT,
  from: FROM,
  id: 'dr.id',
  fields: {
    id: { sql: 'dr.id', type: 'uuid' },
    role: { sql: 'r.name', type: 'text' },
    role_id: { sql: 'dr.role_id', type: 'uuid' },
    deployment: { sql: 'd.name', type: 'text' },
    deployment_id: { sql: 'dr.deployment_id', type: 'uuid' },
    cohort: { sql: 'r.cohort', type: 'number' },
    flags: { sql: 'r.flags', type: 'texts' },
    proposed: { sql: 'dr.proposed_data IS NOT NULL', type: 'boolean' },
    updated_at: { sql: 'dr.updated_at', type: 'time' },
  },
  sort: [{ field: 'deployment' }, { field: 'role' }],
};

interface ViewRow {
  id: string;
  deployment_id: string;
  deployment: string;
  role_id: string;
  role: string;
  proposed_data: JsonObject | null;
  committed_data: JsonObject;
  wall: JsonObject;
  notes: JsonObject;
  node_roles: number;
  secrets: string[];
  version: string;
  updated_at: Date;
  updated_by: string;
}

const toView = (row: ViewRow): DeploymentRoleView => ({
  id: idOf(row.id),
  name: `${row.role}@${row.deployment}`,
  deploymentId: idOf(row.deployment_id),
  deployment: row.deployment,
  roleId: idOf(row.role_id),
  role: row.role,
  proposedData: row.proposed_data && hideSecrets(row.proposed_data, row.secrets),
  committedData: hideSecrets(row.committed_data, row.secrets),
  wall: hideSecrets(row.wall, row.secrets),
  notes: row.notes,
  nodeRoles: row.node_roles,
  version: Number(row.version),
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
});

export class PgDeploymentRoleStore implements DeploymentRoleStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
    private readonly actor: string,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<DeploymentRoleView | null> {
    const at = key.indexOf('@');
    const byId = isId(key);
    if (!byId && at < 1) return null;
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE ${byId ? 'dr.id = $1' : 'r.name = $1 AND d.name = $2'} ${options.lock ? 'FOR UPDATE OF dr' : ''}`,
      byId ? [key] : [key.slice(0, at), key.slice(at + 1)],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(
    query: ListQuery,
    scope: { readonly deploymentId?: DeploymentId } = {},
  ): Promise<Page<DeploymentRoleView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView, (parameters) =>
      scope.deploymentId ? `dr.deployment_id = ${parameters.add(scope.deploymentId)}` : 'true',
    );
  }

  async insertMissing(
    pairs: readonly { readonly deploymentId: DeploymentId; readonly roleId: RoleId }[],
  ): Promise<DeploymentRoleId[]> {
    const { rows } = await this.client.query<{ id: DeploymentRoleId }>(
      `INSERT INTO deployment_roles (id, deployment_id, role_id, updated_by)
       SELECT gen_random_uuid(), n.deployment_id, n.role_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS n(deployment_id, role_id)
       ON CONFLICT (deployment_id, role_id) DO NOTHING RETURNING id`,
      [pairs.map(({ deploymentId }) => deploymentId), pairs.map(({ roleId }) => roleId), this.actor],
    );
    return rows.map(({ id }) => id);
  }

  async data(id: DeploymentRoleId): Promise<DeploymentRoleData> {
    const { proposedData, committedData, wall, notes } = await this.manager.findOneByOrFail(DeploymentRoleRow, { id });
    return { proposedData, committedData, wall, notes } as DeploymentRoleData;
  }

  async putData(id: DeploymentRoleId, change: Partial<DeploymentRoleData>): Promise<void> {
    await this.manager.update(
      DeploymentRoleRow,
      { id },
      { ...change, version: () => 'version + 1', updatedAt: () => 'now()', updatedBy: this.actor },
    );
  }

  async delete(id: DeploymentRoleId): Promise<void> {
    await this.manager.delete(DeploymentRoleRow, { id });
  }
}
