import type { PoolClient } from 'pg';
import type { LeaseView, ListQuery, NetbootServerId, Page, ReservationView } from '#app';
import { idOf, type IpFamily, type Lease, type Refusal } from '#core';
import { inOrder } from '../network/range-rows.js';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

/** The last key of an order is read as a UUID, and an address is none. */
const LEASE_KEY = `md5(host(l.address))::uuid`;
const LEASE_STATE = `CASE WHEN l.state <> 'released' AND l.until <= now() THEN 'expired' ELSE l.state END`;

const LEASES: ListShape = {
  things: 'leases',
  select: `host(l.address) AS address, family(l.address) AS family, l.network_id, w.name AS network, l.holder, l.mac, l.node_id, n.name AS node,
    l.hostname, ${LEASE_STATE} AS state, l.since, l.until, s.host AS server`,
  from: `FROM dhcp_lease l LEFT JOIN network w ON w.id = l.network_id LEFT JOIN nodes n ON n.id = l.node_id
    LEFT JOIN netboot_server s ON s.id = l.server_id`,
  id: LEASE_KEY,
  fields: {
    address: { sql: 'host(l.address)', type: 'text' },
    family: { sql: 'family(l.address)', type: 'number' },
    network: { sql: 'w.name', type: 'text', nullable: true },
    holder: { sql: 'l.holder', type: 'text' },
    mac: { sql: 'l.mac', type: 'text', nullable: true },
    node: { sql: 'n.name', type: 'text', nullable: true },
    hostname: { sql: 'l.hostname', type: 'text', nullable: true },
    state: { sql: LEASE_STATE, type: 'text' },
    since: { sql: 'l.since', type: 'time' },
    until: { sql: 'l.until', type: 'time' },
    place: { sql: inOrder('l.address'), type: 'text' },
  },
  sort: [{ field: 'place' }],
};

const RESERVATIONS: ListShape = {
  things: 'reservations',
  select: `host(a.address) AS address, family(a.address) AS family, w.name AS network, g.name AS range, n.id AS node_id, n.name AS node, n.macs`,
  from: `FROM network_allocation a JOIN network w ON w.id = a.network_id JOIN network_range g ON g.id = a.range_id
    JOIN nodes n ON n.id = a.node_id`,
  id: 'a.id',
  fields: {
    address: { sql: 'host(a.address)', type: 'text' },
    family: { sql: 'family(a.address)', type: 'number' },
    network: { sql: 'w.name', type: 'text' },
    range: { sql: 'g.name', type: 'text' },
    node: { sql: 'n.name', type: 'text' },
    macs: { sql: 'n.macs', type: 'texts' },
    place: { sql: inOrder('a.address'), type: 'text' },
  },
  sort: [{ field: 'place' }],
};

interface LeaseRow {
  address: string;
  family: IpFamily;
  network_id: string;
  network: string | null;
  holder: string;
  mac: string | null;
  node_id: string | null;
  node: string | null;
  hostname: string | null;
  state: LeaseView['state'];
  since: Date;
  until: Date;
  server: string | null;
}

const toLease = (row: LeaseRow): LeaseView => ({
  address: row.address,
  family: row.family,
  networkId: idOf(row.network_id),
  network: row.network,
  holder: row.holder,
  mac: row.mac,
  nodeId: row.node_id === null ? null : idOf(row.node_id),
  node: row.node,
  hostname: row.hostname,
  state: row.state,
  since: row.since,
  until: row.until,
  server: row.server,
});

interface ReservationRow {
  address: string;
  family: IpFamily;
  network: string;
  range: string;
  node_id: string;
  node: string;
  macs: string[];
}

const toReservation = ({ node_id, ...row }: ReservationRow): ReservationView => ({ ...row, nodeId: idOf(node_id) });

export const listLeases = (client: PoolClient, query: ListQuery): Promise<Page<LeaseView> | Refusal> =>
  readPage<LeaseRow, LeaseView>(client, LEASES, query, toLease);

/** Addresses of networks on which Anneal gives addresses or boot files; those of other networks nobody asks DHCP for. */
export const listReservations = (client: PoolClient, query: ListQuery): Promise<Page<ReservationView> | Refusal> =>
  readPage<ReservationRow, ReservationView>(
    client,
    RESERVATIONS,
    query,
    toReservation,
    () => `w.dhcp <> 'off' AND NOT n.system`,
  );

/** An address can be there twice in one batch; the last one is what its server said last. */
const COPY = statement(
  'netboot.copyLeases',
  `INSERT INTO dhcp_lease (address, network_id, holder, mac, node_id, hostname, state, since, until, server_id, recorded_at)
   SELECT DISTINCT ON (c.address) c.address, c.network_id, c.holder, c.mac, c.node_id, c.hostname, c.state, c.since, c.until, $1, $2
   FROM unnest($3::inet[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[])
        WITH ORDINALITY AS c(address, network_id, holder, mac, node_id, hostname, state, since, until, ord)
   ORDER BY c.address, c.ord DESC
   ON CONFLICT (address) DO UPDATE SET network_id = excluded.network_id, holder = excluded.holder, mac = excluded.mac,
     node_id = excluded.node_id, hostname = excluded.hostname, state = excluded.state, since = excluded.since,
     until = excluded.until, server_id = excluded.server_id, recorded_at = excluded.recorded_at
   WHERE dhcp_lease.recorded_at <= excluded.recorded_at`,
);

export const copyLeases = async (
  client: PoolClient,
  server: NetbootServerId,
  leases: readonly Lease[],
  recordedAt: Date,
): Promise<void> => {
  if (leases.length === 0) return;
  const columns = <Value>(read: (lease: Lease) => Value): Value[] => leases.map(read);
  await rowsOf(client, COPY, [
    server,
    recordedAt,
    columns(({ address }) => address),
    columns(({ network }) => network),
    columns(({ holder }) => holder),
    columns(({ mac }) => mac),
    columns(({ node }) => node),
    columns(({ hostname }) => hostname),
    columns(({ state }) => state),
    columns(({ since }) => new Date(since)),
    columns(({ until }) => new Date(until)),
  ]);
};

const AFTER = statement(
  'netboot.leasesAfter',
  `SELECT host(address) AS address, family(address) AS family, network_id, holder, mac, node_id, hostname, state, since, until
   FROM dhcp_lease WHERE $1::inet IS NULL OR address > $1::inet ORDER BY dhcp_lease.address LIMIT $2`,
);

type KeptRow = Omit<LeaseRow, 'network' | 'node' | 'server' | 'state'> & { state: Lease['state'] };

export const leasesAfter = async (client: PoolClient, address: string | null, limit: number): Promise<Lease[]> =>
  (await rowsOf<KeptRow>(client, AFTER, [address, limit])).map((row) => ({
    network: idOf(row.network_id),
    family: row.family,
    address: row.address,
    holder: row.holder,
    mac: row.mac,
    node: row.node_id === null ? null : idOf(row.node_id),
    hostname: row.hostname,
    state: row.state,
    since: row.since.getTime(),
    until: row.until.getTime(),
  }));
