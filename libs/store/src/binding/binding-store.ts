import type { PoolClient } from 'pg';
import type { BindingStore } from '#app';
import {
  BindView,
  idOf,
  type BindDeployment,
  type BindNode,
  type BindRequest,
  type BindingPlan,
  type BoundNodeRole,
  type EventDraft,
  type NodeRoleId,
  type Repointing,
  type RoleCatalog,
} from '#core';
import { NODE_ROLE_COLUMNS, toEdge, toNodeRole, type EdgeRow, type NodeRoleRow } from '../graph/rows.js';
import { changeShape, keepShape } from '../graph/shape-lock.js';
import { rowsOf, statement } from '../sql.js';
import { reachOf } from './reach.js';
import { gatherPlans } from './gather-plans.js';
import { insertEdges, insertLinks, writePlans } from './write-plans.js';

const ANCESTRY = statement(
  'binding.ancestry',
  `WITH RECURSIVE up AS (
     SELECT id, name, parent_id FROM deployments WHERE id = ANY($1::uuid[])
     UNION SELECT d.id, d.name, d.parent_id FROM up JOIN deployments d ON d.id = up.parent_id
   ) SELECT id, name, parent_id FROM up`,
);

/** A role that is on so many nodes is found sooner along their names. */
const MANY = 500;

/** The nodes asked for, and those that stand in for the deployments asked for. */
const NODES_LOCKED = statement(
  'binding.nodes-locked',
  `SELECT id, name, system, admin, deployment_id FROM nodes
   WHERE id = ANY($1::uuid[]) OR (system AND deployment_id = ANY($2::uuid[])) ORDER BY id FOR UPDATE`,
);
const NODES = statement(
  'binding.nodes',
  `SELECT id, name, system, admin, deployment_id FROM nodes WHERE id = ANY($1::uuid[])`,
);

/**
 * What may become a parent: everything on these nodes ($1); of the roles in $2 those on the nodes with the lowest names,
 * in these deployments ($4); and all of the cluster roles in $3. A role that is on few nodes is found by the role and then
 * put in order, one that is on many by walking along the names: the planner, which sees neither, would choose one way for
 * both, and walk past ten thousand nodes to find a role that is on one.
 */
const NEAR = statement(
  'binding.near',
  `WITH wanted AS MATERIALIZED (
     SELECT r.id AS role_id, d.id AS deployment_id, (
       SELECT count(*) FROM (
         SELECT FROM node_roles nr WHERE nr.role_id = r.id AND nr.deployment_id = d.id LIMIT ${MANY}
       ) counted
     ) AS nodes FROM unnest($2::uuid[]) AS r(id) CROSS JOIN unnest($4::uuid[]) AS d(id)
   )
   SELECT id FROM node_roles WHERE node_id = ANY($1::uuid[])
   UNION
   SELECT id FROM node_roles WHERE role_id = ANY($3::uuid[]) AND deployment_id = ANY($4::uuid[])
   UNION
   SELECT first.id FROM wanted CROSS JOIN LATERAL (
     SELECT few.id FROM (
       SELECT nr.id, nr.node_id FROM node_roles nr
       WHERE nr.role_id = wanted.role_id AND nr.deployment_id = wanted.deployment_id AND wanted.nodes < ${MANY} OFFSET 0
     ) few JOIN nodes n ON n.id = few.node_id ORDER BY n.name, few.id LIMIT $5
   ) first
   UNION
   SELECT first.id FROM wanted CROSS JOIN LATERAL (
     SELECT nr.id FROM node_roles nr JOIN nodes n ON n.id = nr.node_id
     WHERE nr.role_id = wanted.role_id AND nr.deployment_id = wanted.deployment_id AND wanted.nodes >= ${MANY}
     ORDER BY n.name, nr.id LIMIT $5
   ) first`,
);

const BELOW = statement(
  'binding.below',
  `WITH RECURSIVE below(id) AS (
     SELECT id FROM node_roles WHERE (role_id = ANY($1::uuid[]) AND deployment_id = ANY($2::uuid[])) OR node_id = ANY($3::uuid[])
     UNION
     SELECT e.child_id FROM below JOIN node_role_edges e ON e.parent_id = below.id
   ) SELECT id FROM below`,
);

