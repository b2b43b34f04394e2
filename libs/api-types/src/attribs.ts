import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, key, keyParams, NAME_LENGTH_MAX, noQuery, version } from './base/scalars.js';

/** Named values that roles declare: what they are, where each value comes from, and how to set one. Secrets are hidden. */

const schema = z.unknown().meta({ description: 'JSON Schema (draft 2020-12); null accepts any value.' });

export const attrib = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    role: z.string().nullable().meta({ description: 'Null for an attribute of nodes.' }),
    barclamp: z.string().nullable(),
    map: z.string().meta({ description: 'Path in documents, `a/b/c`.' }),
    schema,
    has_default: z.boolean(),
    default: z.unknown(),
    kind: z.enum(['input', 'output']),
    writable: z.boolean(),
    secret: z.boolean(),
    generate: z
      .object({ length: z.int(), alphabet: z.enum(['alnum', 'hex', 'base64']) })
      .nullable()
      .meta({ description: 'How a value is made where nobody gives one; null when it is not.' }),
    ui_renderer: z.string().nullable(),
    order: z.int(),
    retired: z.boolean(),
    version,
  })
  .meta({ id: 'Attrib' });

export const attribs = listed({
  fields: {
    id: 'id',
    name: 'text',
    role: 'text',
    barclamp: 'text',
    kind: 'text',
    writable: 'boolean',
    secret: 'boolean',
    retired: 'boolean',
    order: 'number',
  },
  sorts: ['name', 'order'],
});

export const provenance = z
  .object({
    layer: z.string(),
    object: z.string().meta({ description: 'Whose layer, for people.' }),
    version: z.int().optional(),
    by: z.string().optional(),
  })
  .meta({ id: 'Provenance' });

export const attribValue = z
  .object({
    name: z.string(),
    description: z.string(),
    kind: z.enum(['input', 'output']),
    map: z.string(),
    schema,
    writable: z.boolean(),
    secret: z.boolean(),
    order: z.int(),
    ui_renderer: z.string().nullable(),
    is_set: z.boolean().meta({ description: 'Whether there is a value; null may be one.' }),
    value: z.unknown(),
    provenance: z
      .array(provenance)
      .meta({ description: 'The layers that the value comes from, the one that wins first.' }),
    proposed: z
      .object({ is_set: z.boolean(), value: z.unknown(), provenance: z.array(provenance) })
      .optional()
      .meta({ description: 'What it will be after the next commit, where that is another value.' }),
    from: z
      .array(z.object({ name: z.string(), value: z.unknown() }))
      .optional()
      .meta({ description: 'The noderoles it is read from, for an attribute of others.' }),
  })
  .meta({ id: 'AttribValue' });

export const newAttribValue = z.strictObject({ value: z.unknown() }).meta({ id: 'NewAttribValue' });

export const attribSet = z
  .object({
    changed: z.boolean().meta({ description: 'False when it had this value already.' }),
    counts: z.enum(['now', 'at-commit']),
    attrib: attribValue,
  })
  .meta({ id: 'AttribSet' });

export const attribRoutes = routes('attribs', {
  list: {
    method: 'GET',
    path: `${API_BASE}/attribs`,
    summary: 'List the attributes that are declared',
    allows: VIEWERS,
    query: listQuery(attribs),
    success: 200,
    answer: pageOf(attrib),
  },
  show: {
    method: 'GET',
    path: `${API_BASE}/attribs/:key`,
    summary: 'Show the declaration of an attribute',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: attrib,
    etag: true,
  },
});

const params = z.strictObject({ key, attrib: z.string().min(1).max(NAME_LENGTH_MAX) });

/** The routes under `/attribs` of whatever has values: nodes, roles, deployment roles, noderoles. */
export const valueRoutes = <const Resource extends string>(resource: Resource, things: string) => {
  const base = `${API_BASE}/${resource}/:key/attribs`;
  return {
    attribs: {
      method: 'GET',
      path: base,
      summary: `List the attributes of ${things} with their values`,
      allows: VIEWERS,
      params: keyParams,
      query: noQuery,
      success: 200,
      answer: z.object({ items: z.array(attribValue) }),
    },
    attrib: {
      method: 'GET',
      path: `${base}/:attrib`,
      summary: `Show one attribute of ${things}`,
      allows: VIEWERS,
      params,
      query: noQuery,
      success: 200,
      answer: attribValue,
    },
    setAttrib: {
      method: 'PUT',
      path: `${base}/:attrib`,
      summary: `Set an attribute of ${things}`,
      says: 'The answer says whether it counts now or with the next commit.',
      allows: OPERATORS,
      params,
      query: noQuery,
      body: newAttribValue,
      success: 200,
      answer: attribSet,
      ifMatch: 'optional',
    },
    unsetAttrib: {
      method: 'DELETE',
      path: `${base}/:attrib`,
      summary: `Take away a value of ${things}, so that lower layers show again`,
      allows: OPERATORS,
      params,
      query: noQuery,
      success: 200,
      answer: attribSet,
      ifMatch: 'optional',
    },
  } as const;
};
