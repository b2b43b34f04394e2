import { z } from 'zod';
import { LIFECYCLES, MATCH_NUMBERS, MATCH_TEXTS, NAME_WORDS } from '#core';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import {
  description,
  id,
  jsonObject,
  key,
  keyParams,
  name,
  NAME_LENGTH_MAX,
  noQuery,
  version,
} from './base/scalars.js';

/** Machines that say what they are, and the rules by which they become nodes. */

const TICKET_LENGTH_MAX = 1_024;
const HOST_KEY_LENGTH_MAX = 4_000;
const ADDRESS_LENGTH_MAX = 64;
const LIST_MAX = 64;
const PRIORITY_MAX = 1_000_000;
const REASON_LENGTH_MAX = 500;

export const lifecycle = z.enum(LIFECYCLES).meta({
  description: 'Where the machine stands in its life; whether it can be reached is `alive`.',
});

export const enrolment = z
  .strictObject({
    ticket: z.string().min(1).max(TICKET_LENGTH_MAX).meta({
      description: 'Of the boot, as it stands on the kernel’s command line (`anneal.ticket`).',
      writeOnly: true,
    }),
    inventory: jsonObject.meta({ description: 'What the machine is, version 1 of the document.' }),
    host_key: z
      .string()
      .min(1)
      .max(HOST_KEY_LENGTH_MAX)
      .meta({ description: 'SSH host key of the system that booted, as in known_hosts: `ssh-ed25519 AAAA…`.' }),
    boot_id: z.uuid().meta({ description: '`/proc/sys/kernel/random/boot_id`.' }),
  })
  .meta({ id: 'Enrolment' });

export const enrolled = z
  .object({
    node: z.object({ id, name: z.string() }),
    token: z.string().meta({
      description: 'Speaks for this node, in this boot. A request that is repeated gets another one.',
    }),
    boot_session: id,
    authorized_keys: z.array(z.string()).meta({ description: 'Of those who log in as root.' }),
    addresses: z
      .array(z.string())
      .meta({ description: 'With prefix length; empty: it keeps the address that it has.' }),
    router: z.string().nullable(),
    hostname: z.string().meta({ description: 'Without its domain.' }),
    domain: z.string(),
    name_servers: z.array(z.string()),
    time_servers: z.array(z.string()),
    api_url: z.string().meta({ description: 'Where it reached the API, without trailing slash.' }),
  })
  .meta({ id: 'Enrolled' });

export const machineRoutes = routes('machines', {
  enrol: {
    method: 'POST',
    path: `${API_BASE}/machines/enrol`,
    summary: 'Say what a machine is that netboot booted',
    says: 'Asks for the ticket of the boot instead of a token: it is good once, within half an hour, and for the machine that it was made for. A machine that nobody knows becomes a node as the enrolment rules say. Who did not hear the answer asks the same again within a minute, once. Whoever is turned away is told in the history (`machine.refused`).',
    allows: 'anyone',
    query: noQuery,
    body: enrolment,
    success: 201,
    answer: enrolled,
    problems: [403, 404],
  },
});

const ruleName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const priority = z
  .int()
  .min(-PRIORITY_MAX)
  .max(PRIORITY_MAX)
  .meta({ description: 'Lower ones first. Lists add up; of what there can be one of, the first that says it counts.' });

const pattern = z.string().min(1).max(200);
const textTest = z.union([pattern, z.array(pattern).min(1).max(100)]);
const numberTest = z.union([
  z.number(),
  z.strictObject({ at_least: z.number().optional(), at_most: z.number().optional() }),
]);

export const machineMatch = z
  .strictObject({
    ...Object.fromEntries(MATCH_TEXTS.map((field) => [field, textTest.optional()])),
    ...Object.fromEntries(MATCH_NUMBERS.map((field) => [field, numberTest.optional()])),
  })
  .meta({
    id: 'MachineMatch',
    description:
      'What must hold, all of it. Texts are patterns with `*`, or lists of them; numbers are exact, or `{"at_least": …, "at_most": …}`. Empty: every machine.',
  });

