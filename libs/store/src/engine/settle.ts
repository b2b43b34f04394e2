import type { PoolClient } from 'pg';
import type { Settled, Ticket } from '#app';
import { idOf, type EventDraft } from '#core';
import { keepShape } from '../graph/shape-lock.js';
import { rowsOf, statement } from '../sql.js';
import { STANDING_COLUMNS, toStanding, type StandingRow } from './standing.js';

/**
 * What `finishNodeRole` says of a success that is not doubted, for many runs in one statement; a property test drives
 * both with the same histories. All rows are locked in order of cohort before any is changed, so that two groups which
 * share children wait for one another instead of dead-locking, and so that what is checked is what is changed.
 */
const SETTLE = statement(
  'engine.settle',
  `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS g(run_id, attempt)),
   own AS MATERIALIZED (
     SELECT r.id AS run_id, r.attempt, r.node_role_id FROM given g
     JOIN runs r ON r.id = g.run_id AND r.attempt = g.attempt AND r.state IN ('running', 'waiting') ORDER BY r.id FOR UPDATE OF r),
   locked AS MATERIALIZED (
     SELECT nr.id, nr.run_id, nr.doubted FROM node_roles nr
     WHERE nr.id IN (SELECT node_role_id FROM own
                     UNION SELECT e.child_id FROM own JOIN node_role_edges e ON e.parent_id = own.node_role_id AND NOT e.pending)
     ORDER BY nr.cohort, nr.id FOR UPDATE),
   good AS MATERIALIZED (
     SELECT own.* FROM own JOIN locked l ON l.id = own.node_role_id AND l.run_id = own.run_id AND NOT l.doubted),
   ended AS (UPDATE runs SET state = 'succeeded', finished_at = now() FROM good WHERE runs.id = good.run_id),
   active AS (
     UPDATE node_roles nr SET state = 0, run_id = NULL, rerun = false, run_count = nr.run_count + 1, failures = 0, not_before = NULL,
       status = '', state_since = now(), version = nr.version + 1
     FROM good, roles ro WHERE nr.id = good.node_role_id AND ro.id = nr.role_id
     RETURNING ${STANDING_COLUMNS}, good.run_id, good.attempt),
   met AS (
     SELECT e.child_id, count(*)::int AS parents FROM good
     JOIN node_role_edges e ON e.parent_id = good.node_role_id AND NOT e.pending GROUP BY e.child_id),
   kids AS (
     UPDATE node_roles nr SET unmet = nr.unmet - met.parents,
       state = CASE WHEN nr.state = 3 AND nr.unmet = met.parents THEN 1 ELSE nr.state END,
       state_since = CASE WHEN nr.state = 3 AND nr.unmet = met.parents THEN now() ELSE nr.state_since END,
       version = nr.version + 1
     FROM met, roles ro WHERE nr.id = met.child_id AND ro.id = nr.role_id
     RETURNING ${STANDING_COLUMNS}, NULL::uuid AS run_id, NULL::int AS attempt)
   SELECT * FROM active UNION ALL SELECT * FROM kids WHERE state = 1`,
);

interface SettledRow extends StandingRow {
  run_id: string | null;
  attempt: number | null;
}

/** Ends a group of runs that went well; see `EngineStore.settle`. */
export const settle = async (client: PoolClient, tell: (event: EventDraft) => void, tickets: readonly Ticket[]): Promise<Settled> => {
  if (tickets.length === 0) return { tickets: [], standings: [] };
  await keepShape(client);
  const rows = await rowsOf<SettledRow>(client, SETTLE, [tickets.map(({ runId }) => runId), tickets.map(({ attempt }) => attempt)]);
  const counted: Ticket[] = [];
  for (const row of rows) {
    if (row.run_id !== null) counted.push({ runId: idOf(row.run_id), attempt: row.attempt as number });
    tell({
      kind: row.run_id === null ? 'node_role.todo' : 'node_role.active',
      nodeRoleId: idOf(row.id),
      nodeId: idOf(row.node_id),
      deploymentId: idOf(row.deployment_id),
      ...(row.run_id === null ? {} : { runId: row.run_id }),
      data: { from: row.run_id === null ? 'blocked' : 'transition' },
    });
  }
  return { tickets: counted, standings: rows.map(toStanding) };
};
