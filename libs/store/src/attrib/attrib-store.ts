import type { PoolClient } from 'pg';
import {
  HIDDEN,
  isId,
  type AttribKind,
  type AttribStore,
  type AttribView,
  type DeclaredAttrib,
  type DeploymentRoleId,
  type EditedObjects,
  type ListQuery,
  type LoadedReaders,
  type MadeOf,
  type MakingRole,
  type Page,
  type ProposedLayers,
  type WantedValue,
} from '#app';
import {
  idOf,
  type AttribSources,
  type DeploymentId,
  type Json,
  type JsonObject,
  type NodeId,
  type NodeRoleId,
  type Refusal,
  type RoleId,
  type StagedInput,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { DECLARED_COLUMNS, toDeclared, type DeclaredRow } from './declared.js';
import { loadMaking } from './load-making.js';
import { loadReaders } from './load-readers.js';
import { deploymentRoleSources, loadSources, nodeSources } from './sources.js';
import { stage } from './stage-loader.js';
import type { StagePlans } from './stage-plans.js';

const SELECT = `a.id, a.role_id, r.name AS role, b.name AS barclamp, a.retired, a.version, ${DECLARED_COLUMNS}`;
const FROM = `FROM attribs a LEFT JOIN roles r ON r.id = a.role_id LEFT JOIN barclamps b ON b.id = a.barclamp_id`;

const SHAPE: ListShape = {
  things: 'attributes',
  select: SELECT,
  from: FROM,
  id: 'a.id',
  fields: {
    id: { sql: 'a.id', type: 'uuid' },
    name: { sql: 'a.name', type: 'text' },
    role: { sql: 'r.name', type: 'text', nullable: true },
    barclamp: { sql: 'b.name', type: 'text', nullable: true },
    kind: { sql: 'a.kind', type: 'text' },
    writable: { sql: 'a.writable', type: 'boolean' },
    secret: { sql: 'a.secret', type: 'boolean' },
    retired: { sql: 'a.retired', type: 'boolean' },
    order: { sql: 'a.sort_order', type: 'number' },
  },
  sort: [{ field: 'name' }],
};

interface ViewRow extends DeclaredRow {
  id: string;
  role_id: string | null;
  role: string | null;
  barclamp: string | null;
  retired: boolean;
  version: string;
}

const toView = (row: ViewRow): AttribView => {
  const declared = toDeclared(row);
  const shown: Json = row.has_default ? (row.secret ? HIDDEN : row.default_value) : null;
  return {
    id: idOf(row.id),
    name: declared.name,
    description: declared.description,
    roleId: row.role_id === null ? null : idOf(row.role_id),
    role: row.role,
    barclamp: row.barclamp,
    map: declared.map,
    schema: declared.schema,
    hasDefault: row.has_default,
    default: shown,
    kind: declared.kind,
    writable: declared.writable,
    secret: declared.secret,
    generate: declared.generate ?? null,
    uiRenderer: declared.uiRenderer,
    order: declared.order,
    retired: row.retired,
    version: Number(row.version),
  };
};

interface WantedRow extends DeclaredRow {
  owner: string | null;
  owner_id: string | null;
}

export class PgAttribStore implements AttribStore {
  constructor(
    private readonly client: PoolClient,
    private readonly plans: StagePlans,
  ) {}

  async find(key: string): Promise<AttribView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE ${isId(key) ? 'a.id' : 'a.name'} = $1`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<AttribView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async declared(roleId: RoleId | null): Promise<DeclaredAttrib[]> {
    const { rows } = await this.client.query<DeclaredRow>(
      `SELECT ${DECLARED_COLUMNS} FROM attribs a WHERE a.role_id IS NOT DISTINCT FROM $1::uuid AND NOT a.retired ORDER BY a.sort_order, a.name`,
      [roleId],
    );
    return rows.map(toDeclared);
  }

  async sourcesOf(id: NodeRoleId): Promise<AttribSources> {
    return (await loadSources(this.client, [id])).get(id) ?? {};
  }

  sourcesOfAll(ids: readonly NodeRoleId[], proposed: ProposedLayers): Promise<ReadonlyMap<NodeRoleId, AttribSources>> {
    return loadSources(this.client, ids, proposed);
  }

  async sourcesOfDeploymentRole(id: DeploymentRoleId): Promise<AttribSources> {
    const { rows } = await this.client.query<{
      role: string;
      deployment: string;
      template: JsonObject;
      wall: JsonObject;
      committed_data: JsonObject;
      version: string;
      updated_by: string;
    }>(
      `SELECT r.name AS role, d.name AS deployment, r.template, dr.wall, dr.committed_data, dr.version, dr.updated_by
       FROM deployment_roles dr JOIN roles r ON r.id = dr.role_id JOIN deployments d ON d.id = dr.deployment_id WHERE dr.id = $1`,
      [id],
    );
    const [row] = rows;
    if (!row) return {};
    return {
      'role.template': { data: row.template, object: `role ${row.role}` },
      ...deploymentRoleSources(`deployment role ${row.role} in ${row.deployment}`, row),
    };
  }

  async sourcesOfNode(id: NodeId): Promise<AttribSources> {
    const { rows } = await this.client.query<{ name: string; inventory: JsonObject; hints: JsonObject }>(
      `SELECT name, inventory, hints FROM nodes WHERE id = $1`,
      [id],
    );
    return rows[0] ? nodeSources(rows[0]) : {};
  }

  async wanted(id: NodeRoleId): Promise<WantedValue[]> {
    const { rows: wants } = await this.client.query<WantedRow>(
      `SELECT ${DECLARED_COLUMNS}, o.name AS owner, a.role_id AS owner_id FROM node_roles nr JOIN role_wants w ON w.role_id = nr.role_id
       JOIN attribs a ON a.name = w.attrib LEFT JOIN roles o ON o.id = a.role_id WHERE nr.id = $1 ORDER BY a.name`,
      [id],
    );
    if (wants.length === 0) return [];
    const { rows: links } = await this.client.query<{ attrib: string; parent_id: NodeRoleId; name: string }>(
      `SELECT l.attrib, l.parent_id, r.name || '@' || n.name AS name FROM node_role_attrib_links l
       JOIN node_role_edges e ON e.parent_id = l.parent_id AND e.child_id = l.child_id AND NOT e.pending
       JOIN node_roles p ON p.id = l.parent_id JOIN roles r ON r.id = p.role_id JOIN nodes n ON n.id = p.node_id
       WHERE l.child_id = $1 ORDER BY n.name`,
      [id],
    );
    const sources = await loadSources(this.client, [...new Set(links.map((link) => link.parent_id))]);
    const { rows: nodes } = await this.client.query<{ id: NodeId; name: string }>(
      `SELECT n.id, n.name FROM node_roles nr JOIN nodes n ON n.id = nr.node_id WHERE nr.id = $1`,
      [id],
    );
    const [node] = nodes;
    const own = node ? await this.sourcesOfNode(node.id) : {};
    return wants.map((row) => ({
      attrib: toDeclared(row),
      owner: row.owner,
      from:
        row.owner_id === null
          ? [{ name: node?.name ?? '', sources: own }]
          : links
              .filter((link) => link.attrib === row.name)
              .map((link) => ({ name: link.name, sources: sources.get(link.parent_id) ?? {} })),
    }));
  }

  readers(edited: EditedObjects, kind: AttribKind): Promise<LoadedReaders> {
    return loadReaders(this.client, edited, kind);
  }

  stage(ids: readonly NodeRoleId[]): Promise<ReadonlyMap<NodeRoleId, StagedInput & JsonObject>> {
    return stage(this.client, this.plans, ids);
  }

  async template(roleId: RoleId): Promise<JsonObject> {
    const { rows } = await this.client.query<{ template: JsonObject }>(`SELECT template FROM roles WHERE id = $1`, [
      roleId,
    ]);
    return rows[0]?.template ?? {};
  }

  making(of: MadeOf): Promise<MakingRole[]> {
    return loadMaking(this.client, of);
  }

  async nodeRolesOf(of: {
    readonly roleId: RoleId;
    readonly deploymentId?: DeploymentId;
    readonly staged?: boolean;
  }): Promise<NodeRoleId[]> {
    const { rows } = await this.client.query<{ id: NodeRoleId }>(
      `SELECT id FROM node_roles WHERE role_id = $1 AND ($2::uuid IS NULL OR deployment_id = $2) AND (NOT $3 OR state IN (0, 2)) ORDER BY cohort, id`,
      [of.roleId, of.deploymentId ?? null, of.staged ?? false],
    );
    return rows.map(({ id }) => id);
  }
}
