import { z } from 'zod';
import { valueRoutes } from './attribs.js';
import { foldedExplanation, stateCode, stateWord } from './base/action.js';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, NODES, OPERATORS, routes, VIEWERS } from './base/route.js';
import {
  count,
  description,
  id,
  jsonObject,
  key,
  keyParams,
  name,
  NAME_LENGTH_MAX,
  noQuery,
  timestamp,
  version,
} from './base/scalars.js';
import { installPhase } from './installs.js';
import { lifecycle } from './machines.js';
import { networkAllocation } from './network-allocations.js';
import { nodeRole, nodeRoles } from './node-roles.js';
import { timeline, timelineQuery } from './timeline.js';

/** Machines under management. */

/** MAC addresses, quirks, groups of one node at the most. */
export const PARTS_MAX = 256;

const nodeName = z.string().min(1).max(NAME_LENGTH_MAX).meta({ description: 'FQDN; kept in lower case.' });
const address = z.string().min(2).max(64).meta({ description: 'IPv4 or IPv6 address on the admin network.' });
const sshPort = z.int().min(1).max(65_535);
const hostKey = z.string().min(1).max(4_000).meta({ description: 'As in known_hosts: `ssh-ed25519 AAAA…`.' });
const mac = z.string().max(64);

export const node = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    deployment: z.string(),
    deployment_id: id,
    admin: z.boolean(),
    system: z.boolean().meta({ description: 'It stands in for its deployment: a phantom node.' }),
    alive: z.boolean(),
    available: z.boolean(),
    frozen: count.meta({ description: 'Noderoles in error that keep anything new from starting here.' }),
    bootenv: z.string(),
    target_role: z.string().nullable(),
    address: z.string().nullable(),
    ssh_port: z.int(),
    host_key: z.string().nullable(),
    probed: z
      .boolean()
      .meta({ description: 'Whether liveness looks after it; else it is told alive or dead by hand.' }),
    probed_at: timestamp.nullable(),
    probe_says: z.string(),
    macs: z.array(z.string()),
    inventory: jsonObject,
    hints: jsonObject,
    quirks: z.array(z.string()),
    notes: jsonObject,
    groups: z.array(z.string()).meta({ description: '`category/name`.' }),
    state: stateWord,
    state_code: stateCode,
    lifecycle,
    boot_session: z
      .object({ id, bootenv: z.string(), since: timestamp })
      .nullable()
      .meta({ description: 'The boot that it is in; null before it has proved one.' }),
    open_reports: count.meta({ description: 'Parts of it that are not well.' }),
    install: z
      .object({ id, image: z.string(), phase: installPhase, percent: z.int().nullable(), since: timestamp })
      .nullable()
      .meta({ description: 'Its newest install; null when there was none.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Node' });

export const newNode = z
  .strictObject({
    name: nodeName,
    description: description.optional(),
    deployment: key.optional().meta({ description: 'The system deployment when absent.' }),
    admin: z.boolean().optional(),
    alive: z.boolean().optional(),
    available: z.boolean().optional(),
    bootenv: name.optional(),
    address: address.nullable().optional(),
    ssh_port: sshPort.optional(),
    host_key: hostKey.nullable().optional(),
    probed: z.boolean().optional(),
    macs: z.array(mac).max(PARTS_MAX).optional(),
    inventory: jsonObject.optional(),
    hints: jsonObject.optional(),
    quirks: z.array(name).max(PARTS_MAX).optional(),
    notes: jsonObject.optional(),
    groups: z.array(key).max(PARTS_MAX).optional().meta({ description: '`category/name`; made when missing.' }),
    commit: z.boolean().optional().meta({ description: 'Commit at once what the node gets by itself.' }),
  })
  .meta({ id: 'NewNode' });

export const nodePatch = z
  .strictObject({
    description: description.optional(),
    deployment: key.optional().meta({ description: 'Moves it; proposed noderoles that never ran follow.' }),
    alive: z
      .boolean()
      .optional()
      .meta({ description: 'Told by hand; where liveness looks after the node, it says so itself soon after.' }),
    available: z.boolean().optional(),
    bootenv: name.optional(),
    target_role: key.nullable().optional(),
    address: address.nullable().optional(),
    ssh_port: sshPort.optional(),
    host_key: hostKey
      .nullable()
      .optional()
      .meta({ description: 'Null forgets it: the next contact pins what it finds.' }),
    probed: z.boolean().optional(),
    macs: z.array(mac).max(PARTS_MAX).optional(),
    hints: jsonObject.optional().meta({ description: 'Merged (RFC 7396).' }),
    quirks: z.array(name).max(PARTS_MAX).optional(),
    notes: jsonObject.optional().meta({ description: 'Merged (RFC 7396).' }),
    groups: z.array(key).max(PARTS_MAX).optional().meta({ description: 'All groups of the node, `category/name`.' }),
  })
  .meta({ id: 'NodePatch' });

