import type { PoolClient } from 'pg';
import type { DeclaredAttrib, DeploymentRoleId, MadeOf, MakingRole } from '#app';
import type { DeploymentId, NodeRoleId, RoleId } from '#core';
import { rowsOf, statement } from '../sql.js';
import { DECLARED_COLUMNS, toDeclared, type DeclaredRow } from './declared.js';

const MADE = statement(
  'attrib.made',
  `SELECT a.role_id, ${DECLARED_COLUMNS} FROM attribs a
   WHERE a.generate IS NOT NULL AND a.role_id IS NOT NULL AND a.kind = 'input' AND NOT a.retired ORDER BY a.sort_order, a.name`,
);
const PLACES = `SELECT dr.id AS deployment_role_id, dr.deployment_id, dr.role_id, r.name AS role, array_agg(nr.id ORDER BY nr.id) AS node_roles
   FROM node_roles nr JOIN deployment_roles dr ON dr.role_id = nr.role_id AND dr.deployment_id = nr.deployment_id JOIN roles r ON r.id = nr.role_id
   WHERE nr.role_id = ANY($1::uuid[]) AND`;
const ORDER = `GROUP BY dr.id, r.name ORDER BY dr.id`;
const OF_NODE_ROLES = statement('attrib.making-node-roles', `${PLACES} nr.id = ANY($2::uuid[]) ${ORDER}`);
const OF_DEPLOYMENT = statement('attrib.making-deployment', `${PLACES} nr.deployment_id = $2 ${ORDER}`);

interface PlaceRow {
  deployment_role_id: DeploymentRoleId;
  deployment_id: DeploymentId;
  role_id: RoleId;
  role: string;
  node_roles: NodeRoleId[];
}

/** See `AttribStore.making`. In one order for everybody: whoever is given them locks them. */
export const loadMaking = async (client: PoolClient, of: MadeOf): Promise<MakingRole[]> => {
  if ('nodeRoleIds' in of && of.nodeRoleIds.length === 0) return [];
  const made = await rowsOf<DeclaredRow & { role_id: RoleId }>(client, MADE, []);
  if (made.length === 0) return [];
  const attribs = new Map<RoleId, DeclaredAttrib[]>();
  for (const row of made) attribs.set(row.role_id, [...(attribs.get(row.role_id) ?? []), toDeclared(row)]);
  const places =
    'nodeRoleIds' in of
      ? await rowsOf<PlaceRow>(client, OF_NODE_ROLES, [[...attribs.keys()], of.nodeRoleIds])
      : await rowsOf<PlaceRow>(client, OF_DEPLOYMENT, [[...attribs.keys()], of.deploymentId]);
  return places.map((row) => ({
    deploymentRoleId: row.deployment_role_id,
    deploymentId: row.deployment_id,
    roleId: row.role_id,
    role: row.role,
    attribs: attribs.get(row.role_id) ?? [],
    nodeRoleIds: row.node_roles,
  }));
};
