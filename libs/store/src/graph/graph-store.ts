import type { PoolClient } from 'pg';
import type { GraphStore, SliceRoots } from '#app';
import {
  Graph,
  type Decision,
  type DeploymentId,
  type EventDraft,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
} from '#core';
import { rowsOf, statement } from '../sql.js';
import { saveNodeRoles } from './save-node-roles.js';
import { keepShape } from './shape-lock.js';
import {
  NODE_ROLE_COLUMNS,
  toDeployment,
  toEdge,
  toNode,
  toNodeRole,
  toRole,
  type DeploymentRow,
  type EdgeRow,
  type NodeRoleRow,
  type NodeRow,
  type RoleRow,
} from './rows.js';

const ROOTS = `SELECT id FROM node_roles WHERE id = ANY($1::uuid[]) OR node_id = ANY($2::uuid[]) OR deployment_id = ANY($3::uuid[])`;

const WITH_BELOW = `WITH RECURSIVE below(id) AS (
     ${ROOTS}
     UNION
     SELECT e.child_id FROM below JOIN node_role_edges e ON e.parent_id = below.id
   )`;
const PICTURE = statement(
  'graph.picture',
  `${WITH_BELOW} SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr WHERE nr.id IN (SELECT id FROM below) ORDER BY nr.cohort, nr.id`,
);
/**
 * Descendants are found once, before they are locked. In between none can be bound or unbound, since the lock of the shape
 * is held, and none can be moved into a deployment that is locked; what else has changed is read with the lock.
 */
const BELOW = statement(
  'graph.below',
  `${WITH_BELOW} SELECT nr.id, nr.node_id FROM node_roles nr JOIN below USING (id)`,
);
const LOCK = statement(
  'graph.lock',
  `SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr WHERE nr.id = ANY($1::uuid[]) ORDER BY nr.cohort, nr.id FOR UPDATE OF nr`,
);
const BY_ID = statement('graph.by-id', `SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr WHERE nr.id = ANY($1::uuid[])`);

const ABOVE = statement(
  'graph.above',
  `WITH RECURSIVE above(id) AS (
     SELECT unnest($1::uuid[])
     UNION
     SELECT e.parent_id FROM above JOIN node_role_edges e ON e.child_id = above.id
   )
   SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr JOIN above USING (id)`,
);

/** What the explanation of some noderoles looks at beside their ancestors: children, and what keeps the nodes from working. */
const AROUND = statement(
  'graph.around',
  `SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr
   WHERE nr.id <> ALL($1::uuid[])
     AND (nr.id IN (SELECT child_id FROM node_role_edges WHERE parent_id = ANY($2::uuid[]))
          OR (nr.node_id = ANY($3::uuid[]) AND nr.state IN (-1, 2)))`,
);

const ALL = statement(
  'graph.all',
  `SELECT ${NODE_ROLE_COLUMNS} FROM node_roles nr WHERE $1::uuid[] IS NULL OR nr.deployment_id = ANY($1)`,
);

const EDGES_UP = statement(
  'graph.edges-up',
  `SELECT parent_id, child_id, soft, pending FROM node_role_edges WHERE child_id = ANY($1::uuid[])`,
);
const EDGES_AMONG = statement(
  'graph.edges-among',
  `SELECT parent_id, child_id, soft, pending FROM node_role_edges WHERE child_id = ANY($1::uuid[]) AND parent_id = ANY($2::uuid[])`,
);
const EDGES = statement(
  'graph.edges',
  `SELECT parent_id, child_id, soft, pending FROM node_role_edges WHERE child_id = ANY($1::uuid[]) AND parent_id = ANY($1::uuid[])`,
);
const EDGES_ALL = statement('graph.edges-all', `SELECT parent_id, child_id, soft, pending FROM node_role_edges`);

/** A node that never said what it booted is one with a system of its own. */
const NODE_COLUMNS = `id, name, alive, available, system, frozen,
  coalesce((SELECT s.system = 'disk' FROM boot_sessions s WHERE s.id = nodes.boot_session_id), true) AS on_disk`;