export const nodeAdoption = z
  .strictObject({
    address,
    name: nodeName.optional().meta({ description: 'Made of the address when absent.' }),
    ssh_port: sshPort.optional(),
    host_key: hostKey
      .optional()
      .meta({ description: 'The key that it must offer; when absent, the key that it offers is trusted.' }),
    deployment: key.optional(),
    description: description.optional(),
    groups: z.array(key).max(PARTS_MAX).optional(),
    commit: z
      .boolean()
      .optional()
      .meta({ description: 'Commit what it gets once it has been asked, but for what destroys.' }),
  })
  .meta({ id: 'NodeAdoption' });

const part = z.enum(['drive', 'link', 'memory', 'fan', 'power', 'temperature', 'other']);

export const partReport = z
  .strictObject({
    part,
    subject: z
      .string()
      .min(1)
      .max(NAME_LENGTH_MAX)
      .meta({ description: 'Which one: the stable id of a disk, the name of a card.' }),
    severity: z.enum(['well', 'warning', 'failure']),
    says: z.string().max(2_000).default(''),
  })
  .meta({ id: 'PartReport' });

export const machineReport = z
  .object({
    id,
    part,
    subject: z.string(),
    severity: z.enum(['warning', 'failure']),
    says: z.string(),
    times: count.meta({ description: 'How often it was said.' }),
    reported_at: timestamp,
    last_at: timestamp,
    resolved_at: timestamp.nullable(),
  })
  .meta({ id: 'MachineReport' });

export const nodes = listed({
  fields: {
    id: 'id',
    name: 'text',
    description: 'text',
    deployment: 'text',
    deployment_id: 'id',
    admin: 'boolean',
    system: 'boolean',
    alive: 'boolean',
    available: 'boolean',
    frozen: 'number',
    bootenv: 'text',
    target_role: 'text',
    address: 'text',
    macs: 'texts',
    quirks: 'texts',
    groups: 'texts',
    roles: 'texts',
    state: 'text',
    state_code: 'number',
    created_at: 'time',
    updated_at: 'time',
  },
  sorts: ['name', 'deployment', 'state_code', 'created_at', 'updated_at'],
});

const BASE = `${API_BASE}/nodes`;

/** A node as it was. */
export const nodeThen = z
  .object({
    at: timestamp,
    there: z.boolean().meta({ description: 'False for a moment before the node was there.' }),
    alive: z.boolean(),
    available: z.boolean(),
    state: stateWord,
    node_roles: z.array(z.object({ id, name: z.string(), state: stateWord, since: timestamp.nullable() })),
  })
  .meta({ id: 'NodeThen' });

