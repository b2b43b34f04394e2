import type { PoolClient } from 'pg';
import {
  isId,
  type AddressedNode,
  type AllocationView,
  type ListQuery,
  type NetworkFields,
  type NetworkMember,
  type NetworkRangeId,
  type NetworkRouterId,
  type NetworkStore,
  type NetworkView,
  type NewNetwork,
  type NewRange,
  type NewRouter,
  type Page,
  type RangeView,
  type RouterView,
} from '#app';
import {
  hintName,
  plainAddress,
  type AddressSpan,
  type DeploymentId,
  type JsonObject,
  type NetworkId,
  type NodeId,
  type NodeRoleId,
  type Refusal,
  type RoleId,
} from '#core';
import { readPage } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';
import {
  ALLOCATION_FROM,
  ALLOCATION_SELECT,
  ALLOCATION_SHAPE,
  toAllocation,
  type AllocationRow,
} from './allocation-rows.js';
import { lockRanges, readFreeSpans, writeAllocations, type AllocationChange } from './free-space.js';
import { columnsOf, NETWORK_FROM, NETWORK_SELECT, NETWORK_SHAPE, toNetwork, type NetworkRow } from './network-rows.js';
import { RANGE_SHAPE, ROUTER_SHAPE, toRange, toRouter } from './range-rows.js';
import { deleteRange, findRange, insertRange, rangeAt, readRanges, updateRange } from './ranges.js';
import { deleteRouter, findRouter, insertRouter, readRouters, updateRouter } from './routers.js';

/** Names the lock under which networks, ranges and routers are changed. */
const LOCK_KEY = 'anneal.networks';

const ADDRESSED = statement(
  'network.addressed',
  `SELECT n.id, n.name, n.admin, n.address, md5(n.name) AS digest, n.hints, coalesce(mine.addresses, '[]') AS admin_addresses
   FROM nodes n LEFT JOIN LATERAL (
     SELECT jsonb_agg(jsonb_build_object('group', w.group_name, 'address', host(a.address), 'prefixLength', g.prefix_length)
                      ORDER BY a.created_at, a.id) AS addresses
     FROM network_allocation a JOIN network w ON w.id = a.network_id JOIN network_range g ON g.id = a.range_id
     WHERE a.node_id = n.id AND w.category = 'admin'
   ) mine ON true
   WHERE n.id = ANY($1::uuid[])`,
);

const OF_ROLES = statement(
  'network.of-roles',
  `SELECT ${NETWORK_SELECT} ${NETWORK_FROM} WHERE w.role_id = ANY($1::uuid[]) ORDER BY w.category <> 'admin', w.sort_order, w.name`,
);

const STILL_ON = statement(
  'network.still-on',
  `SELECT DISTINCT ON (nr.node_id) nr.id FROM node_roles nr JOIN network w ON w.role_id = nr.role_id
   WHERE nr.node_id = ANY($1::uuid[]) AND w.configure
   ORDER BY nr.node_id, nr.state <> 0, w.category <> 'admin', w.sort_order, w.name`,
);

const PUT_ADDRESSES = statement(
  'network.put-addresses',
  `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::jsonb[]) AS g(id, document)),
   counted AS (UPDATE node_roles nr SET version = version + 1 FROM given WHERE nr.id = given.id)
   INSERT INTO node_role_data (node_role_id, updated_by, sysdata) SELECT id, 'engine', document FROM given
   ON CONFLICT (node_role_id) DO UPDATE SET sysdata = node_role_data.sysdata || excluded.sysdata, updated_at = now()`,
);

interface AddressedRow {
  id: NodeId;
  name: string;
  admin: boolean;
  address: string | null;
  digest: string;
  hints: JsonObject;
  admin_addresses: AddressedNode['adminAddresses'];
}

export class PgNetworkStore implements NetworkStore {
  constructor(private readonly client: PoolClient) {}

