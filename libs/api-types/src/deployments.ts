import { z } from 'zod';
import { foldedExplanation, stateCode, stateCounts, stateWord } from './base/action.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, description, id, int32, key, keyParams, noQuery, timestamp, version } from './base/scalars.js';
import { nodeRole, nodeRoles } from './node-roles.js';
import { rollout } from './rollouts.js';
import { timeline, timelineQuery } from './timeline.js';

/** Sets of noderoles and nodes that are proposed, then committed, together. */

const deploymentName = z.string().regex(/^[A-Za-z][-_.A-Za-z0-9]{0,62}$/);

export const deployment = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    parent: z.string().nullable(),
    parent_id: id.nullable(),
    system: z.boolean(),
    state: z
      .enum(['proposed', 'committed', 'active', 'error'])
      .meta({ description: 'What has become of the wish: `active` when everything committed is.' }),
    wish: z.enum(['proposed', 'committed']).meta({ description: 'What was asked for.' }),
    priority: z.int(),
    nodes: count,
    node_roles: stateCounts,
    snapshot: count.meta({ description: 'Number of the last commit’s snapshot; 0 before the first.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Deployment' });

export const newDeployment = z
  .strictObject({
    name: deploymentName,
    description: description.optional(),
    parent: key.optional().meta({ description: 'The system deployment when absent.' }),
    priority: int32.optional(),
  })
  .meta({ id: 'NewDeployment' });

export const deploymentPatch = z
  .strictObject({ name: deploymentName.optional(), description: description.optional(), priority: int32.optional() })
  .meta({ id: 'DeploymentPatch' });

export const deployments = listed({
  fields: {
    id: 'id',
    name: 'text',
    description: 'text',
    parent: 'text',
    parent_id: 'id',
    system: 'boolean',
    state: 'text',
    wish: 'text',
    priority: 'number',
    created_at: 'time',
    updated_at: 'time',
  },
  sorts: ['name', 'priority', 'created_at', 'updated_at'],
});

export const graphPicture = z
  .object({
    node_roles: z.array(
      z.object({
        id,
        name: z.string(),
        role: z.string(),
        node: z.string(),
        node_id: id,
        deployment_id: id,
        state: stateWord,
        state_code: stateCode,
        cohort: count,
        changed: z.boolean(),
        held: z.boolean(),
        outside: z.boolean().meta({ description: 'Of another deployment.' }),
      }),
    ),
    edges: z.array(z.object({ parent_id: id, child_id: id, soft: z.boolean(), pending: z.boolean() })),
  })
  .meta({ id: 'Graph' });

/** Nodes held back, or pairs bound, in one request at the most. */
export const BULK_MAX = 10_000;

const rolloutOptions = z
  .strictObject({
    wave_size: z.int().min(1).max(100_000).meta({ description: 'Nodes in a wave.' }),
    zone: z
      .string()
      .regex(/^[a-z][-a-z0-9]{0,30}$/)
      .optional()
      .meta({
        description:
          'A category of groups, such as `rack`, `switch` or `power`: a wave has nodes of one of them alone, so that never more than one is worked on.',
      }),
    pause_ms: z
      .int()
      .min(0)
      .max(86_400_000)
      .optional()
      .meta({ description: 'Between the end of a wave and the next one.' }),
    stop_failed_percent: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'The rollout stops by itself once so many of the nodes have failed.' }),
  })
  .meta({ id: 'RolloutOptions' });

export const commitOptions = {
  rollout: rolloutOptions.optional(),
  held: z
    .array(key)
    .max(BULK_MAX)
    .optional()
    .meta({ description: 'Nodes whose noderoles are committed and kept back until somebody lets them go.' }),
};

const previewed = z.object({ id, name: z.string(), state: stateWord });
const because = previewed.extend({
  because: z.array(z.string()).meta({ description: 'Attributes whose values differ.' }),
});

export const preview = z
  .object({
    deployment: z.string(),
    added: z.array(previewed).meta({ description: 'Proposed noderoles that become committed.' }),
    rerun: z.array(because),
    not_rerun: z.array(because).meta({ description: 'Destructive ones whose input differs and that are left alone.' }),
    blocked: z.array(previewed),
    resumed: z.array(previewed),
    destructive: z.array(previewed).meta({ description: 'What destroys something when it runs.' }),
    order: z.array(z.array(previewed)).meta({ description: 'What runs, cohort after cohort.' }),
    waves: z.array(z.array(previewed)),
    waiting: z.array(previewed).meta({ description: 'What cannot run as things stand.' }),
    made: z
      .array(z.object({ role: z.string(), attrib: z.string() }))
      .meta({ description: 'Secrets that nobody has given: they are made, and kept for the whole deployment.' }),
    warnings: z
      .array(
        z.object({
          role: z.string(),
          category: z.string(),
          zone: z.string(),
          nodes: z.array(z.string()),
          says: z.string(),
        }),
      )
      .meta({
        description:
          'Cluster roles of which more nodes stand in one failure zone (zone, rack, switch, power) than have to.',
      }),
    estimate: z.object({ ms: z.number().nullable(), runs: z.int(), without_past: z.int() }),
  })
  .meta({ id: 'Preview' });

