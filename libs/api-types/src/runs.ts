import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, INT32_MAX, jsonObject, keyParams, noQuery, timestamp } from './base/scalars.js';
import { LOG_SAYS, LOG_TYPES, logPage, logQuery, runState } from './run-log.js';

/** Attempts to carry out a noderole: what each was given, what it said, and what it brought back. */

export const run = z
  .object({
    id,
    node_role: z.string().meta({ description: '`role@node`.' }),
    node_role_id: id,
    role_id: id,
    node: z.string(),
    node_id: id,
    deployment_id: id,
    state: runState,
    attempt: z.int(),
    jig: z.string(),
    rerun: z.boolean(),
    worker: z.string().nullable(),
    queued_at: timestamp,
    started_at: timestamp.nullable(),
    finished_at: timestamp.nullable(),
    deadline_at: timestamp.nullable(),
    cancel_requested_by: z.string().nullable(),
    exit_code: z.int().nullable(),
    reason: z.string(),
    reboot_needed: z.boolean(),
    log_lines: count,
    log_bytes: count,
  })
  .meta({ id: 'Run' });

export const runDetail = run
  .extend({
    input: jsonObject.meta({ description: 'As it was staged; secrets are hidden.' }),
    outputs: jsonObject.nullable(),
  })
  .meta({ id: 'RunDetail' });

export const runs = listed({
  fields: {
    id: 'id',
    node_role_id: 'id',
    role: 'text',
    node: 'text',
    node_id: 'id',
    deployment: 'text',
    deployment_id: 'id',
    state: 'text',
    jig: 'text',
    attempt: 'number',
    exit_code: 'number',
    queued_at: 'time',
    started_at: 'time',
    finished_at: 'time',
  },
  sorts: ['-queued_at', 'node', 'role', 'state'],
});

/** Longest reason that a report may give, in characters. */
export const REASON_LENGTH_MAX = 4_000;

export const report = z
  .strictObject({
    outcome: z.enum(['succeeded', 'failed']),
    reason: z.string().max(REASON_LENGTH_MAX).optional().meta({ description: 'Why it failed, in a sentence.' }),
    exit_code: z.int().min(0).max(255).optional(),
    outputs: jsonObject
      .optional()
      .meta({ description: 'Values of attributes that the role declares as outputs, by name.' }),
    attempt: z.int().min(1).max(INT32_MAX).optional().meta({
      description:
        'The attempt that is reported; when another one has taken its place, nothing changes. The current one when absent.',
    }),
    reboot_needed: z.boolean().optional(),
  })
  .meta({ id: 'Report' });

const BASE = `${API_BASE}/runs`;

export const runRoutes = routes('runs', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List runs, the newest first',
    allows: VIEWERS,
    query: listQuery(runs),
    success: 200,
    answer: pageOf(run),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a run',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: runDetail,
  },
  log: {
    method: 'GET',
    path: `${BASE}/:key/log`,
    summary: 'Read the log of a run',
    says: LOG_SAYS,
    allows: VIEWERS,
    params: keyParams,
    query: logQuery,
    success: 200,
    answer: logPage,
    produces: LOG_TYPES,
  },
  cancel: {
    method: 'PUT',
    path: `${BASE}/:key/cancel`,
    summary: 'Cancel a run',
    says: 'One that nobody has begun, or that only waits for its node, ends at once (`cancel` is `ended`); whoever carries it out ends any other soon (`requested`).',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 202,
    answer: runDetail.extend({ cancel: z.enum(['ended', 'requested']) }).meta({ id: 'CancelledRun' }),
  },
  report: {
    method: 'POST',
    path: `${BASE}/:key/report`,
    summary: 'Report how a run ended',
    says: 'For the node that carries it out, with the token that it was given for this run and no other. Refused with 409 when the run is over; outputs that do not fit their schemas change nothing. While the scripts that began the work still run, the state of the answer is `running`: the report is kept, and counts when they are done.',
    allows: ['node'],
    params: keyParams,
    query: noQuery,
    body: report,
    success: 200,
    answer: z.object({ run_id: id, state: runState }).meta({ id: 'Reported' }),
  },
});
