import type { PoolClient } from 'pg';
import type { Claim, Claimed } from '#app';
import { idOf, type EventDraft } from '#core';
import { rowsOf, statement } from '../sql.js';

/** Nodes on which something may start. Locked, so that one which is being found dead is waited for. */
const OPEN_NODES = statement(
  'engine.claim-nodes',
  `SELECT id FROM nodes WHERE id = ANY($1::uuid[]) AND (alive OR system) AND available AND frozen = 0 ORDER BY id FOR SHARE`,
);

/**
 * Hands out runs where the rows agree. A second run on a node is refused by the index `runs_one_per_node`, which fails the
 * whole group: the leader then looks at everything anew.
 */
const CLAIM = statement(
  'engine.claim',
  `WITH claimed AS (
     UPDATE node_roles nr SET state = 2, run_id = w.run_id, dirty = false, not_before = NULL, state_since = now(), version = nr.version + 1
     FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS w(node_role_id, run_id, input), deployments d, roles ro
     WHERE nr.id = w.node_role_id AND nr.state = 1 AND nr.unmet = 0 AND NOT nr.held AND nr.available
       AND d.id = nr.deployment_id AND d.state = 'committed' AND ro.id = nr.role_id
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
export const claim = async (client: PoolClient, tell: (event: EventDraft) => void, claims: readonly Claim[]): Promise<Claimed[]> => {
  if (claims.length === 0) return [];
  const open = new Set((await rowsOf<{ id: string }>(client, OPEN_NODES, [claims.map(({ nodeId }) => nodeId)])).map(({ id }) => id));
  const possible = claims.filter(({ nodeId }) => open.has(nodeId));
  if (possible.length === 0) return [];
  const rows = await rowsOf<ClaimedRow>(client, CLAIM, [
    possible.map(({ nodeRoleId }) => nodeRoleId),
    possible.map(({ runId }) => runId),
    possible.map(({ input }) => JSON.stringify(input)),
  ]);
  return rows.map((row) => {
    const claimed: Claimed = { nodeRoleId: idOf(row.id), nodeId: idOf(row.node_id), deploymentId: idOf(row.deployment_id), runId: idOf(row.run_id) };
    tell({ kind: 'node_role.transition', ...claimed, data: { from: 'todo' } });
    return claimed;
  });
};
