import type { PoolClient } from 'pg';
import { codeOf, type AttribLink, type PlannedEdge } from '#core';
import { rowsOf, statement } from '../sql.js';
import type { BindingWork } from './gather-plans.js';

const DEPLOYMENT_ROLES = statement(
  'binding.deployment-roles',
  `INSERT INTO deployment_roles (id, deployment_id, role_id)
   SELECT gen_random_uuid(), * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT (deployment_id, role_id) DO NOTHING`,
);
const NODE_ROLES = statement(
  'binding.node-roles',
  `INSERT INTO node_roles (id, deployment_id, role_id, node_id, state, cohort, unmet, priority)
   SELECT n.id, n.deployment_id, n.role_id, n.node_id, n.state, n.cohort, n.unmet, r.priority
   FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::int[], $7::int[])
        AS n(id, deployment_id, role_id, node_id, state, cohort, unmet)
   JOIN roles r ON r.id = n.role_id`,
);
/** Candidates travel as one JSON array each: arrays of arrays must be of equal length. */
const EDGES = statement(
  'binding.insert-edges',
  `INSERT INTO node_role_edges (parent_id, child_id, soft, pending, why, needed_role_id, candidates)
   SELECT n.parent_id, n.child_id, n.soft, n.pending, n.why, n.needed_role_id, string_to_array(n.candidates, ' ')::uuid[]
   FROM unnest($1::uuid[], $2::uuid[], $3::bool[], $4::bool[], $5::text[], $6::uuid[], $7::text[])
        AS n(parent_id, child_id, soft, pending, why, needed_role_id, candidates)`,
);
const LINKS = statement(
  'binding.insert-links',
  `INSERT INTO node_role_attrib_links (parent_id, child_id, attrib) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) ON CONFLICT DO NOTHING`,
);
const COHORTS = statement(
  'binding.cohorts',
  `UPDATE node_roles nr SET cohort = n.cohort, version = version + 1 FROM unnest($1::uuid[], $2::int[]) AS n(id, cohort) WHERE nr.id = n.id`,
);
const UNMET = statement(
  'binding.unmet',
  `UPDATE node_roles nr SET unmet = n.unmet, version = version + 1 FROM unnest($1::uuid[], $2::int[]) AS n(id, unmet) WHERE nr.id = n.id`,
);

export const writePlans = async (client: PoolClient, work: BindingWork): Promise<void> => {
  const { nodeRoles, deploymentRoles } = work;
  if (deploymentRoles.length > 0)
    await rowsOf(client, DEPLOYMENT_ROLES, [
      deploymentRoles.map(({ deploymentId }) => deploymentId),
      deploymentRoles.map(({ roleId }) => roleId),
    ]);
  if (nodeRoles.length > 0)
    await rowsOf(client, NODE_ROLES, [
      nodeRoles.map(({ id }) => id),
      nodeRoles.map(({ deploymentId }) => deploymentId),
      nodeRoles.map(({ roleId }) => roleId),
      nodeRoles.map(({ nodeId }) => nodeId),
      nodeRoles.map(({ state }) => codeOf(state)),
      nodeRoles.map(({ cohort }) => cohort),
      nodeRoles.map(({ unmet }) => unmet),
    ]);
  await insertEdges(client, work.edges);
  await insertLinks(client, work.links);
  if (work.cohorts.size > 0) await rowsOf(client, COHORTS, [[...work.cohorts.keys()], [...work.cohorts.values()]]);
  if (work.unmet.size > 0) await rowsOf(client, UNMET, [[...work.unmet.keys()], [...work.unmet.values()]]);
};

export const insertEdges = async (client: PoolClient, edges: readonly PlannedEdge[]): Promise<void> => {
  if (edges.length === 0) return;
  await rowsOf(client, EDGES, [
    edges.map(({ parentId }) => parentId),
    edges.map(({ childId }) => childId),
    edges.map(({ soft }) => soft),
    edges.map(({ pending }) => pending),
    edges.map(({ why }) => why),
    edges.map(({ neededRoleId }) => neededRoleId),
    edges.map(({ candidates }) => candidates.join(' ')),
  ]);
};

export const insertLinks = async (client: PoolClient, links: readonly AttribLink[]): Promise<void> => {
  if (links.length === 0) return;
  await rowsOf(client, LINKS, [
    links.map(({ parentId }) => parentId),
    links.map(({ childId }) => childId),
    links.map(({ attrib }) => attrib),
  ]);
};