const NODES = statement('graph.nodes', `SELECT ${NODE_COLUMNS} FROM nodes WHERE id = ANY($1::uuid[])`);
const NODES_LOCKED = statement(
  'graph.nodes-locked',
  `SELECT ${NODE_COLUMNS} FROM nodes WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
);
const ROLES = statement(
  'graph.roles',
  `SELECT id, name, jig, flags, on_error, on_rerun_failure, scope, priority, retry, timeout_ms FROM roles WHERE id = ANY($1::uuid[])`,
);
const DEPLOYMENTS = statement(
  'graph.deployments',
  `SELECT id, name, parent_id, system, state, priority FROM deployments WHERE id = ANY($1::uuid[])`,
);
const DEPLOYMENTS_LOCKED = statement(
  'graph.deployments-locked',
  `SELECT id, name, parent_id, system, state, priority FROM deployments WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
);

const SAVE_NODES = statement(
  'graph.save-nodes',
  `UPDATE nodes SET alive = n.alive, available = n.available, frozen = n.frozen, version = version + 1, updated_at = now()
   FROM unnest($1::uuid[], $2::bool[], $3::bool[], $4::int[]) AS n(id, alive, available, frozen) WHERE nodes.id = n.id`,
);
const SAVE_DEPLOYMENT = statement(
  'graph.save-deployment',
  `UPDATE deployments SET state = $2, version = version + 1, updated_at = now() WHERE id = $1`,
);
const COUNT_EDGES = statement(
  'graph.count-edges',
  `UPDATE node_role_edges e SET pending = false FROM unnest($1::uuid[], $2::uuid[]) AS n(parent_id, child_id)
   WHERE e.parent_id = n.parent_id AND e.child_id = n.child_id`,
);

const unique = <Item>(items: Iterable<Item>): Item[] => [...new Set(items)];

export class PgGraphStore implements GraphStore {
  constructor(
    private readonly client: PoolClient,
    private readonly tell: (event: EventDraft) => void,
  ) {}

  async slice(roots: SliceRoots): Promise<Graph> {
    const nodeIds = roots.nodeIds ?? [];
    const deploymentIds = roots.deploymentIds ?? [];
    // The shape first, then deployments, then nodes, then noderoles: one order for everybody.
    await keepShape(this.client);
    if (deploymentIds.length > 0) await rowsOf(this.client, DEPLOYMENTS_LOCKED, [deploymentIds]);
    const below = await rowsOf<{ id: string; node_id: string }>(this.client, BELOW, [
      roots.nodeRoleIds ?? [],
      nodeIds,
      deploymentIds,
    ]);
    await rowsOf(this.client, NODES_LOCKED, [unique<string>([...nodeIds, ...below.map((row) => row.node_id)])]);
    const locked = (await rowsOf<NodeRoleRow>(this.client, LOCK, [below.map(({ id }) => id)])).map(toNodeRole);
    return this.withParents(locked, { nodeIds, deploymentIds, lockNodes: true });
  }

  async picture(roots: SliceRoots): Promise<Graph> {
    const [nodeIds, deploymentIds] = [roots.nodeIds ?? [], roots.deploymentIds ?? []];
    const found = (
      await rowsOf<NodeRoleRow>(this.client, PICTURE, [roots.nodeRoleIds ?? [], nodeIds, deploymentIds])
    ).map(toNodeRole);
    return this.withParents(found, { nodeIds, deploymentIds });
  }

  async ancestry(
    nodeRoleIds: readonly NodeRoleId[],
    nodes: readonly NodeId[] = [],
    deployments: readonly DeploymentId[] = [],
  ): Promise<Graph> {
    const found = (await rowsOf<NodeRoleRow>(this.client, ABOVE, [nodeRoleIds])).map(toNodeRole);
    const nodeIds = unique<string>(found.map(({ nodeId }) => nodeId));
    const around = await rowsOf<NodeRoleRow>(this.client, AROUND, [found.map(({ id }) => id), nodeRoleIds, nodeIds]);
    return this.complete([...found, ...around.map(toNodeRole)], { nodeIds: nodes, deploymentIds: deployments });
  }

