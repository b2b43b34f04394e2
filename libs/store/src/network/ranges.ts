/** Ranges of networks, read and written. What is free in one follows its bounds: see free-space.ts. */
import type { PoolClient } from 'pg';
import { isId, type NetworkRangeId, type NewRange, type RangeView } from '#app';
import { plainAddress, type NetworkId } from '#core';
import { rebuildFreeSpace } from './free-space.js';
import { RANGE_FROM, RANGE_SELECT, toRange, type RangeRow } from './range-rows.js';

/** By id, or as `network/range`. */
export const findRange = async (
  client: PoolClient,
  key: string,
  options: { readonly lock?: boolean },
): Promise<RangeView | null> => {
  const { rows } = await client.query<RangeRow>(
    `SELECT ${RANGE_SELECT} ${RANGE_FROM} WHERE ${isId(key) ? 'g.id = $1' : `w.name || '/' || g.name = lower($1)`} ${options.lock ? 'FOR UPDATE OF g' : ''}`,
    [key],
  );
  return rows[0] ? toRange(rows[0]) : null;
};

export const rangeAt = async (client: PoolClient, address: string): Promise<RangeView | null> => {
  const plain = plainAddress(address);
  if (!plain) return null;
  const { rows } = await client.query<RangeRow>(
    `SELECT ${RANGE_SELECT} ${RANGE_FROM} WHERE g.span @> $1::inet AND NOT g.overlap`,
    [plain],
  );
  return rows[0] ? toRange(rows[0]) : null;
};

export const readRanges = async (client: PoolClient, networkIds?: readonly NetworkId[]): Promise<RangeView[]> => {
  const { rows } = await client.query<RangeRow>(
    `SELECT ${RANGE_SELECT} ${RANGE_FROM} ${networkIds ? 'WHERE g.network_id = ANY($1::uuid[])' : ''} ORDER BY w.name, g.first_address`,
    networkIds ? [networkIds] : [],
  );
  return rows.map(toRange);
};

export const insertRange = async (client: PoolClient, range: NewRange): Promise<void> => {
  const columns = columnsOf(range);
  await client.query(
    `WITH made AS (
       INSERT INTO network_range (id, network_id, ${columns.map(([name]) => name).join(', ')})
       VALUES ($1, $2, ${columns.map((_column, index) => `$${index + 3}`).join(', ')}) RETURNING id, first_address, last_address)
     INSERT INTO network_free (range_id, first_address, last_address) SELECT * FROM made`,
    [range.id, range.networkId, ...columns.map(([, value]) => value)],
  );
};

export const updateRange = async (client: PoolClient, range: NewRange): Promise<void> => {
  const columns = columnsOf(range);
  const { rows } = await client.query<{ moved: boolean }>(
    `UPDATE network_range g SET ${columns.map(([name], index) => `${name} = $${index + 2}, `).join('')} version = g.version + 1
     FROM network_range old WHERE g.id = $1 AND old.id = g.id
     RETURNING (old.first_address, old.last_address) IS DISTINCT FROM (g.first_address, g.last_address) AS moved`,
    [range.id, ...columns.map(([, value]) => value)],
  );
  if (rows[0]?.moved) await rebuildFreeSpace(client, range.id);
  await client.query(`UPDATE network_allocation SET overlap = $2 WHERE range_id = $1 AND overlap <> $2`, [
    range.id,
    range.overlap,
  ]);
};

export const deleteRange = async (client: PoolClient, id: NetworkRangeId): Promise<void> => {
  await client.query(`DELETE FROM network_range WHERE id = $1`, [id]);
};

/** What is written of a range that may change. */
const columnsOf = ({ name, first, last, prefixLength, overlap, attachment }: NewRange) =>
  [
    ['name', name],
    ['first_address', first],
    ['last_address', last],
    ['prefix_length', prefixLength],
    ['overlap', overlap],
    ['conduit', attachment.conduit],
    ['vlan', attachment.vlan],
    ['use_vlan', attachment.useVlan],
    ['use_bridge', attachment.useBridge],
    ['use_team', attachment.useTeam],
    ['team_mode', attachment.teamMode],
  ] as const;
