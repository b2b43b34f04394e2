import type { PoolClient } from 'pg';
import type { Claim, Claimed } from '#app';
import { idOf, type EventDraft } from '#core';
import { rowsOf, statement } from '../sql.js';

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
     UPDATE node_roles nr SET state = 2, run_id = w.run_id, dirty = false, not_before = NULL, state_since = now(), version = nr.version + 1
     FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS w(node_role_id, run_id, input), nodes n, deployments d, roles ro
     WHERE nr.id = w.node_role_id AND nr.state = 1 AND nr.unmet = 0 AND NOT nr.held AND nr.available
       AND n.id = nr.node_id AND (n.alive OR n.system) AND n.available AND n.frozen = 0 AND d.id = nr.deployment_id AND d.state = 'committed' AND ro.id = nr.role_id
     RETURNING nr.id, nr.node_id, nr.deployment_id, nr.run_id, ro.jig, w.input),
   made AS (INSERT INTO runs (id, node_role_id, node_id, jig, input) SELECT run_id, id, node_id, jig, input FROM claimed)
   SELECT id, node_id, deployment_id, run_id FROM claimed`,
);

interface ClaimedRow {
  id: string;
  node_id: string;
  deployment_id: string;
  run_id: string;
}

/** See `EngineStore.claim`. */
export const claim = async (
  client: PoolClient,
  tell: (event: EventDraft) => void,
  claims: readonly Claim[],
): Promise<Claimed[]> => {
  if (claims.length === 0) return [];
  // Sent together; the second looks at the nodes as they are once the first has them.
  const [, rows] = await Promise.all([
    rowsOf(client, KEEP_NODES, [claims.map(({ nodeId }) => nodeId)]),
    rowsOf<ClaimedRow>(client, CLAIM, [
      claims.map(({ nodeRoleId }) => nodeRoleId),
      claims.map(({ runId }) => runId),
      claims.map(({ input }) => JSON.stringify(input)),
    ]),
  ]);
  return rows.map((row) => {
    const claimed: Claimed = {
      nodeRoleId: idOf(row.id),
      nodeId: idOf(row.node_id),
      deploymentId: idOf(row.deployment_id),
      runId: idOf(row.run_id),
    };
    tell({ kind: 'node_role.transition', ...claimed, data: { from: 'todo' } });
    return claimed;
  });
};
