/**
 * What is free in ranges, as rows. Every statement finds its rows through the primary key (range, first address), so it
 * costs the same in a full /16 and in an empty /64; LATERAL with LIMIT leaves the planner no other way, whatever it
 * believes about the table. Whoever writes holds the lock of the range's row.
 */
import type { PoolClient } from 'pg';
import type { AllocationId, NetworkRangeId, NewAllocation } from '#app';
import { formatAddress, parseAddress, type Address, type AddressSpan } from '#core';
import { rowsOf, statement } from '../sql.js';

const FREE_SPANS = statement(
  'network.free-spans',
  `SELECT host(first_address) AS first, host(last_address) AS last FROM (
     SELECT f.first_address, f.last_address FROM unnest($2::inet[]) AS wanted(address)
     CROSS JOIN LATERAL (
       SELECT first_address, last_address FROM network_free
       WHERE range_id = $1 AND first_address <= wanted.address ORDER BY first_address DESC LIMIT 1
     ) f
     UNION
     SELECT f.first_address, f.last_address FROM unnest($3::inet[]) AS above(address)
     CROSS JOIN LATERAL (
       SELECT first_address, last_address FROM network_free WHERE range_id = $1 AND first_address = above.address LIMIT 1
     ) f
     UNION
     (SELECT first_address, last_address FROM network_free WHERE range_id = $1 ORDER BY first_address LIMIT $4)
   ) found ORDER BY first_address`,
);

const LOCK = statement(
  'network.lock-ranges',
  `SELECT id FROM network_range WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
);

const FORGET_SPANS = statement(
  'network.forget-spans',
  `DELETE FROM network_free WHERE ctid = ANY(ARRAY(
     SELECT f.ctid FROM unnest($1::uuid[], $2::inet[]) AS gone(range_id, first_address)
     CROSS JOIN LATERAL (
       SELECT ctid FROM network_free WHERE range_id = gone.range_id AND first_address = gone.first_address LIMIT 1
     ) f))`,
);

const WRITE_SPANS = statement(
  'network.write-spans',
  `INSERT INTO network_free (range_id, first_address, last_address) SELECT * FROM unnest($1::uuid[], $2::inet[], $3::inet[])`,
);

const COUNT = statement(
  'network.count',
  `UPDATE network_range g SET allocated = g.allocated + c.change FROM unnest($1::uuid[], $2::integer[]) AS c(id, change) WHERE g.id = c.id`,
);

const RELEASE = statement('network.release', `DELETE FROM network_allocation WHERE id = ANY($1::uuid[])`);

const ALLOCATE = statement(
  'network.allocate',
  `INSERT INTO network_allocation (id, network_id, range_id, node_id, address, overlap, chosen)
   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::inet[], $6::boolean[], $7::text[])`,
);

export const lockRanges = async (client: PoolClient, ids: readonly NetworkRangeId[]): Promise<void> => {
  if (ids.length > 0) await rowsOf(client, LOCK, [ids]);
};

export const readFreeSpans = async (
  client: PoolClient,
  id: NetworkRangeId,
  wanted: { readonly addresses: readonly string[]; readonly count: number },
): Promise<AddressSpan[]> => {
  const addresses = wanted.addresses.map((text) => parseAddress(text) as Address);
  const above = addresses.map(({ family, value }) => ({ family, value: value + 1n }));
  const rows = await rowsOf<{ first: string; last: string }>(client, FREE_SPANS, [
    id,
    wanted.addresses,
    above.filter(({ family, value }) => value < 1n << (family === 4 ? 32n : 128n)).map(formatAddress),
    wanted.count,
  ]);
  return rows.map(({ first, last }) => spanOfText(first, last));
};

const spanOfText = (first: string, last: string): AddressSpan => {
  const [low, high] = [parseAddress(first) as Address, parseAddress(last) as Address];
  return { family: low.family, first: low.value, last: high.value };
};

export interface AllocationChange {
  readonly made: readonly NewAllocation[];
  readonly released: readonly { readonly id: AllocationId; readonly rangeId: NetworkRangeId }[];
  readonly free: readonly {
    readonly rangeId: NetworkRangeId;
    readonly before: readonly AddressSpan[];
    readonly after: readonly AddressSpan[];
  }[];
}

export const writeAllocations = async (
  client: PoolClient,
  { made, released, free }: AllocationChange,
): Promise<void> => {
  const gone = free.flatMap(({ rangeId, before }) => before.map((span) => ({ rangeId, span })));
  const fresh = free.flatMap(({ rangeId, after }) => after.map((span) => ({ rangeId, span })));
  if (released.length > 0) await rowsOf(client, RELEASE, [released.map(({ id }) => id)]);
  await count(client, [...made.map((one) => ({ ...one, by: 1 })), ...released.map((one) => ({ ...one, by: -1 }))]);
  if (gone.length > 0) await rowsOf(client, FORGET_SPANS, [gone.map(({ rangeId }) => rangeId), gone.map(firstOf)]);
  if (fresh.length > 0)
    await rowsOf(client, WRITE_SPANS, [fresh.map(({ rangeId }) => rangeId), fresh.map(firstOf), fresh.map(lastOf)]);
  if (made.length > 0)
    await rowsOf(client, ALLOCATE, [
      made.map(({ id }) => id),
      made.map(({ networkId }) => networkId),
      made.map(({ rangeId }) => rangeId),
      made.map(({ nodeId }) => nodeId),
      made.map(({ address }) => address),
      made.map(({ overlap }) => overlap),
      made.map(({ chosen }) => chosen),
    ]);
};

const count = async (
  client: PoolClient,
  changes: readonly { readonly rangeId: NetworkRangeId; readonly by: number }[],
): Promise<void> => {
  const sums = new Map<NetworkRangeId, number>();
  for (const { rangeId, by } of changes) sums.set(rangeId, (sums.get(rangeId) ?? 0) + by);
  if (sums.size > 0) await rowsOf(client, COUNT, [[...sums.keys()], [...sums.values()]]);
};

const firstOf = ({ span }: { span: AddressSpan }): string => formatAddress({ family: span.family, value: span.first });
const lastOf = ({ span }: { span: AddressSpan }): string => formatAddress({ family: span.family, value: span.last });

/**
 * Works out what is free in a range from its allocations, after its bounds have changed. The one place where all
 * allocations of a range are read.
 */
export const rebuildFreeSpace = async (client: PoolClient, id: NetworkRangeId): Promise<void> => {
  await client.query(`DELETE FROM network_free WHERE range_id = $1`, [id]);
  await client.query(
    `INSERT INTO network_free (range_id, first_address, last_address)
     SELECT $1, gap_first, gap_last FROM (
       SELECT CASE WHEN before IS NULL THEN g.first_address ELSE before + 1 END AS gap_first,
              CASE WHEN taken IS NULL THEN g.last_address ELSE taken - 1 END AS gap_last,
              before, taken, g.first_address, g.last_address
       FROM network_range g CROSS JOIN LATERAL (
         SELECT lag(address) OVER (ORDER BY address) AS before, address AS taken
         FROM network_allocation WHERE range_id = g.id
         UNION ALL SELECT max(address), NULL FROM network_allocation WHERE range_id = g.id
       ) gaps
       WHERE g.id = $1
         AND (before IS NULL OR before < g.last_address) AND (taken IS NULL OR taken > g.first_address)
     ) gap WHERE gap_first <= gap_last`,
    [id],
  );
};
