import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { description, id, key, keyParams, noQuery, version } from './base/scalars.js';

/** What machines boot on the network: boot environments, and the templates that are rendered for each machine. */

const bootenvName = z.string().regex(/^[A-Za-z][-_A-Za-z0-9]{0,62}$/);
const templateName = z.string().regex(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/);
const SOURCE_LENGTH_MAX = 262_144;

const bootFile = z
  .strictObject({
    path: z.string().min(1).max(400).meta({ description: 'Among the boot files, without a leading slash.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'What its content must be; machines fetch it by this.' }),
    bytes: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  })
  .meta({ id: 'BootFile' });
const params = z
  .array(z.string().max(500))
  .max(64)
  .meta({ description: 'Kernel parameters, one each; templates. One that renders to nothing is left out.' });
const files = z.record(z.string().min(1).max(400), templateName).meta({
  description:
    'Name of a template by the path under which machines fetch it; given whole. `boot.ipxe` is the script of iPXE, `grub.cfg` that of GRUB under secure boot.',
});
const local = z.boolean().meta({ description: 'Nothing is loaded: the machine starts from its own disk.' });

export const bootenv = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    local,
    kernel: bootFile.nullable(),
    initrds: z.array(bootFile),
    params: z.array(z.string()),
    files: z.record(z.string(), z.string()),
    version,
  })
  .meta({ id: 'Bootenv' });
export const bootenvDetail = bootenv
  .extend({ errors: z.array(z.string()).meta({ description: 'Why it cannot be used; empty when it can.' }) })
  .meta({ id: 'BootenvDetail' });
export const newBootenv = z
  .strictObject({
    name: bootenvName,
    description: description.default(''),
    local: local.default(false),
    kernel: bootFile.nullable().default(null),
    initrds: z.array(bootFile).max(16).default([]),
    params: params.default([]),
    files: files.default({}),
  })
  .meta({ id: 'NewBootenv' });
export const bootenvPatch = z
  .strictObject({
    description: description.optional(),
    local: local.optional(),
    kernel: bootFile.nullable().optional(),
    initrds: z.array(bootFile).max(16).optional(),
    params: params.optional(),
    files: files.optional(),
  })
  .meta({ id: 'BootenvPatch' });
export const renderedBootenv = z
  .object({
    bootenv: z.string(),
    node: z.string().nullable(),
    errors: z.array(z.string()),
    files: z.array(
      z.object({
        path: z.string(),
        secret: z.boolean(),
        text: z.string().nullable(),
        problem: z.string().nullable().meta({ description: 'Which piece, line and column, and what is wrong there.' }),
      }),
    ),
  })
  .meta({ id: 'RenderedBootenv' });

export const bootenvs = listed({
  fields: { id: 'id', name: 'text', description: 'text', local: 'boolean' },
  sorts: ['name'],
});

const BASE = `${API_BASE}/bootenvs`;

export const bootenvRoutes = routes('bootenvs', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List boot environments',
    allows: VIEWERS,
    query: listQuery(bootenvs),
    success: 200,
    answer: pageOf(bootenv),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Make a boot environment',
    allows: OPERATORS,
    query: noQuery,
    body: newBootenv,
    success: 201,
    answer: bootenv,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a boot environment, and why it cannot be used',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: bootenvDetail,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a boot environment',
    says: 'Machines get it as it is then at their next boot. Its name stays: nodes know it by that.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: bootenvPatch,
    success: 200,
    answer: bootenv,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a boot environment that no node has',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
    problems: [409],
  },
  render: {
    method: 'POST',
    path: `${BASE}/:key/render`,
    summary: 'Show what a node would get rendered',
    says: 'Without a node: what a machine gets that is none yet. Nothing is changed, and secrets are not shown. Addresses are those of a netboot server that runs; where none does, `netboot` stands for it.',
    allows: OPERATORS,
    params: keyParams,
    query: z.strictObject({ node: key.optional(), platform: z.enum(['efi', 'pcbios']).optional() }),
    success: 200,
    answer: renderedBootenv,
  },
});

export const template = z
  .object({ id, name: z.string(), description: z.string(), source: z.string(), secret: z.boolean(), version })
  .meta({ id: 'Template' });
const source = z
  .string()
  .max(SOURCE_LENGTH_MAX)
  .meta({ description: 'LiquidJS. A variable that does not exist is a fault.' });
const secret = z
  .boolean()
  .meta({ description: 'What it renders to is for one machine only: it is fetched once, with the nonce of a boot.' });
export const newTemplate = z
  .strictObject({
    name: templateName,
    description: description.default(''),
    source,
    secret: secret.default(false),
  })
  .meta({ id: 'NewTemplate' });
export const templatePatch = z
  .strictObject({ description: description.optional(), source: source.optional(), secret: secret.optional() })
  .meta({ id: 'TemplatePatch' });
export const templates = listed({
  fields: { id: 'id', name: 'text', description: 'text', secret: 'boolean' },
  sorts: ['name'],
});

const TEMPLATES = `${API_BASE}/templates`;

export const templateRoutes = routes('templates', {
  list: {
    method: 'GET',
    path: TEMPLATES,
    summary: 'List templates',
    allows: VIEWERS,
    query: listQuery(templates),
    success: 200,
    answer: pageOf(template),
  },
  create: {
    method: 'POST',
    path: TEMPLATES,
    summary: 'Make a template',
    says: 'A source that cannot be rendered is refused with its line and column.',
    allows: OPERATORS,
    query: noQuery,
    body: newTemplate,
    success: 201,
    answer: template,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${TEMPLATES}/:key`,
    summary: 'Show a template',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: template,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${TEMPLATES}/:key`,
    summary: 'Change a template',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: templatePatch,
    success: 200,
    answer: template,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${TEMPLATES}/:key`,
    summary: 'Delete a template that no boot environment uses',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
    problems: [409],
  },
});
