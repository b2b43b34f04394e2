import type { PoolClient } from 'pg';
import type { ProposedLayers } from '#app';
import {
  idOf,
  type AttribSources,
  type DeploymentId,
  type JsonObject,
  type LayerDocument,
  type NodeRoleId,
  type RoleId,
} from '#core';
import { rowsOf, statement } from '../sql.js';

const OWNERS = statement(
  'attrib.owners',
  `SELECT nr.id, nr.role_id, r.name AS role, nr.deployment_id, d.name AS deployment, n.name AS node,
     data.committed_data, data.proposed_data, data.wall, data.sysdata, data.updated_by
   FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN deployments d ON d.id = nr.deployment_id JOIN nodes n ON n.id = nr.node_id
   LEFT JOIN node_role_data data ON data.node_role_id = nr.id
   WHERE nr.id = ANY($1::uuid[])`,
);
const TEMPLATES = statement(
  'attrib.templates',
  `SELECT id, name, template FROM roles WHERE id = ANY($1::uuid[]) AND template <> '{}'`,
);
const DEPLOYMENT_ROLES = statement(
  'attrib.deployment-roles',
  `SELECT dr.deployment_id, dr.role_id, dr.wall, dr.committed_data, dr.proposed_data, dr.version, dr.updated_by
   FROM deployment_roles dr WHERE dr.role_id = ANY($1::uuid[]) AND dr.deployment_id = ANY($2::uuid[])`,
);

interface OwnerRow {
  id: string;
  role_id: RoleId;
  role: string;
  deployment_id: DeploymentId;
  deployment: string;
  node: string;
  committed_data: JsonObject | null;
  proposed_data: JsonObject | null;
  wall: JsonObject | null;
  sysdata: JsonObject | null;
  updated_by: string | null;
}
interface DeploymentRoleRow {
  deployment_id: DeploymentId;
  role_id: RoleId;
  wall: JsonObject;
  committed_data: JsonObject;
  proposed_data: JsonObject | null;
  version: string;
  updated_by: string;
}

/**
 * All layers of noderoles, three statements for any number of them. What many share (a role's template, a deployment
 * role's data) is read once and is the same object in all of them.
 */
export const loadSources = async (
  client: PoolClient,
  ids: readonly NodeRoleId[],
  proposed: ProposedLayers = 'none',
): Promise<Map<NodeRoleId, AttribSources>> => {
  if (ids.length === 0) return new Map();
  const rows = await rowsOf<OwnerRow>(client, OWNERS, [ids]);
  const owners = proposed === 'none' ? rows : rows.map(asCommitted);
  const roleIds = [...new Set(owners.map((owner) => owner.role_id))];
  const templates = await rowsOf<{ id: RoleId; name: string; template: JsonObject }>(client, TEMPLATES, [roleIds]);
  const templateOf = new Map(
    templates.map(({ id, name, template }) => [id, { data: template, object: `role ${name}` }]),
  );
  const deploymentRoles = await rowsOf<DeploymentRoleRow>(client, DEPLOYMENT_ROLES, [
    roleIds,
    [...new Set(owners.map((owner) => owner.deployment_id))],
  ]);
  const pairs = proposed === 'all' ? deploymentRoles.map(asCommitted) : deploymentRoles;
  const pairOf = new Map(pairs.map((row) => [`${row.role_id} ${row.deployment_id}`, row]));
  const shared = new Map<string, AttribSources>();
  const sharedOf = (owner: OwnerRow): AttribSources => {
    const key = `${owner.role_id} ${owner.deployment_id}`;
    let sources = shared.get(key);
    if (!sources) shared.set(key, (sources = sharedSources(owner, templateOf.get(owner.role_id), pairOf.get(key))));
    return sources;
  };
  return new Map(owners.map((owner) => [idOf<NodeRoleId>(owner.id), { ...sharedOf(owner), ...ownSources(owner) }]));
};

/** As if what is proposed were committed. */
const asCommitted = <Row extends { committed_data: JsonObject | null; proposed_data: JsonObject | null }>(
  row: Row,
): Row => (row.proposed_data === null ? row : { ...row, committed_data: row.proposed_data });

const sharedSources = (
  owner: OwnerRow,
  template: LayerDocument | undefined,
  row: DeploymentRoleRow | undefined,
): AttribSources => ({
  ...(template ? { 'role.template': template } : {}),
  ...(row ? deploymentRoleSources(`deployment role ${owner.role} in ${owner.deployment}`, row) : {}),
});

export const deploymentRoleSources = (
  object: string,
  row: Pick<DeploymentRoleRow, 'wall' | 'committed_data' | 'version' | 'updated_by'>,
): AttribSources => {
  const of = { object, version: Number(row.version), ...(row.updated_by === '' ? {} : { by: row.updated_by }) };
  return {
    ...(isEmpty(row.wall) ? {} : { 'deployment_role.wall': { data: row.wall, ...of } }),
    ...(isEmpty(row.committed_data) ? {} : { 'deployment_role.user': { data: row.committed_data, ...of } }),
  };
};

const ownSources = (owner: OwnerRow): AttribSources => {
  const object = `noderole ${owner.role} on ${owner.node}`;
  return {
    ...(isEmpty(owner.wall) ? {} : { 'node_role.wall': { data: owner.wall as JsonObject, object } }),
    ...(isEmpty(owner.sysdata) ? {} : { 'node_role.system': { data: owner.sysdata as JsonObject, object } }),
    ...(isEmpty(owner.committed_data)
      ? {}
      : {
          'node_role.user': {
            data: owner.committed_data as JsonObject,
            object,
            ...(owner.updated_by ? { by: owner.updated_by } : {}),
          },
        }),
  };
};

export const isEmpty = (data: JsonObject | null): boolean => data === null || Object.keys(data).length === 0;

/** The layers of a node. */
export const nodeSources = (node: {
  readonly name: string;
  readonly inventory: JsonObject | null;
  readonly hints: JsonObject;
}): AttribSources => ({
  ...(isEmpty(node.inventory)
    ? {}
    : { 'node.inventory': { data: node.inventory as JsonObject, object: `node ${node.name}` } }),
  ...(isEmpty(node.hints) ? {} : { 'node.hint': { data: node.hints, object: `node ${node.name}` } }),
});
