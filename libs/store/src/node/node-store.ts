import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import {
  hideSecrets,
  isId,
  type ListQuery,
  type NewNode,
  type NodeChange,
  type NodeDocuments,
  type NodeStore,
  type NodeView,
  type Page,
  type Retirement,
} from '#app';
import {
  codeOf,
  idOf,
  lifecycleOf,
  stateOf,
  type DeploymentId,
  type InstallPhase,
  type JsonObject,
  type NodeId,
  type Refusal,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { NodeRow } from './node.row.js';
import { nodeStateSql } from './node-state.js';

const STATE = nodeStateSql('n.id');

const SELECT = `n.id, n.name, n.description, n.deployment_id, d.name AS deployment, n.admin, n.system, n.alive, n.available, n.frozen,
  n.bootenv, n.target_role_id, t.name AS target_role, n.address, n.ssh_port, n.host_key, n.probed, n.probed_at, n.probe_says, n.macs,
  n.inventory, n.hints, n.quirks, n.notes, n.version, n.created_at, n.updated_at, n.debugging, n.retirement, ${STATE} AS state,
  b.id AS boot_session_id, b.system AS boot_system, b.bootenv AS boot_bootenv, b.begun_at AS boot_since, b.reached_at IS NOT NULL AS boot_reached,
  EXISTS (SELECT 1 FROM installs i WHERE i.node_id = n.id AND i.phase IN ('planned', 'armed', 'rebooting', 'installing', 'installed')) AS installing,
  (SELECT count(*)::int FROM machine_reports p WHERE p.node_id = n.id AND p.resolved_at IS NULL) AS open_reports,
  ARRAY(SELECT g.category || '/' || g.name FROM node_groups ng JOIN groups g ON g.id = ng.group_id WHERE ng.node_id = n.id ORDER BY 1) AS groups,
  (SELECT jsonb_build_object('id', i.id, 'image', i.plan #>> '{image,name}', 'phase', i.phase, 'percent', i.percent, 'since', i.phase_since)
   FROM installs i WHERE i.node_id = n.id ORDER BY i.created_at DESC, i.id DESC LIMIT 1) AS install,
  ARRAY(SELECT a.map FROM attribs a WHERE a.role_id IS NULL AND a.secret) AS secrets`;

const FROM = `FROM nodes n JOIN deployments d ON d.id = n.deployment_id LEFT JOIN roles t ON t.id = n.target_role_id
  LEFT JOIN boot_sessions b ON b.id = n.boot_session_id`;

/** The words of states, for filters: numbers are for programs that compare. */
const STATE_WORD = `(ARRAY['error', 'active', 'todo', 'transition', 'blocked', 'proposed'])[${STATE} + 2]`;

const SHAPE: ListShape = {
  things: 'nodes',
  select: SELECT,
  from: FROM,
  id: 'n.id',
  fields: {
    id: { sql: 'n.id', type: 'uuid' },
    name: { sql: 'n.name', type: 'text' },
    description: { sql: 'n.description', type: 'text' },
    deployment: { sql: 'd.name', type: 'text' },
    deployment_id: { sql: 'n.deployment_id', type: 'uuid' },
    admin: { sql: 'n.admin', type: 'boolean' },
    system: { sql: 'n.system', type: 'boolean' },
    alive: { sql: 'n.alive', type: 'boolean' },
    available: { sql: 'n.available', type: 'boolean' },
    frozen: { sql: 'n.frozen', type: 'number' },
    bootenv: { sql: 'n.bootenv', type: 'text' },
    target_role: { sql: 't.name', type: 'text', nullable: true },
    address: { sql: 'n.address', type: 'text', nullable: true },
    macs: { sql: 'n.macs', type: 'texts' },
    quirks: { sql: 'n.quirks', type: 'texts' },
    groups: {
      sql: `ARRAY(SELECT g.category || '/' || g.name FROM node_groups ng JOIN groups g ON g.id = ng.group_id WHERE ng.node_id = n.id)`,
      type: 'texts',
    },
    roles: {
      sql: `ARRAY(SELECT r.name FROM node_roles nr JOIN roles r ON r.id = nr.role_id WHERE nr.node_id = n.id)`,
      type: 'texts',
    },
    state: { sql: STATE_WORD, type: 'text' },
    state_code: { sql: STATE, type: 'number' },
    created_at: { sql: 'n.created_at', type: 'time' },
    updated_at: { sql: 'n.updated_at', type: 'time' },
  },
  sort: [{ field: 'name' }],
};

interface ViewRow {
  id: string;
  name: string;
  description: string;
  deployment_id: string;
  deployment: string;
  admin: boolean;
  system: boolean;
  alive: boolean;
  available: boolean;
  frozen: number;
  bootenv: string;
  target_role_id: string | null;
  target_role: string | null;
  address: string | null;
  ssh_port: number;
  host_key: string | null;
  probed: boolean;
  probed_at: Date | null;
  probe_says: string;
  macs: string[];
  inventory: JsonObject;
  hints: JsonObject;
  quirks: string[];
  notes: JsonObject;
  groups: string[];
  secrets: string[];
  debugging: boolean;
  retirement: Retirement;
  boot_session_id: string | null;
  boot_system: 'memory' | 'disk' | null;
  boot_bootenv: string | null;
  boot_since: Date | null;
  boot_reached: boolean;
  installing: boolean;
  open_reports: number;
  install: { id: string; image: string; phase: InstallPhase; percent: number | null; since: string } | null;
  state: number;
  version: string;
  created_at: Date;
  updated_at: Date;
}

const toView = (row: ViewRow): NodeView => {
  const state = stateOf(row.state);
  return {
    id: idOf(row.id),
    name: row.name,
    description: row.description,
    deploymentId: idOf(row.deployment_id),
    deployment: row.deployment,
    admin: row.admin,
    system: row.system,
    alive: row.alive || row.system,
    available: row.available,
    frozen: row.frozen,
    bootenv: row.bootenv,
    targetRoleId: row.target_role_id === null ? null : idOf(row.target_role_id),
    targetRole: row.target_role,
    address: row.address,
    sshPort: row.ssh_port,
    hostKey: row.host_key,
    probed: row.probed,
    probedAt: row.probed_at,
    probeSays: row.probe_says,
    macs: row.macs,
    inventory: hideSecrets(row.inventory, row.secrets),
    hints: hideSecrets(row.hints, row.secrets),
    quirks: row.quirks,
    notes: row.notes,
    groups: row.groups,
    state,
    stateCode: codeOf(state),
    lifecycle: lifecycleOf({
      retirement: row.retirement,
      isInstalling: row.installing,
      isDebugging: row.debugging,
      alive: row.alive || row.system,
      isWaiting: !row.available && state === 'proposed',
      session: row.boot_system && { system: row.boot_system, wasAlive: row.boot_reached },
    }),
    bootSession:
      row.boot_session_id === null
        ? null
        : { id: idOf(row.boot_session_id), bootenv: row.boot_bootenv ?? '', since: row.boot_since as Date },
    openReports: row.open_reports,
    install: row.install && { ...row.install, id: idOf(row.install.id), since: new Date(row.install.since) },
    version: Number(row.version),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
};

export class PgNodeStore implements NodeStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<NodeView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE ${isId(key) ? 'n.id = $1' : 'n.name = lower($1)'} ${options.lock ? 'FOR UPDATE OF n' : ''}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<NodeView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async insertMissing(node: NewNode): Promise<boolean> {
    const result = await this.manager
      .createQueryBuilder()
      .insert()
      .into(NodeRow)
      .values({ ...node, macs: [...node.macs], quirks: [...node.quirks] })
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  async update(id: NodeId, change: NodeChange): Promise<void> {
    const { macs, quirks, ...rest } = change;
    await this.manager.update(
      NodeRow,
      { id },
      {
        ...rest,
        ...(macs ? { macs: [...macs] } : {}),
        ...(quirks ? { quirks: [...quirks] } : {}),
        version: () => 'version + 1',
        updatedAt: () => 'now()',
      },
    );
  }

  async delete(id: NodeId): Promise<void> {
    await this.manager.delete(NodeRow, { id });
  }

  async admins(): Promise<NodeId[]> {
    const { rows } = await this.client.query<{ id: NodeId }>(`SELECT id FROM nodes WHERE admin ORDER BY id FOR UPDATE`);
    return rows.map(({ id }) => id);
  }

  async phantomOf(deploymentId: DeploymentId): Promise<NodeId | null> {
    const row = await this.manager.findOne(NodeRow, { select: { id: true }, where: { deploymentId, system: true } });
    return row ? idOf(row.id) : null;
  }

  async moveAll(from: DeploymentId, to: DeploymentId): Promise<{ id: NodeId; name: string }[]> {
    const { rows } = await this.client.query<{ id: NodeId; name: string }>(
      `UPDATE nodes SET deployment_id = $2, version = version + 1, updated_at = now() WHERE deployment_id = $1 AND NOT system RETURNING id, name`,
      [from, to],
    );
    return rows;
  }

  async documents(id: NodeId): Promise<NodeDocuments> {
    const row = await this.manager.findOneOrFail(NodeRow, {
      select: { inventory: true, hints: true, notes: true },
      where: { id },
    });
    return { inventory: row.inventory, hints: row.hints, notes: row.notes } as NodeDocuments;
  }

  async idsOf(keys: readonly string[]): Promise<ReadonlyMap<string, NodeId>> {
    const wanted = [...new Set(keys)].filter((key) => !key.includes('\0'));
    const { rows } = await this.client.query<{ key: string; id: NodeId }>(
      `SELECT k.key, n.id FROM unnest($1::text[]) AS k(key) JOIN nodes n ON n.name = lower(k.key)
       UNION ALL SELECT k.id::text, n.id FROM unnest($2::uuid[]) AS k(id) JOIN nodes n ON n.id = k.id`,
      [wanted.filter((key) => !isId(key)), wanted.filter(isId)],
    );
    const found = new Map(rows.map(({ key, id }) => [key, id]));
    return new Map(
      wanted.flatMap((key) => {
        const id = found.get(isId(key) ? key.toLowerCase() : key);
        return id ? [[key, id]] : [];
      }),
    );
  }

  async withMacs(macs: readonly string[], except: NodeId): Promise<{ name: string; mac: string } | null> {
    const { rows } = await this.client.query<{ name: string; mac: string }>(
      `SELECT n.name, m.mac FROM nodes n CROSS JOIN LATERAL unnest(n.macs) AS m(mac)
       WHERE n.macs && $1::text[] AND m.mac = ANY($1) AND n.id <> $2 LIMIT 1`,
      [macs, except],
    );
    return rows[0] ?? null;
  }
}
