import type { PoolClient } from 'pg';
import type { Ticket } from '#app';
import { idOf, type EventDraft } from '#core';
import { rowsOf, statement } from '../sql.js';

/** A run that ended meanwhile, or that somebody else gave a new attempt, is left as it is. */
const NEW_ATTEMPTS = statement(
  'engine.new-attempts',
  `UPDATE runs r SET state = 'queued', attempt = r.attempt + 1, fence = nextval('run_fences'), worker_id = NULL, started_at = NULL,
     deadline_at = NULL, dispatched_at = now()
   FROM unnest($1::uuid[], $2::int[]) AS t(run_id, attempt)
   WHERE r.id = t.run_id AND r.attempt = t.attempt AND r.state = 'running' RETURNING r.id, r.attempt, r.node_role_id, r.node_id`,
);

interface Row {
  id: string;
  attempt: number;
  node_role_id: string;
  node_id: string;
}

/** See `EngineStore.newAttempts`. */
export const newAttempts = async (
  client: PoolClient,
  tell: (event: EventDraft) => void,
  tickets: readonly Ticket[],
): Promise<Ticket[]> => {
  if (tickets.length === 0) return [];
  const rows = await rowsOf<Row>(client, NEW_ATTEMPTS, [
    tickets.map(({ runId }) => runId),
    tickets.map(({ attempt }) => attempt),
  ]);
  return rows.map(({ id, attempt, node_role_id, node_id }) => {
    tell({ kind: 'run.rescued', runId: id, nodeRoleId: idOf(node_role_id), nodeId: idOf(node_id), data: { attempt } });
    return { runId: idOf(id), attempt };
  });
};
