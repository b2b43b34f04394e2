import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { description, id, keyParams, noQuery, version } from './base/scalars.js';

/** What machines can be given as their operating system. */

const imageName = z.string().regex(/^[a-z0-9][-_.a-z0-9]{0,62}$/);
const WORD_LENGTH_MAX = 60;
const BYTES_MAX = 2 ** 44;

const os = z
  .strictObject({
    family: z.string().min(1).max(WORD_LENGTH_MAX).meta({ description: '`debian`, `ubuntu`, `redhat`, `suse`.' }),
    version: z.string().min(1).max(WORD_LENGTH_MAX),
    codename: z.string().min(1).max(WORD_LENGTH_MAX).nullable(),
    arch: z.string().min(1).max(WORD_LENGTH_MAX).meta({ description: 'As the kernel calls it: `x86_64`, `aarch64`.' }),
  })
  .meta({ id: 'ImageOs' });
const kind = z.enum(['image', 'installer']).meta({
  description:
    '`image`: content that is written to the disk. `installer`: a system that installs, booted from its boot environment.',
});
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable()
  .meta({ description: 'Of the content as it is sent; null for an installer.' });
const bytes = z.int().min(0).max(BYTES_MAX).meta({ description: 'Length of the content as it is sent.' });
const rawBytes = z.int().min(0).max(BYTES_MAX).meta({ description: 'Once unpacked: the least that a disk must have.' });
const compression = z.enum(['zstd', 'none']);
const layouts = z.array(z.enum(['plain', 'lvm', 'raid1'])).max(3);
const firmware = z.array(z.enum(['bios', 'uefi'])).max(2);
const bootenv = z.string().min(1).max(63).meta({ description: 'Boot environment in which a machine installs it.' });

export const image = z
  .object({
    id,
    name: z.string().meta({ description: 'What the attribute `target-os` names.' }),
    description: z.string(),
    kind,
    os: z.object({ family: z.string(), version: z.string(), codename: z.string().nullable(), arch: z.string() }),
    sha256,
    bytes: z.number(),
    raw_bytes: z.number(),
    compression,
    layouts: z.array(z.enum(['plain', 'lvm', 'raid1'])),
    firmware: z.array(z.enum(['bios', 'uefi'])),
    bootenv: z.string(),
    errors: z.array(z.string()).meta({ description: 'Why it cannot be installed now; empty when it can.' }),
    version,
  })
  .meta({ id: 'Image' });
export const newImage = z
  .strictObject({
    name: imageName,
    description: description.default(''),
    kind: kind.default('image'),
    os,
    sha256: sha256.default(null),
    bytes: bytes.default(0),
    raw_bytes: rawBytes.default(0),
    compression: compression.default('zstd'),
    layouts: layouts.default(['plain']),
    firmware: firmware.default(['bios', 'uefi']),
    bootenv: bootenv.default('install'),
  })
  .meta({ id: 'NewImage' });
export const imagePatch = z
  .strictObject({
    description: description.optional(),
    os: os.optional(),
    sha256: sha256.optional(),
    bytes: bytes.optional(),
    raw_bytes: rawBytes.optional(),
    compression: compression.optional(),
    layouts: layouts.optional(),
    firmware: firmware.optional(),
    bootenv: bootenv.optional(),
  })
  .meta({ id: 'ImagePatch' });

export const images = listed({
  fields: { id: 'id', name: 'text', description: 'text', kind: 'text', bootenv: 'text' },
  sorts: ['name'],
});

const BASE = `${API_BASE}/images`;

export const imageRoutes = routes('images', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List images',
    allows: VIEWERS,
    query: listQuery(images),
    success: 200,
    answer: pageOf(image),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Register an image',
    says: 'Its content lies in `ANNEAL_HOME/boot/files/images`, under its SHA-256, and is taken in now; what is missing or wrong is in `errors`, and looked at again every few seconds.',
    allows: OPERATORS,
    query: noQuery,
    body: newImage,
    success: 201,
    answer: image,
    etag: true,
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show an image, and why it cannot be installed',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: image,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change an image',
    says: 'Installs that were planned keep the content that they were planned with.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: imagePatch,
    success: 200,
    answer: image,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete an image',
    says: 'Its content stays among the boot files.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});
