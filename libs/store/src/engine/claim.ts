import type { PoolClient } from 'pg';
import type { BegunRun, Claim, Claimed } from '#app';
import {
  idOf,
  type DeploymentId,
  type EventDraft,
  type JsonObject,
  type NodeId,
  type NodeRoleId,
  type RunId,
} from '#core';
import { rowsOf, statement } from '../sql.js';
import { toBegunRun, USUAL_TIMEOUT, type BegunRow } from './begun.js';

/** Keeps the nodes as they are: one that is being found dead is waited for. */
const KEEP_NODES = statement(
  'engine.keep-nodes',
  `SELECT 1 FROM nodes WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE`,
);

/**
 * Hands out runs where the rows agree. A second run on a node is refused by the index `runs_one_per_node`, which fails the
 * whole group: the leader then looks at everything anew.
 */
const CLAIM = statement(
  'engine.claim',
  `WITH claimed AS (
     UPDATE node_roles nr SET state = 2, run_id = w.run_id, dirty = false, kept = false, not_before = NULL, state_since = now(), version = nr.version + 1
     FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::boolean[]) AS w(node_role_id, run_id, input, begin), nodes n, deployments d, roles ro
     WHERE nr.id = w.node_role_id AND nr.state = 1 AND nr.unmet = 0 AND NOT nr.held AND nr.available
       AND n.id = nr.node_id AND (n.alive OR n.system) AND n.available AND n.frozen = 0 AND d.id = nr.deployment_id AND d.state = 'committed' AND ro.id = nr.role_id
     RETURNING nr.id, nr.node_id, nr.deployment_id, nr.run_id, ro.jig, w.input, nextval('run_fences') AS fence, w.begin AND 'destructive' <> ALL(ro.flags) AS begun,
       nr.role_id, ro.version AS role_version, coalesce(ro.timeout_ms, ${USUAL_TIMEOUT}) AS timeout_ms, n.name AS node_name, n.address, n.ssh_port, n.host_key),
   made AS (
     INSERT INTO runs (id, node_role_id, node_id, jig, input, fence, state, worker_id, started_at, deadline_at)
     SELECT run_id, id, node_id, jig, input, fence, CASE WHEN begun THEN 'running' ELSE 'queued' END, CASE WHEN begun THEN $5::uuid END,
       CASE WHEN begun THEN now() END, CASE WHEN begun THEN now() + timeout_ms * interval '1 ms' END FROM claimed)
   SELECT id, node_id, deployment_id, run_id, jig, fence, begun, role_id, role_version, timeout_ms, now() + timeout_ms * interval '1 ms' AS deadline_at,
     node_name, address, ssh_port, host_key FROM claimed`,
);

interface ClaimedRow extends BegunRow {
  id: string;
  deployment_id: string;
  run_id: string;
  begun: boolean;
}

/** See `EngineStore.claim`. */
export const claim = async (
  client: PoolClient,
  tell: (event: EventDraft) => void,
  claims: readonly Claim[],
  worker: string | null,
): Promise<Claimed[]> => {
  if (claims.length === 0) return [];
  // Sent together; the second looks at the nodes as they are once the first has them.
  const [, rows] = await Promise.all([
    rowsOf(client, KEEP_NODES, [claims.map(({ nodeId }) => nodeId)]),
    rowsOf<ClaimedRow>(client, CLAIM, [
      claims.map(({ nodeRoleId }) => nodeRoleId),
      claims.map(({ runId }) => runId),
      claims.map(({ input }) => JSON.stringify(input)),
      claims.map(({ begin }) => worker !== null && begin === true),
      worker,
    ]),
  ]);
  const inputs = new Map(claims.map(({ runId, input }) => [runId as string, input]));
  return rows.map((row) => {
    const ids = {
      nodeRoleId: idOf<NodeRoleId>(row.id),
      nodeId: idOf<NodeId>(row.node_id),
      deploymentId: idOf<DeploymentId>(row.deployment_id),
      runId: idOf<RunId>(row.run_id),
    };
    tell({ kind: 'node_role.transition', ...ids, data: FROM_TODO });
    return { ...ids, begun: row.begun ? begunOf(row, inputs) : null };
  });
};

const FROM_TODO = { from: 'todo' };

const begunOf = (row: ClaimedRow, inputs: ReadonlyMap<string, JsonObject>): BegunRun =>
  toBegunRun({ ...row, id: row.run_id, node_role_id: row.id, attempt: 1, input: inputs.get(row.run_id) as JsonObject });
