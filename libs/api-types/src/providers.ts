import { z } from 'zod';
import { PROVIDED_STATES, PROVIDER_STEPS, STEP_ANSWERS } from '#core';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import {
  count,
  description,
  id,
  key,
  keyParams,
  name,
  NAME_LENGTH_MAX,
  noQuery,
  timestamp,
  version,
} from './base/scalars.js';

/** Clouds from which machines are got, the machines that were asked for, and what each cloud answered to the eight steps. */

const WORD_LENGTH_MAX = 255;
const URL_LENGTH_MAX = 500;
const SECRET_LENGTH_MAX = 1_000;
const GROUPS_MAX = 16;
const VCPUS_MAX = 1_024;
const MEMORY_MIB_MAX = 2 ** 30;
const DISK_GIB_MAX = 2 ** 24;
const NODES_MAX = 1_000;

const rowName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const word = z.string().min(1).max(WORD_LENGTH_MAX);
const kind = z.enum(['openstack']).meta({ description: 'Which driver speaks with it.' });
const access = z
  .strictObject({
    auth_url: z.string().min(1).max(URL_LENGTH_MAX).meta({ description: 'Keystone: `https://cloud.example:5000/v3`.' }),
    user: word.optional(),
    user_domain: word.optional().meta({ description: '`Default` when absent.' }),
    project: word.optional(),
    project_domain: word.optional().meta({ description: 'That of the user when absent.' }),
    application_credential: word.optional().meta({ description: 'Its id, in place of user and project.' }),
    region: word.optional().meta({ description: 'Needed where a cloud has several.' }),
    interface: z.enum(['public', 'internal', 'admin']).optional(),
  })
  .meta({ id: 'ProviderAccess' });
const secret = z
  .string()
  .min(1)
  .max(SECRET_LENGTH_MAX)
  .meta({ writeOnly: true, description: 'The password, or the secret of the application credential; never shown.' });
const wish = z
  .strictObject({
    network: word
      .optional()
      .meta({ description: 'Name or id; without one the only network of the project, or the first by name.' }),
    external_network: word.optional().meta({ description: 'Where floating addresses are taken from.' }),
    floating: z
      .enum(['auto', 'always', 'never'])
      .optional()
      .meta({ description: '`auto`: when the network does not lead outside by itself.' }),
    flavor: word.optional().meta({ description: 'Name or id; without one the smallest that fits.' }),
    vcpus: z.int().min(1).max(VCPUS_MAX).optional().meta({ description: 'The least.' }),
    memory_mib: z.int().min(1).max(MEMORY_MIB_MAX).optional().meta({ description: 'The least.' }),
    disk_gib: z.int().min(1).max(DISK_GIB_MAX).optional().meta({ description: 'The least.' }),
    image: word.optional().meta({ description: 'Name or id; without one the only image, or the first by name.' }),
    account: z
      .string()
      .regex(/^[a-z_][-a-z0-9_]{0,31}$/)
      .optional()
      .meta({ description: 'To log in to; without one the usual ones of the image are tried.' }),
    ssh_port: z.int().min(1).max(65_535).optional(),
    security_groups: z
      .array(word)
      .max(GROUPS_MAX)
      .optional()
      .meta({ description: 'Names; without any, one of our own that lets SSH in.' }),
    availability_zone: word.optional(),
  })
  .meta({
    id: 'ProviderWish',
    description: 'What is wanted of a cloud. That of a node goes over that of its provider.',
  });
const nodesMax = z.int().min(1).max(NODES_MAX).meta({ description: 'Nodes that it may hold at once.' });
const step = z.enum(PROVIDER_STEPS).meta({ id: 'ProviderStep', description: 'docs/providers.md says what each is.' });
const answer = z.enum(STEP_ANSWERS);

export const provider = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    kind: z.string(),
    access,
    wish,
    nodes_max: nodesMax,
    nodes: count.meta({ description: 'That were not given back.' }),
    active: z.boolean(),
    offer_read_at: timestamp.nullable(),
    version,
  })
  .meta({ id: 'Provider' });
export const newProvider = z
  .strictObject({
    name: rowName,
    description: description.default(''),
    kind: kind.default('openstack'),
    access,
    secret,
    wish: wish.default({}),
    nodes_max: nodesMax.default(20),
    active: z.boolean().default(true),
  })
  .meta({ id: 'NewProvider' });
export const providerPatch = z
  .strictObject({
    name: rowName.optional(),
    description: description.optional(),
    access: access.optional().meta({ description: 'Whole, not in parts.' }),
    secret: secret.optional(),
    wish: wish.optional().meta({ description: 'Whole, not in parts.' }),
    nodes_max: nodesMax.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'ProviderPatch' });
export const providers = listed({
  fields: { id: 'id', name: 'text', kind: 'text', active: 'boolean' },
  sorts: ['name'],
});

