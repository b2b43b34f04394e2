import { z } from 'zod';
import { explanation, stateCode, stateWord } from './base/action.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, jsonObject, key, keyParams, NAME_LENGTH_MAX, noQuery, timestamp, version } from './base/scalars.js';
import { valueRoutes } from './attribs.js';
import { LOG_SAYS, LOG_TYPES, logPage, logQuery, runState } from './run-log.js';
import { run, runs } from './runs.js';

/** Roles bound to nodes: the vertices of the graph, the units of work. */

export const nodeRole = z
  .object({
    id,
    name: z.string().meta({ description: '`role@node`, which is also a key.' }),
    role: z.string(),
    role_id: id,
    node: z.string(),
    node_id: id,
    deployment: z.string(),
    deployment_id: id,
    state: stateWord,
    state_code: stateCode,
    state_since: timestamp,
    cohort: count.meta({ description: 'Longest distance from a root.' }),
    unmet: count.meta({ description: 'Parents that are not active.' }),
    changed: z.boolean().meta({ description: 'It will be run again because an input changed.' }),
    held: z.boolean().meta({ description: 'A rollout keeps it back.' }),
    available: z.boolean(),
    run_count: count,
    failures: count,
    not_before: timestamp.nullable(),
    status: z.string().meta({ description: 'One line about the last outcome.' }),
    run_id: id.nullable(),
    run_state: runState.nullable(),
    version,
    created_at: timestamp,
  })
  .meta({ id: 'NodeRole' });

/** With its data, in which secrets are hidden. */
export const nodeRoleDetail = nodeRole
  .extend({
    proposed_data: jsonObject
      .nullable()
      .meta({ description: 'Null when nothing is proposed beyond what was committed.' }),
    committed_data: jsonObject,
    wall: jsonObject.meta({ description: 'What its runs wrote.' }),
    sysdata: jsonObject,
    notes: jsonObject,
    data_updated_at: timestamp.nullable(),
    data_updated_by: z.string(),
  })
  .meta({ id: 'NodeRoleDetail' });

/** What a binding made, or found. */
export const boundNodeRole = nodeRoleDetail
  .extend({
    existing: z.boolean().meta({ description: 'It was bound before.' }),
    created: z
      .array(z.object({ id, name: z.string() }))
      .meta({ description: 'Everything that was made, parents before their children.' }),
  })
  .meta({ id: 'BoundNodeRole' });

export const cancelledNodeRole = nodeRoleDetail
  .extend({
    cancel: z
      .enum(['ended', 'requested'])
      .meta({ description: '`requested`: whoever carries the run out was told and ends it soon.' }),
  })
  .meta({ id: 'CancelledNodeRole' });

export const relative = z
  .object({
    node_role: nodeRole,
    soft: z.boolean(),
    pending: z.boolean(),
    why: z.string().meta({ description: 'How binding chose this parent.' }),
    candidates: z.array(z.object({ id, name: z.string() })).meta({ description: 'What would have done as well.' }),
    attribs: z.array(z.string()).meta({ description: 'Attributes that the child reads from the parent.' }),
  })
  .meta({ id: 'Relative' });

export const nodeRoles = listed({
  fields: {
    id: 'id',
    role: 'text',
    role_id: 'id',
    node: 'text',
    node_id: 'id',
    deployment: 'text',
    deployment_id: 'id',
    state: 'text',
    state_code: 'number',
    state_since: 'time',
    cohort: 'number',
    changed: 'boolean',
    held: 'boolean',
    available: 'boolean',
    run_count: 'number',
    failures: 'number',
    status: 'text',
    flags: 'texts',
    jig: 'text',
    created_at: 'time',
  },
  sorts: ['cohort', 'node', 'role', 'deployment', 'state_code', 'state_since', 'created_at'],
});

const BASE = `${API_BASE}/node_roles`;

