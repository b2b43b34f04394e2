import { z } from 'zod';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { jsonObject, key, noQuery } from './base/scalars.js';
import { deployment, snapshot } from './deployments.js';

/** Commits of a deployment: numbered, never changed, comparable, and good for being proposed again. Secrets are hidden. */

const data = z.record(z.string(), jsonObject);

export const fullSnapshot = snapshot
  .extend({
    content: z.object({
      deployment_roles: data.meta({ description: 'By role.' }),
      node_roles: z.record(z.string(), data).meta({ description: 'By role and node.' }),
    }),
  })
  .meta({ id: 'FullSnapshot' });

const changes = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
    }),
  ),
});
export const snapshotDiff = z.object({ deployment_roles: changes, node_roles: changes }).meta({ id: 'SnapshotDiff' });

const params = z.strictObject({ key, snapshot: key.meta({ description: 'Number or id of the commit.' }) });
const BASE = `${API_BASE}/deployments/:key/snapshots/:snapshot`;

export const snapshotRoutes = routes('snapshots', {
  show: {
    method: 'GET',
    path: BASE,
    summary: 'Show what a commit wished for',
    allows: VIEWERS,
    params,
    query: noQuery,
    success: 200,
    answer: fullSnapshot,
  },
  diff: {
    method: 'GET',
    path: `${BASE}/diff`,
    summary: 'Compare a commit with a later one',
    allows: VIEWERS,
    params,
    query: z.strictObject({ to: key.meta({ description: 'Number or id of the other one.' }) }),
    success: 200,
    answer: snapshotDiff,
  },
  propose: {
    method: 'PUT',
    path: `${BASE}/propose`,
    summary: 'Propose an earlier commit again',
    says: 'What is missing is bound, data is proposed as it was then; what is bound beyond that stays and is named as `extra`.',
    allows: OPERATORS,
    params,
    query: noQuery,
    success: 200,
    answer: z
      .object({
        deployment,
        bound: z.array(z.string()),
        edited: z.array(z.string()),
        missing: z.array(z.string()),
        extra: z.array(z.string()),
      })
      .meta({ id: 'ProposedAgain' }),
  },
});
