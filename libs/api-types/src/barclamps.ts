import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { id, jsonObject, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Bundles of roles, attributes and scripts. An import writes all of one or none, and names the line of each mistake. */

/** Longest archive, in bytes: a barclamp is text. */
export const ARCHIVE_BYTES_MAX = 16 * 1_048_576;

export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
export const ARCHIVE_TYPES = ['application/x-tar', 'application/gzip', 'application/octet-stream'];

export const barclamp = z
  .object({
    id,
    name: z.string(),
    display: z.string(),
    description: z.string(),
    release: z.string(),
    parent: z.string().nullable(),
    digest: z.string(),
    roles: z.array(z.string()),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Barclamp' });

export const barclamps = listed({
  fields: {
    id: 'id',
    name: 'text',
    release: 'text',
    parent: 'text',
    created_at: 'time',
    updated_at: 'time',
  },
  sorts: ['name', 'created_at', 'updated_at'],
});

const names = z.array(z.string());
const BASE = `${API_BASE}/barclamps`;

export const barclampRoutes = routes('barclamps', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List barclamps',
    allows: VIEWERS,
    query: listQuery(barclamps),
    success: 200,
    answer: pageOf(barclamp),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Import a barclamp',
    says: 'The text of a barclamp.yml, or a tar archive (plain or gzip) of its folder with the scripts. A barclamp of the same name is replaced. `fields.errors` of a refusal names file and line of each mistake.',
    allows: ADMINS,
    query: noQuery,
    body: z.unknown(),
    accepts: [...YAML_TYPES, ...ARCHIVE_TYPES],
    bodyBytesMax: ARCHIVE_BYTES_MAX,
    success: 201,
    answer: z
      .object({
        barclamp,
        changed: z.boolean().meta({ description: 'False when the same content had been imported before.' }),
        outline: z.object({
          created: names,
          updated: names,
          deleted: names,
          retired: names.meta({ description: 'Vanished, and still used.' }),
          attribs_created: names,
          attribs_deleted: names,
          attribs_retired: names,
          templates_kept: names.meta({
            description: 'Roles whose data an operator had changed: that version was kept.',
          }),
          unresolved: z.array(z.object({ role: z.string(), requires: z.string() })),
        }),
      })
      .meta({ id: 'Imported' }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a barclamp',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: barclamp,
    etag: true,
  },
  document: {
    method: 'GET',
    path: `${BASE}/:key/document`,
    summary: 'Show what was imported',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: jsonObject,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a barclamp with its roles',
    says: 'Refused while one of its roles is bound.',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});
