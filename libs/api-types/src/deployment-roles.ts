import { z } from 'zod';
import { valueRoutes } from './attribs.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, jsonObject, key, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** What a deployment wishes for a role, on all nodes that have it there. */

export const deploymentRole = z
  .object({
    id,
    name: z.string().meta({ description: '`role@deployment`, which is also a key.' }),
    deployment: z.string(),
    deployment_id: id,
    role: z.string(),
    role_id: id,
    proposed_data: jsonObject
      .nullable()
      .meta({ description: 'Null when nothing is proposed beyond what was committed. Secrets are hidden.' }),
    committed_data: jsonObject,
    wall: jsonObject,
    notes: jsonObject,
    node_roles: count,
    version,
    updated_at: timestamp,
    updated_by: z.string(),
  })
  .meta({ id: 'DeploymentRole' });

export const deploymentRoles = listed({
  fields: {
    id: 'id',
    deployment: 'text',
    deployment_id: 'id',
    role: 'text',
    role_id: 'id',
    cohort: 'number',
    flags: 'texts',
    proposed: 'boolean',
    updated_at: 'time',
  },
  sorts: ['deployment', 'role', 'cohort', 'updated_at'],
});

const BASE = `${API_BASE}/deployment_roles`;

export const deploymentRoleRoutes = routes('deployment_roles', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List deployment roles',
    allows: VIEWERS,
    query: listQuery(deploymentRoles),
    success: 200,
    answer: pageOf(deploymentRole),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Add a role to a deployment',
    allows: OPERATORS,
    query: noQuery,
    body: z.strictObject({ deployment: key, role: key }).meta({ id: 'NewDeploymentRole' }),
    success: 201,
    answer: deploymentRole,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a deployment role',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: deploymentRole,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Edit what a deployment wishes for a role',
    says: '`data` is a merge patch of the proposed data; it counts once the deployment is committed.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({ data: jsonObject.optional(), notes: jsonObject.optional() })
      .meta({ id: 'DeploymentRolePatch' }),
    success: 200,
    answer: deploymentRole,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Take a role out of a deployment',
    says: 'Refused while noderoles of it are bound there.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  ...valueRoutes('deployment_roles', 'a deployment role'),
});