export const nodeRoutes = routes('nodes', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List nodes',
    allows: VIEWERS,
    query: listQuery(nodes),
    success: 200,
    answer: pageOf(node),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Add a node',
    allows: OPERATORS,
    query: noQuery,
    body: newNode,
    success: 201,
    answer: node,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a node',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: node,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a node',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: nodePatch,
    success: 200,
    answer: node,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a node with its noderoles',
    says: 'The last admin node stays, and so does a node that others rely on.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ deleted: z.string(), unbound: z.array(z.string()) }),
    ifMatch: true,
  },
  commit: {
    method: 'PUT',
    path: `${BASE}/:key/commit`,
    summary: 'Commit what is proposed on a node, and let us work on it',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 202,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  propose: {
    method: 'PUT',
    path: `${BASE}/:key/propose`,
    summary: 'Take a node’s noderoles back to editing',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  redeploy: {
    method: 'PUT',
    path: `${BASE}/:key/redeploy`,
    summary: 'Deploy a node afresh',
    says: 'All its noderoles forget that they ran, destructive ones as well; `confirm` repeats the name of the node.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ confirm: z.string().max(NAME_LENGTH_MAX).optional() }).meta({ id: 'Redeploy' }),
    bodyOptional: true,
    success: 202,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  nodeRoles: {
    method: 'GET',
    path: `${BASE}/:key/node_roles`,
    summary: 'List the noderoles of a node',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(nodeRoles),
    success: 200,
    answer: pageOf(nodeRole),
  },
  addresses: {
    method: 'GET',
    path: `${BASE}/:key/addresses`,
    summary: 'Which addresses a node has',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ network: key.optional(), category: name.optional() }),
    success: 200,
    answer: z.object({ items: z.array(networkAllocation) }),
  },
  timeline: {
    method: 'GET',
    path: `${BASE}/:key/timeline`,
    summary: 'What happened to a node, newest first',
    allows: VIEWERS,
    params: keyParams,
    query: timelineQuery,
    success: 200,
    answer: timeline,
  },
  past: {
    method: 'GET',
    path: `${BASE}/:key/past`,
    summary: 'What a node was at a moment of the past',
    says: 'Worked out of the whole history, as far as it is kept: where that was forgotten, `since` is null.',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ at: timestamp }),
    success: 200,
    answer: nodeThen,
  },
  move: {
    method: 'GET',
    path: `${BASE}/:key/move`,
    summary: 'Which noderoles would follow a node into another deployment',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ deployment: key }),
    success: 200,
    answer: z.object({ follow: z.array(z.string()), stay: z.array(z.string()) }),
  },
  inventory: {
    method: 'PUT',
    path: `${BASE}/:key/inventory`,
    summary: 'Report what a node found out about itself',
    says: 'For the node itself, with its own token. The report replaces the one before.',
    allows: NODES,
    params: keyParams,
    query: noQuery,
    body: jsonObject,
    success: 200,
    answer: node,
    etag: true,
  },
  adopt: {
    method: 'POST',
    path: `${BASE}/adopt`,
    summary: 'Take in a machine that runs already, as it is',
    says: 'It is asked over SSH as root, by the key of this installation, what it is; nothing is installed, and nothing on it is changed until somebody commits. The answer comes at once: `machine.adopted` or `machine.refused` in the history says what came of it.',
    allows: OPERATORS,
    query: noQuery,
    body: nodeAdoption,
    success: 202,
    answer: node,
    etag: true,
    problems: [404],
  },
  debug: {
    method: 'PUT',
    path: `${BASE}/:key/debug`,
    summary: 'Take a node aside to look at it, or put it back',
    says: 'Aside, it is to boot the discovery system and nothing is begun on it; put back, it is to boot what it was to boot before. Nothing is restarted.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ on: z.boolean().default(true) }).meta({ id: 'Debug' }),
    bodyOptional: true,
    success: 200,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  scrub: {
    method: 'PUT',
    path: `${BASE}/:key/scrub`,
    summary: 'Forget what was found out about a node, so that it is discovered afresh',
    says: 'Inventory, hints, quirks, reports, host key and boot are forgotten; name, cards, groups and what is bound to it stay. The way back for a node that was decommissioned.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  decommission: {
    method: 'PUT',
    path: `${BASE}/:key/decommission`,
    summary: 'Take a node out of service',
    says: 'Everything is taken off it; it stays for the record. With `erase` its disks are erased first, in the discovery system: those that its inventory names now, by their stable ids, and no others. `confirm` repeats the name of the node.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({ confirm: z.string().max(NAME_LENGTH_MAX).optional(), erase: z.boolean().default(true) })
      .meta({ id: 'Decommission' }),
    bodyOptional: true,
    success: 202,
    answer: node,
    etag: true,
    ifMatch: 'optional',
  },
  report: {
    method: 'POST',
    path: `${BASE}/:key/reports`,
    summary: 'Report that a part of a node fails, or is well again',
    says: 'For the node itself, with its own token. The same again is counted; `well` ends it.',
    allows: [...NODES, 'operator'],
    params: keyParams,
    query: noQuery,
    body: partReport,
    success: 201,
    answer: z.object({ items: z.array(machineReport) }),
  },
  reports: {
    method: 'GET',
    path: `${BASE}/:key/reports`,
    summary: 'What a node reported of its parts, what is open first',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(machineReport) }),
  },
  explain: {
    method: 'GET',
    path: `${BASE}/:key/explain`,
    summary: 'Why a node is not done',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: foldedExplanation,
  },
  ...valueRoutes('nodes', 'a node'),
});