export const nodeRoleRoutes = routes('node_roles', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List noderoles',
    allows: VIEWERS,
    query: listQuery(nodeRoles),
    success: 200,
    answer: pageOf(nodeRole),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Bind a role to a node',
    says: 'With it comes all that it needs there: the whole chain, or nothing. 200 instead of 201 when it was bound before; then nothing is made.',
    allows: OPERATORS,
    query: noQuery,
    body: z
      .strictObject({
        role: key,
        node: key,
        deployment: key.optional().meta({ description: 'That of the node when absent.' }),
      })
      .meta({ id: 'NewNodeRole' }),
    success: 201,
    alsoSuccess: [200],
    answer: boundNodeRole,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a noderole',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: nodeRoleDetail,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Edit a noderole',
    says: '`data` is a merge patch of the proposed data; it counts once the noderole, its node or its deployment is committed.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({
        data: jsonObject.optional(),
        notes: jsonObject.optional(),
        available: z.boolean().optional().meta({ description: 'What is off is not run.' }),
        held: z.boolean().optional().meta({ description: 'False lets it go, whatever keeps it back.' }),
      })
      .meta({ id: 'NodeRolePatch' }),
    success: 200,
    answer: nodeRoleDetail,
    etag: true,
    ifMatch: true,
  },
  repoint: {
    method: 'PUT',
    path: `${BASE}/:key/parents/:parent`,
    summary: 'Give a noderole another parent than the one that binding chose',
    allows: OPERATORS,
    params: z.strictObject({ key, parent: key }),
    query: noQuery,
    body: z.strictObject({ to: key }).meta({ id: 'Repoint' }),
    success: 200,
    answer: z.object({ items: z.array(relative) }),
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Unbind a noderole',
    says: 'What depends on it goes with it where it may; `unbound` names all that went.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ unbound: z.array(z.string()) }),
    ifMatch: true,
  },
  retry: {
    method: 'PUT',
    path: `${BASE}/:key/retry`,
    summary: 'Run a noderole again',
    says: 'One that is destructive and was done before asks for `confirm`: the name of its node.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ confirm: z.string().max(NAME_LENGTH_MAX).optional() }).meta({ id: 'Retry' }),
    bodyOptional: true,
    success: 202,
    answer: nodeRoleDetail,
    etag: true,
    ifMatch: 'optional',
  },
  propose: {
    method: 'PUT',
    path: `${BASE}/:key/propose`,
    summary: 'Take a noderole back to editing',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: nodeRoleDetail,
    etag: true,
    ifMatch: 'optional',
  },
  commit: {
    method: 'PUT',
    path: `${BASE}/:key/commit`,
    summary: 'Commit a noderole',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 202,
    answer: nodeRoleDetail,
    etag: true,
    ifMatch: 'optional',
  },
  cancel: {
    method: 'PUT',
    path: `${BASE}/:key/cancel`,
    summary: 'Cancel the run of a noderole',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 202,
    answer: cancelledNodeRole,
    etag: true,
  },
  explain: {
    method: 'GET',
    path: `${BASE}/:key/explain`,
    summary: 'Why a noderole is not done',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: explanation,
  },
  parents: {
    method: 'GET',
    path: `${BASE}/:key/parents`,
    summary: 'List what a noderole waits for',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(relative) }),
  },
  children: {
    method: 'GET',
    path: `${BASE}/:key/children`,
    summary: 'List what waits for a noderole',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(relative) }),
  },
  runs: {
    method: 'GET',
    path: `${BASE}/:key/runs`,
    summary: 'List the runs of a noderole, the newest first',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(runs),
    success: 200,
    answer: pageOf(run),
  },
  log: {
    method: 'GET',
    path: `${BASE}/:key/log`,
    summary: 'Read the log of a noderole’s last run',
    says: LOG_SAYS,
    allows: VIEWERS,
    params: keyParams,
    query: logQuery,
    success: 200,
    answer: logPage,
    produces: LOG_TYPES,
  },
  ...valueRoutes('node_roles', 'a noderole'),
});
