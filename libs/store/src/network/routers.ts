/** Routers of networks, read and written. */
import type { PoolClient } from 'pg';
import { isId, type NetworkRouterId, type NewRouter, type RouterView } from '#app';
import { plainAddress, type NetworkId } from '#core';
import { ROUTER_FROM, ROUTER_SELECT, toRouter, type RouterRow } from './range-rows.js';

/** By id, or as `network/address`; a network's name alone names its router where there is one. */
export const findRouter = async (
  client: PoolClient,
  key: string,
  options: { readonly lock?: boolean },
): Promise<RouterView | null> => {
  const [network = '', address = ''] = key.split('/');
  const { rows } = await client.query<RouterRow>(
    `SELECT ${ROUTER_SELECT} ${ROUTER_FROM} WHERE ${isId(key) ? 'o.id = $1' : `w.name = lower($1) AND ($2 = '' OR host(o.address) = $2)`}
     ${options.lock ? 'FOR UPDATE OF o' : ''}`,
    isId(key) ? [key] : [network, plainAddress(address) ?? address],
  );
  return rows.length === 1 && rows[0] ? toRouter(rows[0]) : null;
};

export const readRouters = async (client: PoolClient, networkIds?: readonly NetworkId[]): Promise<RouterView[]> => {
  const { rows } = await client.query<RouterRow>(
    `SELECT ${ROUTER_SELECT} ${ROUTER_FROM} ${networkIds ? 'WHERE o.network_id = ANY($1::uuid[])' : ''} ORDER BY w.name, o.address`,
    networkIds ? [networkIds] : [],
  );
  return rows.map(toRouter);
};

export const insertRouter = async (client: PoolClient, router: NewRouter): Promise<void> => {
  await client.query(`INSERT INTO network_router (id, network_id, address, pref) VALUES ($1, $2, $3, $4)`, [
    router.id,
    router.networkId,
    router.address,
    router.pref,
  ]);
};

export const updateRouter = async (
  client: PoolClient,
  id: NetworkRouterId,
  change: { readonly address?: string; readonly pref?: number },
): Promise<void> => {
  await client.query(
    `UPDATE network_router SET address = coalesce($2::inet, address), pref = coalesce($3, pref), version = version + 1 WHERE id = $1`,
    [id, change.address ?? null, change.pref ?? null],
  );
};

export const deleteRouter = async (client: PoolClient, id: NetworkRouterId): Promise<void> => {
  await client.query(`DELETE FROM network_router WHERE id = $1`, [id]);
};