export const enrolmentEffects = z
  .strictObject({
    decision: z.enum(['accept', 'wait', 'refuse']).optional().meta({
      description: '`wait`: it becomes a node, and nothing is done on it until somebody commits it.',
    }),
    reason: z.string().max(REASON_LENGTH_MAX).optional().meta({ description: 'Why it is refused.' }),
    name: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({
        description: `With ${Object.keys(NAME_WORDS)
          .map((word) => `\`{{${word}}}\``)
          .join(', ')}; without a domain it gets that of the admin network.`,
      }),
    deployment: key.optional(),
    groups: z.array(key).max(LIST_MAX).optional().meta({ description: '`category/name`; made when missing.' }),
    quirks: z.array(name).max(LIST_MAX).optional(),
    hints: jsonObject.optional(),
    roles: z.array(name).max(LIST_MAX).optional().meta({ description: 'Bound to it in the deployment.' }),
    commit: z.boolean().optional().meta({ description: 'Commit what is bound at once, but for what destroys.' }),
    commit_destructive: z
      .boolean()
      .optional()
      .meta({ description: 'And what destroys too, such as an install: a grant for every machine that matches.' }),
  })
  .meta({ id: 'EnrolmentEffects' });

export const enrolmentRule = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    priority,
    enabled: z.boolean(),
    final: z.boolean(),
    match: machineMatch,
    effects: enrolmentEffects,
    version,
  })
  .meta({ id: 'EnrolmentRule' });

export const newEnrolmentRule = z
  .strictObject({
    name: ruleName,
    description: description.default(''),
    priority: priority.default(50),
    enabled: z.boolean().default(true),
    final: z.boolean().default(false).meta({ description: 'Nobody after it is asked.' }),
    match: machineMatch.default({}),
    effects: enrolmentEffects.default({}),
  })
  .meta({ id: 'NewEnrolmentRule' });

export const enrolmentRulePatch = z
  .strictObject({
    name: ruleName.optional(),
    description: description.optional(),
    priority: priority.optional(),
    enabled: z.boolean().optional(),
    final: z.boolean().optional(),
    match: machineMatch.optional().meta({ description: 'Replaced whole.' }),
    effects: enrolmentEffects.optional().meta({ description: 'Replaced whole.' }),
  })
  .meta({ id: 'EnrolmentRulePatch' });

export const enrolmentPreview = z
  .object({
    decision: z.enum(['accept', 'wait', 'refuse']),
    reason: z.string().nullable(),
    name: z.string(),
    deployment: z.string().nullable().meta({ description: 'Null: the system deployment.' }),
    groups: z.array(z.string()),
    quirks: z.array(z.string()),
    hints: jsonObject,
    roles: z.array(z.string()),
    commit: z.boolean(),
    commit_destructive: z.boolean(),
    because: z.array(z.string()).meta({ description: 'Which rule said what, in their order.' }),
    known_as: z
      .string()
      .nullable()
      .meta({ description: 'The node that such a machine is already: rules are for new ones only.' }),
    contradiction: z.string().nullable().meta({ description: 'Why such a machine would be turned away.' }),
  })
  .meta({ id: 'EnrolmentPreview' });

export const enrolmentRules = listed({
  fields: { id: 'id', name: 'text', priority: 'number', enabled: 'boolean' },
  sorts: ['priority', 'name'],
});

const BASE = `${API_BASE}/enrolment_rules`;

export const enrolmentRuleRoutes = routes('enrolment_rules', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List the rules by which machines become nodes',
    allows: VIEWERS,
    query: listQuery(enrolmentRules),
    success: 200,
    answer: pageOf(enrolmentRule),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a rule of enrolment',
    says: 'It is for machines that enrol from now on; nodes that are there stay as they are.',
    allows: ADMINS,
    query: noQuery,
    body: newEnrolmentRule,
    success: 201,
    answer: enrolmentRule,
    etag: true,
  },
  preview: {
    method: 'POST',
    path: `${BASE}/preview`,
    summary: 'Say what would become of a machine with this inventory',
    allows: OPERATORS,
    query: noQuery,
    body: z
      .strictObject({
        inventory: jsonObject,
        mac: z.string().min(1).max(NAME_LENGTH_MAX).optional().meta({ description: 'The card that it boots from.' }),
        address: z.string().min(2).max(ADDRESS_LENGTH_MAX).optional().meta({ description: 'Where it speaks from.' }),
      })
      .meta({ id: 'EnrolmentQuestion' }),
    success: 200,
    answer: enrolmentPreview,
    changesNothing: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a rule of enrolment',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: enrolmentRule,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a rule of enrolment',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: enrolmentRulePatch,
    success: 200,
    answer: enrolmentRule,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a rule of enrolment',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});