  async whole(deploymentIds?: readonly DeploymentId[]): Promise<Graph> {
    const found = await rowsOf<NodeRoleRow>(this.client, ALL, [deploymentIds ?? null]);
    if (deploymentIds) return this.complete(found.map(toNodeRole), { nodeIds: [], deploymentIds });
    const nodes = await this.client.query<{ id: string }>('SELECT id FROM nodes');
    const deployments = await this.client.query<{ id: string }>('SELECT id FROM deployments');
    return this.complete(found.map(toNodeRole), {
      nodeIds: nodes.rows.map(({ id }) => id),
      deploymentIds: deployments.rows.map(({ id }) => id),
      everyEdge: true,
    });
  }

  async save(graph: Graph, { changes, events }: Decision): Promise<void> {
    const nodeRoles = [...changes.nodeRoles].map(([id, patch]): NodeRole => ({ ...graph.nodeRole(id), ...patch }));
    await saveNodeRoles(
      this.client,
      nodeRoles,
      new Set([...changes.nodeRoles.values()].flatMap((patch) => Object.keys(patch))),
    );
    const nodes = [...changes.nodes].map(([id, patch]) => ({ ...graph.node(id), ...patch }));
    if (nodes.length > 0)
      await rowsOf(this.client, SAVE_NODES, [
        nodes.map(({ id }) => id),
        nodes.map(({ alive }) => alive),
        nodes.map(({ available }) => available),
        nodes.map(({ frozen }) => frozen),
      ]);
    for (const [id, { state }] of changes.deployments) await rowsOf(this.client, SAVE_DEPLOYMENT, [id, state]);
    if (changes.edgesCounted.length > 0)
      await rowsOf(this.client, COUNT_EDGES, [
        changes.edgesCounted.map(({ parentId }) => parentId),
        changes.edgesCounted.map(({ childId }) => childId),
      ]);
    for (const event of events) this.tell(event);
  }

  /** Noderoles with their parents, whose edges say who these are: each edge is read once. */
  private async withParents(
    nodeRoles: readonly NodeRole[],
    more: { nodeIds: readonly string[]; deploymentIds: readonly string[]; lockNodes?: boolean },
  ): Promise<Graph> {
    const ids = nodeRoles.map(({ id }) => id);
    const inside = new Set<string>(ids);
    const up = ids.length > 0 ? await rowsOf<EdgeRow>(this.client, EDGES_UP, [ids]) : [];
    const outside = unique(up.map((edge) => edge.parent_id).filter((id) => !inside.has(id)));
    if (outside.length === 0) return this.complete(nodeRoles, { ...more, edges: up });
    const parents = (await rowsOf<NodeRoleRow>(this.client, BY_ID, [outside])).map(toNodeRole);
    const among = await rowsOf<EdgeRow>(this.client, EDGES_AMONG, [outside, [...ids, ...outside]]);
    return this.complete([...nodeRoles, ...parents], { ...more, edges: [...up, ...among] });
  }

  /** Adds to noderoles what the rules need to know about them. */
  private async complete(
    nodeRoles: readonly NodeRole[],
    more: {
      nodeIds: readonly string[];
      deploymentIds: readonly string[];
      lockNodes?: boolean;
      everyEdge?: boolean;
      edges?: readonly EdgeRow[];
    },
  ): Promise<Graph> {
    const ids = nodeRoles.map(({ id }) => id);
    const edges =
      more.edges ??
      (more.everyEdge
        ? await rowsOf<EdgeRow>(this.client, EDGES_ALL, [])
        : await rowsOf<EdgeRow>(this.client, EDGES, [ids]));
    const nodeIds = unique<string>([...more.nodeIds, ...nodeRoles.map(({ nodeId }) => nodeId)]);
    const nodes = await rowsOf<NodeRow>(this.client, more.lockNodes ? NODES_LOCKED : NODES, [nodeIds]);
    const roles = await rowsOf<RoleRow>(this.client, ROLES, [unique(nodeRoles.map(({ roleId }) => roleId))]);
    const deploymentIds = unique<string>([...more.deploymentIds, ...nodeRoles.map(({ deploymentId }) => deploymentId)]);
    const deployments = await rowsOf<DeploymentRow>(this.client, DEPLOYMENTS, [deploymentIds]);
    return new Graph({
      nodeRoles,
      edges: edges.map(toEdge),
      nodes: nodes.map(toNode),
      roles: roles.map(toRole),
      deployments: deployments.map(toDeployment),
    });
  }
}
