import { z } from 'zod';
import { INSTALL_PHASES } from '#core';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, keyParams, name, NAME_LENGTH_MAX, noQuery, timestamp } from './base/scalars.js';

/** Installs: how far each is, and what the machines themselves report of them. */

const STEP_LENGTH_MAX = 100;
const SAYS_LENGTH_MAX = 1_000;
const REASON_LENGTH_MAX = 4_000;
/** Lines of one report, and characters of a line. */
const LINES_MAX = 1_000;
const LINE_LENGTH_MAX = 4_000;
const HOST_KEY_LENGTH_MAX = 4_000;
const TOKEN_LENGTH_MAX = 200;
const DISKS_MAX = 1_000;
const DISK_ID_LENGTH_MAX = 300;
const MACS_MAX = 256;

export const installPhase = z
  .enum(INSTALL_PHASES)
  .meta({ id: 'InstallPhase', description: 'docs/installs.md says what each means and what moves it.' });

const grantedDisk = z.object({
  id: z.string().meta({ description: 'Stable: `wwn:…`, `serial:…` or `path:…`.' }),
  bytes: z.number(),
  serial: z.string().nullable(),
  wwn: z.string().nullable(),
});

export const install = z
  .object({
    id,
    node: z.string(),
    node_id: id,
    node_role: z.string().meta({ description: '`role@node`.' }),
    node_role_id: id,
    run_id: id,
    phase: installPhase,
    phase_since: timestamp,
    deadline_at: timestamp
      .nullable()
      .meta({ description: 'When it fails if nothing happens; null when it has ended.' }),
    image: z.string(),
    layout: z.string(),
    disks: z.array(grantedDisk),
    bootenv: z.string().meta({ description: 'In which the machine asks for its order.' }),
    via: z.enum(['ssh', 'netboot']).nullable().meta({ description: 'How the order reached the machine; null before.' }),
    step: z.string(),
    percent: z.int().nullable(),
    says: z.string(),
    heard_at: timestamp.nullable(),
    reason: z.string(),
    log_tail: z.array(z.string()),
    times: z.array(z.object({ phase: installPhase, at: timestamp })),
    created_at: timestamp,
  })
  .meta({ id: 'Install' });

export const installs = listed({
  fields: {
    id: 'id',
    node: 'text',
    node_id: 'id',
    node_role_id: 'id',
    run_id: 'id',
    phase: 'text',
    image: 'text',
    phase_since: 'time',
    created_at: 'time',
  },
  sorts: ['-created_at', 'node', 'phase', 'image'],
});

const hostKey = z
  .string()
  .max(HOST_KEY_LENGTH_MAX)
  .regex(/^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?$/)
  .meta({ description: 'SSH host key of the installed system, as in known_hosts: `ssh-ed25519 AAAA…`.' });

/** What a machine may say of itself with every report; what it says must fit the machine of the install. */
const machine = {
  boot_id: z.uuid().optional().meta({ description: '`/proc/sys/kernel/random/boot_id`.' }),
  uuid: z.uuid().optional().meta({ description: 'SMBIOS UUID.' }),
  macs: z.array(z.string().max(64)).max(MACS_MAX).optional(),
};

const lines = z.array(z.string().max(LINE_LENGTH_MAX)).max(LINES_MAX).default([]);

export const installProgress = z
  .strictObject({
    step: z.string().min(1).max(STEP_LENGTH_MAX),
    percent: z.number().min(0).max(100).nullable().default(null),
    says: z.string().max(SAYS_LENGTH_MAX).default(''),
    log: lines.meta({ description: 'Lines since the last report, for the log of the run.' }),
    disks: z
      .array(
        z.strictObject({
          id: z.string().max(DISK_ID_LENGTH_MAX),
          bytes: z.number().min(0),
          serial: z.string().max(NAME_LENGTH_MAX).nullable().default(null),
        }),
      )
      .max(DISKS_MAX)
      .optional()
      .meta({ description: 'All disks as the machine finds them now; compared with those that were granted.' }),
    ...machine,
  })
  .meta({ id: 'InstallProgress' });

export const installFinish = z
  .strictObject({
    outcome: z.enum(['succeeded', 'failed']),
    reason: z.string().max(REASON_LENGTH_MAX).optional(),
    disks: z
      .array(z.string().max(DISK_ID_LENGTH_MAX))
      .max(DISKS_MAX)
      .optional()
      .meta({ description: 'Ids of those that were written.' }),
    host_key: hostKey.nullable().default(null),
    log_tail: lines,
    ...machine,
  })
  .meta({ id: 'InstallFinish' });

export const installJoin = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .max(TOKEN_LENGTH_MAX)
      .meta({ description: 'The one of `join` in the order.', writeOnly: true }),
    host_key: hostKey,
    ...machine,
    boot_id: z.uuid().meta({ description: '`/proc/sys/kernel/random/boot_id` of the installed system.' }),
  })
  .meta({ id: 'InstallJoin' });

const reported = z.object({ install: id, phase: installPhase }).meta({ id: 'InstallReported' });

const BASE = `${API_BASE}/installs`;
const TOKEN_SAYS =
  'For the machine itself, with the token of its order as bearer: of that install, in that phase, and of nobody else. A token that does not count is refused and told in the history (`install.token_replayed`).';

export const installRoutes = routes('installs', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List installs, the newest first',
    allows: VIEWERS,
    query: listQuery(installs),
    success: 200,
    answer: pageOf(install),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show an install',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: install,
  },
  cancel: {
    method: 'PUT',
    path: `${BASE}/:key/cancel`,
    summary: 'Cancel an install',
    says: 'Its token is void and its machine boots discovery from then on; the noderole is in ERROR until somebody retries it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: install,
  },
  retry: {
    method: 'PUT',
    path: `${BASE}/:key/retry`,
    summary: 'Install again',
    says: 'Makes a new install once the node is alive. One that had succeeded has to be confirmed with the name of the node: what is on the disks is lost.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ confirm: name.optional() }),
    bodyOptional: true,
    success: 202,
    answer: install,
  },
  progress: {
    method: 'POST',
    path: `${BASE}/:key/progress`,
    summary: 'Report how far an install is',
    says: `${TOKEN_SAYS} A machine writes nothing before its first report was answered with 200, and stops when one is refused.`,
    allows: 'anyone',
    params: keyParams,
    query: noQuery,
    body: installProgress,
    success: 200,
    answer: reported,
    problems: [403],
    changesNothing: true,
  },
  finish: {
    method: 'POST',
    path: `${BASE}/:key/finish`,
    summary: 'Report that the disk is written, or why it is not',
    says: `${TOKEN_SAYS} It is answered when every netboot server would start the disk, with 503 before that: report again, and restart only after 200.`,
    allows: 'anyone',
    params: keyParams,
    query: noQuery,
    body: installFinish,
    success: 200,
    answer: reported,
    problems: [403],
  },
  join: {
    method: 'POST',
    path: `${BASE}/:key/join`,
    summary: 'Report that the installed system has come up',
    says: 'For the installed system, with the join token of the order in the body: once, in another boot than the one that wrote the disk, with the host key that was reported for it. With it the install has succeeded. Answered with 409 while the machine has not reported that it finished: try again.',
    allows: 'anyone',
    params: keyParams,
    query: noQuery,
    body: installJoin,
    success: 200,
    answer: reported,
    problems: [403],
  },
});
