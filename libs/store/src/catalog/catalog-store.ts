import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import type {
  AttribFacts,
  AttribRecord,
  BarclampId,
  CatalogFacts,
  CatalogStore,
  ImportPlan,
  JigFacts,
  RoleFacts,
  RoleHookRecord,
  RoleRecord,
} from '#app';
import { idOf, type JsonObject, type NodeId, type RoleFlag, type RoleId } from '#core';
import { BarclampRow } from '../barclamp/barclamp.row.js';
import { rowsOf, statement } from '../sql.js';

/** Names the lock that lets one import follow the other. */
const CATALOG_LOCK = 4_193_002;

const ROLES = statement(
  'catalog.roles',
  `SELECT r.id, r.name, r.barclamp_id, r.jig, r.flags, r.provides, r.conflicts, r.cohort, r.retired,
     coalesce(q.requires, '{}') AS requires, coalesce(q.attaches, '{}') AS attaches, coalesce(q.precedes, '{}') AS precedes,
     coalesce(w.wants, '[]') AS wants
   FROM roles r
   LEFT JOIN (
     SELECT role_id,
       array_agg(requires ORDER BY requires) FILTER (WHERE kind = 'requires') AS requires,
       array_agg(requires ORDER BY requires) FILTER (WHERE kind = 'attaches') AS attaches,
       array_agg(requires ORDER BY requires) FILTER (WHERE kind = 'precedes') AS precedes
     FROM role_requires GROUP BY role_id
   ) q ON q.role_id = r.id
   LEFT JOIN (
     SELECT role_id, jsonb_agg(jsonb_build_object('attrib', attrib, 'at', at) ORDER BY attrib) AS wants FROM role_wants GROUP BY role_id
   ) w ON w.role_id = r.id
   ORDER BY r.name`,
);
const BARCLAMPS = statement('catalog.barclamps', `SELECT id, name, digest FROM barclamps ORDER BY name`);
const JIGS = statement('catalog.jigs', `SELECT name, description, active, client_role FROM jigs ORDER BY name`);
const ATTRIBS = statement(
  'catalog.attribs',
  `SELECT id, name, role_id, barclamp_id, retired FROM attribs ORDER BY name`,
);

interface RoleRow {
  id: string;
  name: string;
  barclamp_id: string | null;
  jig: string;
  flags: RoleFlag[];
  provides: string[];
  conflicts: string[];
  cohort: number;
  retired: boolean;
  requires: string[];
  attaches: string[];
  precedes: string[];
  wants: { attrib: string; at: string | null }[];
}

const idOrNull = <Id>(id: string | null): Id | null => id as Id | null;

const toRole = (row: RoleRow): RoleFacts => ({ ...row, id: idOf(row.id), barclampId: idOrNull(row.barclamp_id) });

