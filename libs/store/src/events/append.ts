import type { PoolClient } from 'pg';
import type { EventDraft } from '#core';
import { rowsOf, statement } from '../sql.js';

/** The channel on which a committed transaction says that there is news. It carries nothing: readers go by sequence. */
export const NEWS_CHANNEL = 'anneal_news';

/** The numbers that a transaction's events got, both included. */
export interface EventRange {
  readonly first: number;
  readonly last: number;
}

const NUMBER = statement('events.number', `UPDATE event_counter SET last = last + $1 RETURNING last`);

const INSERT = statement(
  'events.insert',
  `INSERT INTO events (seq, kind, node_role_id, node_id, deployment_id, run_id, actor, data)
   SELECT $1::bigint + e.ord - 1, e.kind, e.node_role_id, e.node_id, e.deployment_id, e.run_id, $2, e.data
   FROM unnest($3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::jsonb[])
        WITH ORDINALITY AS e(kind, node_role_id, node_id, deployment_id, run_id, data, ord)`,
);

/**
 * Writes events with the next numbers. Call it last in a transaction: from here to the commit no other transaction that
 * has news can commit, which is what makes the sequence gap-free and in the order of commits.
 */
export const appendEvents = async (client: PoolClient, actor: string, events: readonly EventDraft[]): Promise<EventRange | null> => {
  if (events.length === 0) return null;
  const [counter] = await rowsOf<{ last: string }>(client, NUMBER, [events.length]);
  const last = Number(counter?.last);
  const first = last - events.length + 1;
  await rowsOf(client, INSERT, [
    first,
    actor,
    events.map((event) => event.kind),
    events.map((event) => event.nodeRoleId ?? null),
    events.map((event) => event.nodeId ?? null),
    events.map((event) => event.deploymentId ?? null),
    events.map((event) => event.runId ?? null),
    events.map((event) => (event.data ? JSON.stringify(event.data) : null)),
  ]);
  await client.query(`NOTIFY ${NEWS_CHANNEL}`);
  return { first, last };
};