const LOCKED = statement(
  'binding.locked',
  `SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr WHERE nr.id = ANY($1::uuid[]) ORDER BY nr.cohort, nr.id FOR UPDATE`,
);
const EDGES = statement(
  'binding.edges',
  `SELECT parent_id, child_id, soft, pending FROM node_role_edges WHERE parent_id = ANY($1::uuid[]) AND child_id = ANY($1::uuid[])`,
);

interface NodeRow {
  id: string;
  name: string;
  system: boolean;
  admin: boolean;
  deployment_id: string;
}
const toNode = (row: NodeRow): BindNode => ({
  id: idOf(row.id),
  name: row.name,
  system: row.system,
  admin: row.admin,
  deploymentId: idOf(row.deployment_id),
});

interface DeploymentRow {
  id: string;
  name: string;
  parent_id: string | null;
}
const toDeployment = (row: DeploymentRow): BindDeployment => ({
  id: idOf(row.id),
  name: row.name,
  parentId: row.parent_id === null ? null : idOf(row.parent_id),
});

const toBound = (row: NodeRoleRow): BoundNodeRole => toNodeRole(row);

/** Candidates that are kept with an edge, and one more that may be chosen. */
const INSTANCES_MAX = 21;

export class PgBindingStore implements BindingStore {
  constructor(
    private readonly client: PoolClient,
    private readonly tell: (event: EventDraft) => void,
  ) {}

  async changeShape(): Promise<void> {
    await changeShape(this.client);
  }

  async keepShape(): Promise<void> {
    await keepShape(this.client);
  }

  async view(catalog: RoleCatalog, requests: readonly BindRequest[]): Promise<BindView> {
    await changeShape(this.client);
    const wantedNodes = [...new Set(requests.map(({ nodeId }) => nodeId))];
    const wantedDeployments = [...new Set(requests.map(({ deploymentId }) => deploymentId))];
    const reach = reachOf(catalog, new Set(requests.map(({ roleId }) => roleId)));
    const deployments = (await rowsOf<DeploymentRow>(this.client, ANCESTRY, [wantedDeployments])).map(toDeployment);
    const deploymentIds = deployments.map(({ id }) => id);
    const nodes = (await rowsOf<NodeRow>(this.client, NODES_LOCKED, [wantedNodes, wantedDeployments])).map(toNode);
    const nodeIds = nodes.map(({ id }) => id);

    const near = await rowsOf<{ id: string }>(this.client, NEAR, [
      nodeIds,
      reach.parents,
      reach.clusters,
      deploymentIds,
      INSTANCES_MAX,
    ]);
    // What stands below matters only where something that is there may get a new parent.
    const below =
      reach.clusters.length > 0 || reach.precedes
        ? await rowsOf<{ id: string }>(this.client, BELOW, [
            reach.clusters,
            deploymentIds,
            reach.precedes ? nodeIds : [],
          ])
        : [];
    const ids = [...new Set([...near, ...below].map(({ id }) => id))];
    const nodeRoles = (await rowsOf<NodeRoleRow>(this.client, LOCKED, [ids])).map(toBound);
    const edges = below.length > 0 ? (await rowsOf<EdgeRow>(this.client, EDGES, [ids])).map(toEdge) : [];
    const known = new Set<string>(nodeIds);
    const further = [...new Set(nodeRoles.map(({ nodeId }) => nodeId))].filter((id) => !known.has(id));
    const others = further.length > 0 ? (await rowsOf<NodeRow>(this.client, NODES, [further])).map(toNode) : [];
    return new BindView({ nodeRoles, edges, nodes: [...nodes, ...others], deployments });
  }

  async apply(plans: readonly BindingPlan[]): Promise<void> {
    const work = gatherPlans(plans);
    await writePlans(this.client, work);
    for (const event of work.events) this.tell(event);
  }

  async repoint({ removed, added }: Repointing): Promise<void> {
    const { rows } = await this.client.query<{ attrib: string }>(
      `WITH edge AS (DELETE FROM node_role_edges WHERE parent_id = $1 AND child_id = $2)
       DELETE FROM node_role_attrib_links WHERE parent_id = $1 AND child_id = $2 RETURNING attrib`,
      [removed.parentId, removed.childId],
    );
    await insertEdges(this.client, added);
    await insertLinks(
      this.client,
      added.flatMap(({ parentId, childId }) => rows.map(({ attrib }) => ({ parentId, childId, attrib }))),
    );
  }

  async remove(ids: readonly NodeRoleId[]): Promise<void> {
    await this.client.query(`DELETE FROM node_roles WHERE id = ANY($1::uuid[])`, [ids]);
  }
}