export const snapshot = z
  .object({ id, deployment_id: id, number: z.int(), note: z.string(), created_by: z.string(), created_at: timestamp })
  .meta({ id: 'Snapshot' });

export const snapshots = listed({
  fields: { id: 'id', number: 'number', note: 'text', created_by: 'text', created_at: 'time' },
  sorts: ['-number'],
});

const BASE = `${API_BASE}/deployments`;

export const deploymentRoutes = routes('deployments', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List deployments',
    allows: VIEWERS,
    query: listQuery(deployments),
    success: 200,
    answer: pageOf(deployment),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a deployment',
    allows: OPERATORS,
    query: noQuery,
    body: newDeployment,
    success: 201,
    answer: deployment,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a deployment',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: deployment,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a deployment',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: deploymentPatch,
    success: 200,
    answer: deployment,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a deployment',
    says: 'Its noderoles go, its nodes return to its parent. One with children stays.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ deleted: z.string(), unbound: z.array(z.string()), returned: z.array(z.string()) }),
    ifMatch: true,
  },
  propose: {
    method: 'PUT',
    path: `${BASE}/:key/propose`,
    summary: 'Open a deployment for editing',
    says: 'Nothing new starts in it until it is committed; what runs ends.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: deployment,
    etag: true,
    ifMatch: 'optional',
  },
  recall: {
    method: 'PUT',
    path: `${BASE}/:key/recall`,
    summary: 'Take a commit back',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: deployment,
    etag: true,
    ifMatch: 'optional',
  },
  commit: {
    method: 'PUT',
    path: `${BASE}/:key/commit`,
    summary: 'Make a deployment the wish of the system',
    says: 'Answers at once; the header Location names an operation that can be followed. What it will do, `preview` with the same options says.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ note: z.string().max(2_000).optional(), ...commitOptions }).meta({ id: 'Commit' }),
    bodyOptional: true,
    success: 202,
    answer: z
      .object({
        deployment,
        snapshot,
        rollout: rollout.nullable(),
        committed: count,
        rerun: count,
        not_rerun: z
          .array(id)
          .meta({ description: 'Destructive noderoles whose input changed; left alone until somebody retries them.' }),
      })
      .meta({ id: 'Committed' }),
    ifMatch: 'optional',
  },
  preview: {
    method: 'POST',
    path: `${BASE}/:key/preview`,
    summary: 'Say what a commit would do',
    says: 'Writes nothing.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject(commitOptions).meta({ id: 'PreviewOptions' }),
    bodyOptional: true,
    success: 200,
    answer: preview,
  },
  bulk: {
    method: 'POST',
    path: `${BASE}/:key/bulk`,
    summary: 'Bind many roles to many nodes at once, all or none',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({
        bind: z
          .array(z.strictObject({ role: key, node: key }))
          .min(1)
          .max(BULK_MAX),
      })
      .meta({ id: 'Bulk' }),
    success: 200,
    answer: z
      .object({
        bound: z
          .array(z.object({ id, existing: z.boolean() }))
          .meta({ description: 'One for each pair, in their order.' }),
        created: z
          .array(z.object({ id, name: z.string() }))
          .meta({ description: 'All that was made, with what the roles need.' }),
      })
      .meta({ id: 'BulkBound' }),
  },
  snapshots: {
    method: 'GET',
    path: `${BASE}/:key/snapshots`,
    summary: 'List the commits of a deployment, the newest first',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(snapshots),
    success: 200,
    answer: pageOf(snapshot),
  },
  graph: {
    method: 'GET',
    path: `${BASE}/:key/graph`,
    summary: 'Show the graph of a deployment, and what it hangs together with',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: graphPicture,
  },
  nodeRoles: {
    method: 'GET',
    path: `${BASE}/:key/node_roles`,
    summary: 'List the noderoles of a deployment',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(nodeRoles),
    success: 200,
    answer: pageOf(nodeRole),
  },
  explain: {
    method: 'GET',
    path: `${BASE}/:key/explain`,
    summary: 'Why a deployment is not done',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: foldedExplanation,
  },
  timeline: {
    method: 'GET',
    path: `${BASE}/:key/timeline`,
    summary: 'What happened in a deployment, newest first',
    allows: VIEWERS,
    params: keyParams,
    query: timelineQuery,
    success: 200,
    answer: timeline,
  },
});
