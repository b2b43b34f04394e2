import { z } from 'zod';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { id, keyParams, noQuery, timestamp } from './base/scalars.js';

/** Images in the making: built out of packages on the host of the server, or fetched ready-made. */

/** What can be built; the command line tool has a builder for each. */
export const BUILDABLE_IMAGES = [
  'discovery',
  'debian-12',
  'debian-13',
  'debian-11',
  'discovery-large',
  'local-loader',
] as const;
export type BuildableImage = (typeof BUILDABLE_IMAGES)[number];

const ADDRESS_LENGTH_MAX = 500;

export const imageBuild = z
  .object({
    id,
    what: z.string().meta({ description: 'The image, or the address that it is fetched from.' }),
    how: z.enum(['build', 'fetch']),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    percent: z.int().nullable().meta({ description: 'Null where nobody knows how much there is to do.' }),
    lines: z.array(z.string()).meta({ description: 'The last lines that were said, in order.' }),
    sha256: z.string().nullable(),
    started_at: timestamp,
    finished_at: timestamp.nullable(),
  })
  .meta({ id: 'ImageBuild' });

export const newImageBuild = z
  .union([
    z.strictObject({ image: z.enum(BUILDABLE_IMAGES) }),
    z.strictObject({
      manifest: z
        .string()
        .max(ADDRESS_LENGTH_MAX)
        .regex(/^https?:\/\/\S+$/)
        .meta({ description: 'Address of the manifest of a built image; its content lies beside it.' }),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .meta({ description: 'What the content must be; the manifest is believed when absent.' }),
    }),
  ])
  .meta({ id: 'NewImageBuild' });

const BASE = `${API_BASE}/image_builds`;

export const imageBuildRoutes = routes('image_builds', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List images in the making, the newest first',
    says: 'Of this server since its start: what is older is forgotten, the images stay.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(imageBuild) }),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Build an image on the host of the server, or fetch one',
    says: 'One at a time. What was built before and has not changed costs seconds. The settings `package_source`, `package_mirror` and `package_proxy` say where packages come from.',
    allows: ADMINS,
    query: noQuery,
    body: newImageBuild,
    success: 201,
    answer: imageBuild,
    problems: [409],
  },
  cancel: {
    method: 'PUT',
    path: `${BASE}/:key/cancel`,
    summary: 'End the making of an image',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: imageBuild,
    problems: [409],
  },
});
