import type { PoolClient } from 'pg';
import type { EventDraft } from '#core';
import { rowsOf, statement } from '../sql.js';
import { storableJson } from '../storable.js';

/** The channel on which a committed transaction says how far the history goes now. A hint: readers go by sequence. */
export const NEWS_CHANNEL = 'anneal_news';

/** The numbers that a transaction's events got, both included. */
export interface EventRange {
  readonly first: number;
  readonly last: number;
}

const APPEND = statement(
  'events.append',
  `WITH numbers AS (UPDATE event_counter SET last = last + $1 RETURNING last - $1 AS before, last),
   written AS (
     INSERT INTO events (seq, kind, node_role_id, node_id, deployment_id, run_id, actor, data)
     SELECT numbers.before + e.ord, e.kind, e.node_role_id, e.node_id, e.deployment_id, e.run_id, $2, e.data
     FROM numbers, unnest($3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::jsonb[])
          WITH ORDINALITY AS e(kind, node_role_id, node_id, deployment_id, run_id, data, ord))
   SELECT last, pg_notify('${NEWS_CHANNEL}', last::text) FROM numbers`,
);

/**
 * Writes events with the next numbers. Call it last in a transaction: from here to the commit no other transaction that
 * has news can commit, which is what makes the sequence gap-free and in the order of commits.
 */
export const appendEvents = async (
  client: PoolClient,
  actor: string,
  events: readonly EventDraft[],
): Promise<EventRange | null> => {
  if (events.length === 0) return null;
  const [row] = await rowsOf<{ last: string }>(client, APPEND, [
    events.length,
    actor,
    events.map((event) => event.kind),
    events.map((event) => event.nodeRoleId ?? null),
    events.map((event) => event.nodeId ?? null),
    events.map((event) => event.deploymentId ?? null),
    events.map((event) => event.runId ?? null),
    events.map((event) => (event.data ? storableJson(event.data) : null)),
  ]);
  const last = Number(row?.last);
  return { first: last - events.length + 1, last };
};