  async lock(): Promise<void> {
    await this.client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [LOCK_KEY]);
  }

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<NetworkView | null> {
    const { rows } = await this.client.query<NetworkRow>(
      `SELECT ${NETWORK_SELECT} ${NETWORK_FROM} WHERE ${isId(key) ? 'w.id = $1' : 'w.name = lower($1)'} ${options.lock ? 'FOR UPDATE OF w' : ''}`,
      [key],
    );
    return rows[0] ? toNetwork(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<NetworkView> | Refusal> {
    return readPage(this.client, NETWORK_SHAPE, query, toNetwork);
  }

  async all(): Promise<NetworkView[]> {
    const { rows } = await this.client.query<NetworkRow>(
      `SELECT ${NETWORK_SELECT} ${NETWORK_FROM} ORDER BY w.sort_order, w.name`,
    );
    return rows.map(toNetwork);
  }

  async ofRoles(roleIds: readonly RoleId[]): Promise<ReadonlyMap<RoleId, NetworkView>> {
    const rows = await rowsOf<NetworkRow>(this.client, OF_ROLES, [roleIds]);
    return new Map(rows.map(toNetwork).map((network) => [network.roleId, network]));
  }

  async stillOn(nodeIds: readonly NodeId[]): Promise<NodeRoleId[]> {
    return (await rowsOf<{ id: NodeRoleId }>(this.client, STILL_ON, [nodeIds])).map(({ id }) => id);
  }

  async insert(network: NewNetwork): Promise<void> {
    const { id, name, deploymentId, roleId, ...fields } = network;
    const columns = columnsOf(fields);
    await this.client.query(
      `INSERT INTO network (id, name, deployment_id, role_id, ${columns.map(({ column }) => column).join(', ')})
       VALUES ($1, $2, $3, $4, ${columns.map(({ type }, index) => `$${index + 5}::${type}`).join(', ')})`,
      [id, name, deploymentId, roleId, ...columns.map(({ value }) => value)],
    );
  }

  async update(id: NetworkId, change: Partial<NetworkFields>): Promise<void> {
    const columns = columnsOf(change);
    await this.client.query(
      `UPDATE network SET ${columns.map(({ column, type }, index) => `${column} = $${index + 2}::${type}, `).join('')}
         version = version + 1, updated_at = now() WHERE id = $1`,
      [id, ...columns.map(({ value }) => value)],
    );
  }

  async moveAll(from: DeploymentId, to: DeploymentId): Promise<void> {
    await this.client.query(
      `UPDATE network SET deployment_id = $2, version = version + 1, updated_at = now() WHERE deployment_id = $1`,
      [from, to],
    );
  }

  async delete(id: NetworkId): Promise<void> {
    await this.client.query(`DELETE FROM network WHERE id = $1`, [id]);
  }

  async globalId(): Promise<string> {
    const { rows } = await this.client.query<{ global_id: string }>(`SELECT global_id FROM installation`);
    return (rows[0] as { global_id: string }).global_id;
  }

  async nextSubnetId(): Promise<number | null> {
    const { rows } = await this.client.query<{ subnet_ids: number }>(
      `UPDATE installation SET subnet_ids = subnet_ids + 1 WHERE subnet_ids < 65535 RETURNING subnet_ids`,
    );
    return rows[0]?.subnet_ids ?? null;
  }

  findRange(key: string, options: { readonly lock?: boolean } = {}): Promise<RangeView | null> {
    return findRange(this.client, key, options);
  }

  rangeAt(address: string): Promise<RangeView | null> {
    return rangeAt(this.client, address);
  }

  listRanges(query: ListQuery): Promise<Page<RangeView> | Refusal> {
    return readPage(this.client, RANGE_SHAPE, query, toRange);
  }

  ranges(networkIds?: readonly NetworkId[]): Promise<RangeView[]> {
    return readRanges(this.client, networkIds);
  }

  insertRange(range: NewRange): Promise<void> {
    return insertRange(this.client, range);
  }

  updateRange(range: NewRange): Promise<void> {
    return updateRange(this.client, range);
  }

  deleteRange(id: NetworkRangeId): Promise<void> {
    return deleteRange(this.client, id);
  }

  findRouter(key: string, options: { readonly lock?: boolean } = {}): Promise<RouterView | null> {
    return findRouter(this.client, key, options);
  }

  listRouters(query: ListQuery): Promise<Page<RouterView> | Refusal> {
    return readPage(this.client, ROUTER_SHAPE, query, toRouter);
  }

  routers(networkIds?: readonly NetworkId[]): Promise<RouterView[]> {
    return readRouters(this.client, networkIds);
  }

  insertRouter(router: NewRouter): Promise<void> {
    return insertRouter(this.client, router);
  }

  updateRouter(id: NetworkRouterId, change: { readonly address?: string; readonly pref?: number }): Promise<void> {
    return updateRouter(this.client, id, change);
  }

  deleteRouter(id: NetworkRouterId): Promise<void> {
    return deleteRouter(this.client, id);
  }

  async findAllocation(key: string): Promise<AllocationView | null> {
    const address = plainAddress(key);
    if (!isId(key) && !address) return null;
    const { rows } = await this.client.query<AllocationRow>(
      `SELECT ${ALLOCATION_SELECT} ${ALLOCATION_FROM} WHERE ${isId(key) ? 'a.id = $1' : 'a.address = $1::inet AND NOT a.overlap'}`,
      [isId(key) ? key : address],
    );
    return rows[0] ? toAllocation(rows[0]) : null;
  }

  listAllocations(query: ListQuery): Promise<Page<AllocationView> | Refusal> {
    return readPage(this.client, ALLOCATION_SHAPE, query, toAllocation);
  }

  async allocationsOf(scope: {
    readonly nodeIds?: readonly NodeId[];
    readonly networkIds?: readonly NetworkId[];
  }): Promise<AllocationView[]> {
    // A node has a few addresses, a network ten thousand: of the two it is the nodes that are looked up.
    const { rows } = await this.client.query<AllocationRow>(
      `SELECT ${ALLOCATION_SELECT} ${ALLOCATION_FROM}
       WHERE ${scope.nodeIds ? 'a.node_id = ANY($1::uuid[])' : '$1::uuid[] IS NULL'}
         AND ${scope.networkIds ? `a.network_id${scope.nodeIds ? '::text = ANY($2::text[])' : ' = ANY($2::uuid[])'}` : '$2::text[] IS NULL'}
       ORDER BY w.category <> 'admin', w.sort_order, w.name, a.address`,
      [scope.nodeIds ?? null, scope.networkIds ?? null],
    );
    return rows.map(toAllocation);
  }

  async extentOf(id: NetworkRangeId): Promise<{ first: string; last: string } | null> {
    const { rows } = await this.client.query<{ first: string | null; last: string | null }>(
      `SELECT (SELECT host(address) FROM network_allocation WHERE range_id = $1 ORDER BY address LIMIT 1) AS first,
              (SELECT host(address) FROM network_allocation WHERE range_id = $1 ORDER BY address DESC LIMIT 1) AS last`,
      [id],
    );
    const { first, last } = rows[0] as { first: string | null; last: string | null };
    return first === null || last === null ? null : { first, last };
  }

  async addressed(nodeIds: readonly NodeId[]): Promise<AddressedNode[]> {
    const rows = await rowsOf<AddressedRow>(this.client, ADDRESSED, [nodeIds]);
    return rows.map(({ admin_addresses, ...node }) => ({ ...node, adminAddresses: admin_addresses }));
  }

  async members(network: NetworkView): Promise<NetworkMember[]> {
    const { rows } = await this.client.query<NetworkMember>(
      `SELECT n.id, n.name, n.address, nr.id IS NOT NULL AS bound, n.hints
       FROM nodes n LEFT JOIN node_roles nr ON nr.node_id = n.id AND nr.role_id = $1
       WHERE nr.id IS NOT NULL OR n.hints ?| $2::text[] ORDER BY n.name`,
      [network.roleId, [hintName(network.name, 4), hintName(network.name, 6)]],
    );
    return rows;
  }

  async reached(): Promise<readonly { node: string; address: string }[]> {
    const { rows } = await this.client.query<{ node: string; address: string }>(
      `SELECT name AS node, address FROM nodes WHERE address IS NOT NULL ORDER BY name`,
    );
    return rows;
  }

  lockRanges(ids: readonly NetworkRangeId[]): Promise<void> {
    return lockRanges(this.client, ids);
  }

  freeSpans(
    id: NetworkRangeId,
    wanted: { readonly addresses: readonly string[]; readonly count: number },
  ): Promise<AddressSpan[]> {
    return readFreeSpans(this.client, id, wanted);
  }

  applyAllocations(change: AllocationChange): Promise<void> {
    return writeAllocations(this.client, change);
  }

  async putAddresses(documents: ReadonlyMap<NodeRoleId, JsonObject>): Promise<void> {
    if (documents.size === 0) return;
    const texts = [...documents.values()].map((document) => JSON.stringify(document));
    await rowsOf(this.client, PUT_ADDRESSES, [[...documents.keys()], texts]);
  }

  async putReached(nodes: readonly { readonly id: NodeId; readonly address: string | null }[]): Promise<void> {
    if (nodes.length === 0) return;
    await this.client.query(
      `UPDATE nodes n SET address = given.address, version = version + 1, updated_at = now()
       FROM unnest($1::uuid[], $2::text[]) AS given(id, address) WHERE n.id = given.id`,
      [nodes.map(({ id }) => id), nodes.map(({ address }) => address)],
    );
  }
}
