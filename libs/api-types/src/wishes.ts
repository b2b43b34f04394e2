import { z } from 'zod';
import { API_BASE, OPERATORS, routes } from './base/route.js';
import { description, int32, jsonObject, key, keyParams, noQuery } from './base/scalars.js';
import { BULK_MAX, commitOptions, preview } from './deployments.js';

/**
 * A deployment in one piece: what somebody wants of it, as a document that may be sent again and again. It is proposed all
 * at once or not at all, and can be previewed without being made.
 */

const names = z.array(z.string());

const wishParts = {
  as: z
    .strictObject({ parent: key.optional(), description: description.optional(), priority: int32.optional() })
    .optional()
    .meta({ description: 'What the deployment is, whether it is made now or there already.' }),
  members: z.array(key).max(BULK_MAX).optional().meta({
    description:
      'Nodes that belong to it. Those of another deployment are moved here; noderoles that are proposed and never ran follow.',
  }),
  bind: z
    .array(z.strictObject({ role: key, node: key }))
    .max(BULK_MAX)
    .optional(),
  unbind: z.array(key).max(BULK_MAX).optional().meta({ description: 'Noderoles, by id or `role@node`.' }),
  deployment_roles: z
    .array(z.strictObject({ role: key, data: jsonObject }))
    .max(BULK_MAX)
    .optional()
    .meta({ description: 'Merge patches of what the deployment wishes for a role.' }),
  node_roles: z
    .array(z.strictObject({ node_role: key, data: jsonObject }))
    .max(BULK_MAX)
    .optional()
    .meta({ description: 'Merge patches of the data of noderoles.' }),
};

export const wish = z.strictObject(wishParts).meta({ id: 'Wish' });

const made = {
  created: z.boolean().meta({ description: 'The deployment was not there before.' }),
  moved: names.meta({ description: 'Nodes that were moved here.' }),
  bound: names.meta({ description: 'Everything that was bound, with what the wanted roles need, as `role@node`.' }),
  unbound: names.meta({ description: 'Everything that went, with what depended on it.' }),
};
export const wishMade = z.object(made).meta({ id: 'WishMade' });
export const wishPreview = preview.extend(made).meta({ id: 'WishPreview' });

const BASE = `${API_BASE}/deployments/:key/wish`;

export const wishRoutes = routes('wishes', {
  make: {
    method: 'PUT',
    path: BASE,
    summary: 'Propose all that is wanted of a deployment, in one piece',
    says: 'Makes the deployment when it is not there. What is so already stays as it is. Nothing runs before the deployment is committed.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: wish,
    success: 200,
    answer: wishMade,
    problems: [409],
  },
  preview: {
    method: 'POST',
    path: `${BASE}/preview`,
    summary: 'Say what would come of a wish and a commit',
    says: 'The wish is made in a transaction that is always rolled back: nothing is written, and what would be refused is refused.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ ...wishParts, ...commitOptions }).meta({ id: 'WishToPreview' }),
    success: 200,
    answer: wishPreview,
  },
});