export class PgCatalogStore implements CatalogStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async facts(): Promise<CatalogFacts> {
    const barclamps = await rowsOf<CatalogFacts['barclamps'][number]>(this.client, BARCLAMPS, []);
    const jigs = await rowsOf<{ name: string; description: string; active: boolean; client_role: string | null }>(
      this.client,
      JIGS,
      [],
    );
    const roles = await rowsOf<RoleRow>(this.client, ROLES, []);
    const attribs = await rowsOf<{
      id: string;
      name: string;
      role_id: string | null;
      barclamp_id: string | null;
      retired: boolean;
    }>(this.client, ATTRIBS, []);
    return {
      barclamps,
      jigs: jigs.map(({ client_role, ...jig }): JigFacts => ({ ...jig, clientRole: client_role })),
      roles: roles.map(toRole),
      attribs: attribs.map((row): AttribFacts => ({
        id: idOf(row.id),
        name: row.name,
        roleId: idOrNull(row.role_id),
        barclampId: idOrNull(row.barclamp_id),
        retired: row.retired,
      })),
    };
  }

  async lock(): Promise<void> {
    await this.client.query('SELECT pg_advisory_xact_lock($1)', [CATALOG_LOCK]);
  }

  async usedRoles(ids: readonly RoleId[]): Promise<ReadonlySet<RoleId>> {
    const { rows } = await this.client.query<{ id: RoleId }>(
      `SELECT r.id FROM unnest($1::uuid[]) AS r(id)
       WHERE EXISTS (SELECT FROM node_roles nr WHERE nr.role_id = r.id) OR EXISTS (SELECT FROM deployment_roles dr WHERE dr.role_id = r.id)
         OR EXISTS (SELECT FROM network w WHERE w.role_id = r.id)`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async miscounted(ids: readonly RoleId[]): Promise<NodeId[]> {
    const { rows } = await this.client.query<{ id: NodeId }>(
      `SELECT n.id FROM nodes n
       WHERE n.id IN (SELECT node_id FROM node_roles WHERE role_id = ANY($1::uuid[]) AND state = -1)
         AND n.frozen <> (SELECT count(*) FROM node_roles nr JOIN roles r ON r.id = nr.role_id
                          WHERE nr.node_id = n.id AND nr.state = -1 AND r.on_error = 'node')`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  async templates(barclampId: BarclampId): Promise<ReadonlyMap<string, { stored: JsonObject; imported: JsonObject }>> {
    const { rows } = await this.client.query<{ name: string; stored: JsonObject; imported: JsonObject }>(
      `SELECT r.name, r.template AS stored, coalesce(d->'template', r.template) AS imported
       FROM roles r JOIN barclamps b ON b.id = r.barclamp_id
       LEFT JOIN LATERAL (SELECT one AS d FROM jsonb_array_elements(b.document->'roles') one WHERE one->>'name' = r.name) AS was ON true
       WHERE b.id = $1`,
      [barclampId],
    );
    return new Map(rows.map(({ name, stored, imported }) => [name, { stored, imported }]));
  }

  async apply(plan: ImportPlan): Promise<void> {
    await this.putBarclamp(plan);
    for (const jig of plan.jigs) await this.putJig(jig);
    await this.client.query(`DELETE FROM roles WHERE id = ANY($1::uuid[])`, [plan.deletedRoles]);
    await this.client.query(
      `UPDATE roles SET retired = true, version = version + 1, updated_at = now() WHERE id = ANY($1::uuid[])`,
      [plan.retiredRoles],
    );
    for (const role of [...plan.newRoles, ...plan.changedRoles]) await this.putRole(role);
    await this.client.query(`DELETE FROM attribs WHERE id = ANY($1::uuid[])`, [plan.deletedAttribs]);
    await this.client.query(`UPDATE attribs SET retired = true, version = version + 1 WHERE id = ANY($1::uuid[])`, [
      plan.retiredAttribs,
    ]);
    for (const attrib of [...plan.newAttribs, ...plan.changedAttribs]) await this.putAttrib(attrib);
    await this.putHooks(plan);
    await this.resolveNames();
    await this.putCohorts(plan.cohorts);
    await this.client.query(`UPDATE catalog_generation SET value = value + 1`);
  }

  async add(made: Parameters<CatalogStore['add']>[0]): Promise<void> {
    if (made.jig) await this.putJig(made.jig);
    if (made.role) await this.putRole(made.role);
    for (const attrib of made.attribs) await this.putAttrib(attrib);
    await this.resolveNames();
    await this.putCohorts(made.cohorts);
    await this.client.query(`UPDATE catalog_generation SET value = value + 1`);
  }

  async remove({ roleId, attribs }: Parameters<CatalogStore['remove']>[0]): Promise<void> {
    await this.client.query(`DELETE FROM deployment_roles WHERE role_id = $1`, [roleId ?? null]);
    await this.client.query(`DELETE FROM roles WHERE id = $1`, [roleId ?? null]);
    await this.client.query(`DELETE FROM attribs WHERE name = ANY($1::text[]) AND barclamp_id IS NULL`, [attribs]);
    await this.client.query(`UPDATE catalog_generation SET value = value + 1`);
  }

  private async putBarclamp({ barclamp }: ImportPlan): Promise<void> {
    const { id, isNew, ...values } = barclamp;
    if (isNew) await this.manager.insert(BarclampRow, { id, ...values });
    else
      await this.manager.update(
        BarclampRow,
        { id },
        { ...values, version: () => 'version + 1', updatedAt: () => 'now()' },
      );
  }

  private async putJig(jig: JigFacts): Promise<void> {
    await this.client.query(
      `INSERT INTO jigs (name, description, active, client_role, known) VALUES ($1, $2, $3, $4, $3)
       ON CONFLICT (name) DO UPDATE SET description = excluded.description, client_role = excluded.client_role, version = jigs.version + 1`,
      [jig.name, jig.description, jig.active, jig.clientRole],
    );
  }

  private async putRole(role: RoleRecord): Promise<void> {
    await this.client.query(
      `INSERT INTO roles (id, name, description, barclamp_id, jig, flags, provides, conflicts, priority, template, on_error, on_rerun_failure,
                          retry, timeout_ms, files, notes, documentation, scope)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
       ON CONFLICT (id) DO UPDATE SET
         description = excluded.description, jig = excluded.jig, flags = excluded.flags, provides = excluded.provides,
         conflicts = excluded.conflicts, priority = excluded.priority, template = excluded.template, on_error = excluded.on_error,
         on_rerun_failure = excluded.on_rerun_failure, retry = excluded.retry, timeout_ms = excluded.timeout_ms, files = excluded.files,
         notes = roles.notes || excluded.notes, documentation = excluded.documentation, scope = excluded.scope, retired = false,
         version = roles.version + 1, updated_at = now()`,
      [
        role.id,
        role.name,
        role.description,
        role.barclampId,
        role.jig,
        role.flags,
        role.provides,
        role.conflicts,
        role.priority,
        JSON.stringify(role.template),
        role.onError,
        role.onRerunFailure,
        role.retry ? JSON.stringify(role.retry) : null,
        role.timeoutMs,
        JSON.stringify(role.files),
        JSON.stringify(role.notes),
        role.documentation,
        role.scope,
      ],
    );
    await this.client.query(`DELETE FROM role_requires WHERE role_id = $1`, [role.id]);
    await this.client.query(`DELETE FROM role_wants WHERE role_id = $1`, [role.id]);
    const named = [
      ...role.requires.map((name) => ({ name, kind: 'requires' })),
      ...role.attaches.map((name) => ({ name, kind: 'attaches' })),
      ...role.precedes.map((name) => ({ name, kind: 'precedes' })),
    ];
    await this.client.query(
      `INSERT INTO role_requires (role_id, requires, kind) SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
      [role.id, named.map(({ name }) => name), named.map(({ kind }) => kind)],
    );
    await this.client.query(
      `INSERT INTO role_wants (role_id, attrib, at) SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
      [role.id, role.wants.map(({ attrib }) => attrib), role.wants.map(({ at }) => at)],
    );
  }

  private async putAttrib(attrib: AttribRecord): Promise<void> {
    await this.client.query(
      `INSERT INTO attribs (id, name, description, role_id, barclamp_id, map, schema, default_value, kind, writable, secret, ui_renderer, sort_order, generate)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (id) DO UPDATE SET
         description = excluded.description, role_id = excluded.role_id, map = excluded.map, schema = excluded.schema,
         default_value = excluded.default_value, kind = excluded.kind, writable = excluded.writable, secret = excluded.secret,
         ui_renderer = excluded.ui_renderer, sort_order = excluded.sort_order, generate = excluded.generate, retired = false, version = attribs.version + 1`,
      [
        attrib.id,
        attrib.name,
        attrib.description,
        attrib.roleId,
        attrib.barclampId,
        attrib.map,
        attrib.schema === null ? null : JSON.stringify(attrib.schema),
        attrib.defaultValue === undefined ? null : JSON.stringify(attrib.defaultValue),
        attrib.kind,
        attrib.writable,
        attrib.secret,
        attrib.uiRenderer,
        attrib.sortOrder,
        attrib.generate === null ? null : JSON.stringify(attrib.generate),
      ],
    );
  }

  /** A hook that was there goes on from where it was; a new one begins with what happens from now on. */
  private async putHooks(plan: ImportPlan): Promise<void> {
    const names = plan.hooks.map(({ name }) => name);
    const roleIds = [...plan.newRoles, ...plan.changedRoles].map(({ id }) => id);
    await this.client.query(`DELETE FROM hooks WHERE role_id = ANY($1::uuid[]) AND name <> ALL($2::text[])`, [
      [...roleIds, ...plan.retiredRoles],
      names,
    ]);
    for (const hook of plan.hooks) await this.putHook(hook);
  }

  private async putHook(hook: RoleHookRecord): Promise<void> {
    await this.client.query(
      `INSERT INTO hooks (id, name, role_id, selector, sink, deadline_ms, position, signing_key)
       SELECT $1, $2, $3, $4, $5, $6, (SELECT last FROM event_counter),
         CASE WHEN $5::jsonb->>'kind' = 'webhook' THEN replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') END
       ON CONFLICT (name) DO UPDATE SET role_id = excluded.role_id, selector = excluded.selector, sink = excluded.sink,
         deadline_ms = excluded.deadline_ms, version = hooks.version + 1`,
      [hook.id, hook.name, hook.roleId, JSON.stringify(hook.selector), JSON.stringify(hook.sink), hook.deadlineMs],
    );
  }

  /** Late binding: names that waited for a role get it, names of retired roles lose it. */
  private async resolveNames(): Promise<void> {
    await this.client.query(
      `UPDATE role_requires q SET required_id = now_.id
       FROM (SELECT q2.role_id, q2.requires, q2.kind, r.id FROM role_requires q2 LEFT JOIN roles r ON r.name = q2.requires AND NOT r.retired) now_
       WHERE q.role_id = now_.role_id AND q.requires = now_.requires AND q.kind = now_.kind AND q.required_id IS DISTINCT FROM now_.id`,
    );
  }

  private async putCohorts(cohorts: ReadonlyMap<RoleId, number>): Promise<void> {
    await this.client.query(
      `UPDATE roles SET cohort = n.cohort, version = version + 1 FROM unnest($1::uuid[], $2::int[]) AS n(id, cohort) WHERE roles.id = n.id`,
      [[...cohorts.keys()], [...cohorts.values()]],
    );
  }
}
