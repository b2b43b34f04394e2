import type { PoolClient } from 'pg';
import type { Settled, Ticket } from '#app';
import { idOf, stateOf, type EventDraft } from '#core';
import { keepShape } from '../graph/shape-lock.js';
import { rowsOf, statement } from '../sql.js';
import { STANDING_COLUMNS, toStanding, type StandingRow } from './standing.js';

/**
 * What `finishNodeRole` says of a success that is not doubted, for many runs at once; a property test drives both with the
 * same histories. First everything that will change is locked, noderoles in order of cohort, so that two groups which share
 * children wait for one another instead of dead-locking, and so that what is checked is what is changed. (Nothing changes
 * a key, so the lock is one that lets lines of a log refer to their run meanwhile.) Then all is changed by primary key. The shapes below leave the planner no other way than by key: it cannot know how short the lists
 * are, and a plan that reads the whole table costs milliseconds each time.
 */
const LOCK = statement(
  'engine.settle-lock',
  `WITH own AS MATERIALIZED (
     SELECT r.id AS run_id, r.attempt, r.node_role_id FROM unnest($1::uuid[], $2::int[]) AS g(run_id, attempt)
     JOIN runs r ON r.id = g.run_id
     WHERE r.attempt = g.attempt AND r.state IN ('running', 'waiting') ORDER BY r.id FOR NO KEY UPDATE OF r),
   edges AS MATERIALIZED (
     SELECT e.parent_id, e.child_id FROM node_role_edges e
     WHERE e.parent_id = ANY(ARRAY(SELECT node_role_id FROM own)) AND NOT e.pending),
   locked AS MATERIALIZED (
     SELECT nr.id, nr.run_id, nr.doubted FROM node_roles nr
     WHERE nr.id = ANY(ARRAY(SELECT node_role_id FROM own UNION SELECT child_id FROM edges))
     ORDER BY nr.cohort, nr.id FOR NO KEY UPDATE)
   SELECT 'own' AS what, run_id, attempt, node_role_id AS id, NULL::uuid AS child_id FROM own
   UNION ALL SELECT 'sure', run_id, NULL, id, NULL FROM locked WHERE run_id IS NOT NULL AND NOT doubted
   UNION ALL SELECT 'edge', NULL, NULL, parent_id, child_id FROM edges`,
);

const SETTLE = statement(
  'engine.settle',
  `WITH ended AS (UPDATE runs SET state = 'succeeded', finished_at = now() WHERE id = ANY($1::uuid[])),
   active AS (
     UPDATE node_roles nr SET state = 0, run_id = NULL, rerun = false, run_count = nr.run_count + 1, failures = 0, not_before = NULL,
       status = '', state_since = now(), version = nr.version + 1
     FROM roles ro WHERE nr.id = ANY($2::uuid[]) AND ro.id = nr.role_id
     RETURNING ${STANDING_COLUMNS}),
   kids AS (
     UPDATE node_roles nr SET unmet = nr.unmet - met.parents,
       state = CASE WHEN nr.state = 3 AND nr.unmet = met.parents THEN 1 ELSE nr.state END,
       state_since = CASE WHEN nr.state = 3 AND nr.unmet = met.parents THEN now() ELSE nr.state_since END,
       version = nr.version + 1
     FROM unnest($3::uuid[], $4::int[]) AS met(child_id, parents), roles ro WHERE nr.id = met.child_id AND ro.id = nr.role_id
     RETURNING ${STANDING_COLUMNS})
   SELECT * FROM active UNION ALL SELECT * FROM kids WHERE state = 1 OR (state = 0 AND dirty)`,
);

type LockRow =
  | { what: 'own'; run_id: string; attempt: number; id: string; child_id: null }
  | { what: 'sure'; run_id: string; attempt: null; id: string; child_id: null }
  | { what: 'edge'; run_id: null; attempt: null; id: string; child_id: string };

/** Ends a group of runs that went well; see `EngineStore.settle`. */
export const settle = async (
  client: PoolClient,
  tell: (event: EventDraft) => void,
  begun: Promise<unknown>,
  tickets: readonly Ticket[],
): Promise<Settled> => {
  if (tickets.length === 0) return { tickets: [], standings: [] };
  // Sent together; nothing is changed before the transaction is known to stand.
  const [, , locked] = await Promise.all([
    begun,
    keepShape(client),
    rowsOf<LockRow>(client, LOCK, [tickets.map(({ runId }) => runId), tickets.map(({ attempt }) => attempt)]),
  ]);
  // The attempt that counts of each run: a group may hold the end of an older one as well.
  const open = new Map<string, number>(
    locked.flatMap((row) => (row.what === 'own' ? [[row.run_id, row.attempt] as const] : [])),
  );
  const runOf = new Map<string, string>();
  for (const row of locked) if (row.what === 'sure' && open.has(row.run_id)) runOf.set(row.id, row.run_id);
  if (runOf.size === 0) return { tickets: [], standings: [] };
  const met = new Map<string, number>();
  for (const row of locked)
    if (row.what === 'edge' && runOf.has(row.id)) met.set(row.child_id, (met.get(row.child_id) ?? 0) + 1);
  const rows = await rowsOf<StandingRow>(client, SETTLE, [
    [...runOf.values()],
    [...runOf.keys()],
    [...met.keys()],
    [...met.values()],
  ]);
  for (const row of rows) {
    const runId = runOf.get(row.id);
    // One that is to be run again and waited for its parents has not changed, but it may go now.
    if (!runId && stateOf(row.state) === 'active') continue;
    tell({
      kind: runId ? 'node_role.active' : 'node_role.todo',
      nodeRoleId: idOf(row.id),
      nodeId: idOf(row.node_id),
      deploymentId: idOf(row.deployment_id),
      ...(runId ? { runId } : {}),
      data: { from: runId ? 'transition' : 'blocked' },
    });
  }
  const counted = new Set(runOf.values());
  const counts = ({ runId, attempt }: Ticket): boolean => counted.has(runId) && open.get(runId) === attempt;
  return { tickets: tickets.filter(counts), standings: rows.map(toStanding) };
};