const part = z.object({ id: z.string(), name: z.string() });
export const providedNode = z
  .object({
    id,
    provider: z.string(),
    name: z.string(),
    node_id: id.nullable().meta({ description: 'Null as long as it is no node.' }),
    state: z.enum(PROVIDED_STATES),
    step: step.nullable(),
    step_since: timestamp,
    until: timestamp.meta({ description: 'When the step, or the giving back, is given up.' }),
    says: z.string().meta({ description: 'What is waited for, or what was wrong.' }),
    wish,
    picked: z
      .object({
        network: part,
        flavor: part,
        image: part,
        external: part.nullable(),
        accounts: z.array(z.string()),
      })
      .nullable(),
    server: z.string().nullable().meta({ description: 'As the cloud calls it.' }),
    floating: z.string().nullable(),
    address: z.string().nullable(),
    account: z.string().nullable(),
    host_key: z.string().nullable(),
    asked_by: z.string(),
    asked_at: timestamp,
    ended_at: timestamp.nullable(),
    steps: z.array(z.object({ step, answer, says: z.string(), seconds: z.number(), at: timestamp })),
    version,
  })
  .meta({ id: 'ProvidedNode' });
export const newProvidedNode = z
  .strictObject({
    name: name.optional().meta({ description: 'FQDN; one is made of the name of the provider when absent.' }),
    wish: wish.default({}),
    deployment: z.string().min(1).max(NAME_LENGTH_MAX).optional(),
    groups: z.array(z.string().min(1).max(NAME_LENGTH_MAX)).max(64).optional(),
    description: description.optional(),
    commit: z.boolean().optional().meta({
      description: 'Commits what it gets by itself, but for what destroys, once it has been asked what it is.',
    }),
  })
  .meta({ id: 'NewProvidedNode' });
export const providedNodes = listed({
  fields: { id: 'id', name: 'text', state: 'text', asked_at: 'time' },
  sorts: ['asked_at', 'name', 'state'],
});

export const providerOffer = z
  .object({
    networks: z.array(z.object({ id: z.string(), name: z.string(), external: z.boolean(), usable: z.boolean() })),
    flavors: z.array(
      z.object({ id: z.string(), name: z.string(), vcpus: z.number(), memory_mib: z.number(), disk_gib: z.number() }),
    ),
    images: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        memory_mib: z.number(),
        disk_gib: z.number(),
        distribution: z.string().nullable(),
        account: z.string().nullable(),
      }),
    ),
    notes: z.array(z.string()),
    read_at: timestamp.nullable(),
  })
  .meta({ id: 'ProviderOffer' });

export const providerReport = z
  .object({
    provider: z.string(),
    kind: z.string(),
    nodes: count.meta({ description: 'Nodes that were asked for and are remembered.' }),
    steps: z.array(
      z.object({
        step,
        says: z.string(),
        answer: answer.nullable().meta({ description: 'What it answered last; null when it was never asked.' }),
        reason: z.string(),
        node: z.string().nullable(),
        at: timestamp.nullable(),
        yes: count,
        partial: count,
        no: count,
        seconds: z.number().nullable().meta({ description: 'Median of those that did not fail.' }),
      }),
    ),
  })
  .meta({ id: 'ProviderReport' });

const BASE = `${API_BASE}/providers`;
const nodeParams = z.strictObject({ key, node: key });

export const providerRoutes = routes('providers', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List clouds from which machines are got',
    allows: VIEWERS,
    query: listQuery(providers),
    success: 200,
    answer: pageOf(provider),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Declare a cloud from which machines are got',
    says: 'It is not asked anything yet: whether the access is right shows with the first node.',
    allows: ADMINS,
    query: noQuery,
    body: newProvider,
    success: 201,
    answer: provider,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a provider',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: provider,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a provider',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: providerPatch,
    success: 200,
    answer: provider,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Forget a provider, with its report',
    says: 'Refused as long as it holds nodes: give them back first.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
  offer: {
    method: 'GET',
    path: `${BASE}/:key/offer`,
    summary: 'Show what a provider offered when it was last read',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: providerOffer,
  },
  report: {
    method: 'GET',
    path: `${BASE}/:key/report`,
    summary: 'Report what a provider answered to the eight steps',
    says: 'Yes, partial or no for each step, with the reason: over all nodes that were asked of it and are remembered.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: providerReport,
  },
  nodes: {
    method: 'GET',
    path: `${BASE}/:key/nodes`,
    summary: 'List the nodes that were asked of a provider',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(providedNodes),
    success: 200,
    answer: pageOf(providedNode),
  },
  request: {
    method: 'POST',
    path: `${BASE}/:key/nodes`,
    summary: 'Ask a provider for a node',
    says: 'Answered at once; the leader takes the eight steps, and the node is adopted at their end. A step that cannot be taken ends in `failed`, with all that was held in the cloud given back.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: newProvidedNode,
    success: 202,
    answer: providedNode,
  },
  node: {
    method: 'GET',
    path: `${BASE}/:key/nodes/:node`,
    summary: 'Show how far a node is that was asked of a provider',
    allows: VIEWERS,
    params: nodeParams,
    query: noQuery,
    success: 200,
    answer: providedNode,
  },
  give_back: {
    method: 'DELETE',
    path: `${BASE}/:key/nodes/:node`,
    summary: 'Give a node back',
    says: 'It is taken out of management, and its server, its floating address and its key are freed. What is on its disks is lost. Refused when committed work on other nodes stands on it.',
    allows: OPERATORS,
    params: nodeParams,
    query: noQuery,
    success: 202,
    answer: providedNode,
  },
});
