import type { PoolClient } from 'pg';
import type { Attrib, RoleId, StagedRole, StagedWant } from '#core';
import { rowsOf, statement } from '../sql.js';
import { DECLARED_COLUMNS, toPlaced, type DeclaredRow } from './declared.js';

/** What staging must know of a role; the same for every run until the catalog changes. */
export interface StagePlan {
  readonly role: StagedRole;
  readonly wantsOfNode: boolean;
  readonly wantsOfRoles: boolean;
}

const ROLES = statement('attrib.stage-roles', `SELECT id, name FROM roles WHERE id = ANY($1::uuid[])`);
const OWN = statement(
  'attrib.stage-own',
  `SELECT a.role_id, ${DECLARED_COLUMNS} FROM attribs a WHERE a.role_id = ANY($1::uuid[]) AND a.kind = 'input' AND NOT a.retired ORDER BY a.sort_order, a.name`,
);
const WANTS = statement(
  'attrib.stage-wants',
  `SELECT w.role_id AS wanting, w.at, a.role_id AS owner, coalesce('cluster' = ANY(o.flags), false) AS cluster, ${DECLARED_COLUMNS}
   FROM role_wants w JOIN attribs a ON a.name = w.attrib LEFT JOIN roles o ON o.id = a.role_id
   WHERE w.role_id = ANY($1::uuid[]) ORDER BY a.name`,
);

interface WantRow extends DeclaredRow {
  wanting: RoleId;
  at: string | null;
  owner: string | null;
  cluster: boolean;
}

/** Plans of one database, kept until its catalog changes: `catalog_generation` says when. */
export class StagePlans {
  private generation = '';
  private readonly plans = new Map<RoleId, StagePlan>();

  async of(
    client: PoolClient,
    roleIds: ReadonlySet<RoleId>,
    generation: string,
  ): Promise<ReadonlyMap<RoleId, StagePlan>> {
    if (generation !== this.generation) {
      this.plans.clear();
      this.generation = generation;
    }
    const unknown = [...roleIds].filter((id) => !this.plans.has(id));
    if (unknown.length > 0) for (const [id, plan] of await loadPlans(client, unknown)) this.plans.set(id, plan);
    return this.plans;
  }
}

const loadPlans = async (client: PoolClient, roleIds: readonly RoleId[]): Promise<Map<RoleId, StagePlan>> => {
  const roles = await rowsOf<{ id: RoleId; name: string }>(client, ROLES, [roleIds]);
  const own = await rowsOf<DeclaredRow & { role_id: RoleId }>(client, OWN, [roleIds]);
  const wants = await rowsOf<WantRow>(client, WANTS, [roleIds]);
  return new Map(
    roles.map(({ id, name }) => {
      const attribs: Attrib[] = own.filter((row) => row.role_id === id).map(toPlaced);
      const wanted = wants.filter((row) => row.wanting === id).map(toWant);
      const role: StagedRole = { name, attribs, wants: wanted };
      return [
        id,
        {
          role,
          wantsOfNode: wanted.some(({ of }) => of.kind === 'node'),
          wantsOfRoles: wanted.some(({ of }) => of.kind === 'role'),
        },
      ];
    }),
  );
};

const toWant = (row: WantRow): StagedWant => ({
  attrib: toPlaced(row),
  ...(row.at === null ? {} : { at: row.at.split('/') }),
  of: row.owner === null ? { kind: 'node' } : { kind: 'role', cluster: row.cluster },
});
