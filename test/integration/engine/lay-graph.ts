import { createHash } from 'node:crypto';
import { codeOf, idOf, type Graph, type NodeRole } from '#core';
import type { openDatabase } from '#store';
import { edgesOf } from '#testkit';
import type { WorldPlan } from '../../scenario/history.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** The UUID that stands in the database for what a test calls `A@n2`. A UUID stands for itself. */
export const uuidOf = <Id extends string>(name: string): Id => {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(name)) return name as Id;
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}` as Id;
};

/**
 * Writes a graph of `core` into an empty database, row by row, so that a test draws what it begins with. Noderoles in
 * transition get the run that owns them, in its first attempt, queued.
 */
export const layGraph = async (dataSource: Database, graph: Graph): Promise<void> => {
  const query = (text: string, values: unknown[]): Promise<unknown> => dataSource.query(text, values);
  for (const jig of new Set([...graph.roles.values()].map(({ jig: name }) => name)))
    await query('INSERT INTO jigs (name) VALUES ($1) ON CONFLICT DO NOTHING', [jig]);
  for (const {
    id,
    name,
    jig,
    destructive,
    cluster,
    onError,
    onRerunFailure,
    scope,
    priority,
    retry,
    timeoutMs,
  } of graph.roles.values())
    await query(
      `INSERT INTO roles (id, name, jig, flags, on_error, on_rerun_failure, priority, retry, timeout_ms, scope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        uuidOf(id),
        name,
        jig,
        [...(destructive ? ['destructive'] : []), ...(cluster ? ['cluster'] : [])],
        onError,
        onRerunFailure,
        priority,
        retry ? JSON.stringify({ max: retry.max, backoff_ms: retry.backoffMs, exit_codes: retry.exitCodes }) : null,
        timeoutMs,
        scope,
      ],
    );
  const deployments = [...graph.deployments.values()];
  // Parents first: the deployments of a test are listed from the top.
  for (const { id, name, parentId, system, state, priority } of deployments)
    await query(
      'INSERT INTO deployments (id, name, parent_id, system, state, priority) VALUES ($1, $2, $3, $4, $5, $6)',
      [uuidOf(id), name, parentId && uuidOf(parentId), system, state, priority],
    );
  const top = deployments.find(({ system }) => system)?.id as string;
  for (const { id, name, alive, available, system, frozen } of graph.nodes.values())
    await query(
      `INSERT INTO nodes (id, name, deployment_id, alive, available, system, frozen, probed) VALUES ($1, $2, $3, $4, $5, $6, $7, false)`,
      [uuidOf(id), name, uuidOf(top), alive, available, system, frozen],
    );
  for (const nodeRole of graph.nodeRoles.values()) await layNodeRole(query, graph, nodeRole);
  for (const { parentId, childId, soft, pending } of edgesOf(graph))
    await query(
      `INSERT INTO node_role_edges (parent_id, child_id, soft, pending, why) VALUES ($1, $2, $3, $4, 'drawn')`,
      [uuidOf(parentId), uuidOf(childId), soft, pending],
    );
};

const layNodeRole = async (
  query: (text: string, values: unknown[]) => Promise<unknown>,
  graph: Graph,
  nodeRole: NodeRole,
): Promise<void> => {
  const {
    id,
    deploymentId,
    roleId,
    nodeId,
    state,
    cohort,
    unmet,
    doubted,
    rerun,
    dirty,
    kept,
    held,
    available,
    runCount,
    failures,
    notBefore,
    runId,
    status,
  } = nodeRole;
  await query(
    `INSERT INTO node_roles (id, deployment_id, role_id, node_id, state, cohort, unmet, doubted, rerun, dirty, held, available, run_count,
       failures, not_before, run_id, status, kept)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, to_timestamp($15::float8 / 1000), $16, $17, $18)`,
    [
      ...[
        uuidOf(id),
        uuidOf(deploymentId),
        uuidOf(roleId),
        uuidOf(nodeId),
        codeOf(state),
        cohort,
        unmet,
        doubted,
        rerun,
        dirty,
        held,
      ],
      ...[available, runCount, failures, notBefore, runId && uuidOf(runId), status, kept],
    ],
  );
  await query('INSERT INTO node_role_data (node_role_id) VALUES ($1)', [uuidOf(id)]);
  if (runId)
    await query(`INSERT INTO runs (id, node_role_id, node_id, jig, rerun, input) VALUES ($1, $2, $3, $4, $5, '{}')`, [
      uuidOf(runId),
      uuidOf(id),
      uuidOf(nodeId),
      graph.role(roleId).jig,
      rerun,
    ]);
};

/** What a test calls it is what it asks for. */
export const known = <Id extends string>(name: string): Id => idOf(uuidOf(name)) as unknown as Id;

/** Tables that a history writes. */
const WRITTEN = [
  'events',
  'run_log_lines',
  'runs',
  'node_role_edges',
  'node_role_data',
  'node_roles',
  'nodes',
  'roles',
  'deployments',
  'leases',
];

/** Makes the database as it was before anything happened. */
export const emptyDatabase = async (dataSource: Database): Promise<void> => {
  await dataSource.query(`TRUNCATE ${WRITTEN.join(', ')} CASCADE`);
  await dataSource.query('UPDATE event_counter SET last = 0');
};

/** The same plan with one phantom node at the most: the database lets a deployment have only one. */
export const onePhantom = (plan: WorldPlan): WorldPlan => ({
  ...plan,
  nodes: plan.nodes.map((node, index) => ({ ...node, system: node.system && index === 0 })),
});
