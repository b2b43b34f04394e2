import type { PoolClient } from 'pg';
import {
  isId,
  type LeaseView,
  type ListQuery,
  type NetbootBeat,
  type NetbootControl,
  type NetbootServerId,
  type NetbootServerView,
  type NetbootService,
  type NetbootStore,
  type Page,
  type ReservationView,
} from '#app';
import { idOf, type Lease, type Refusal } from '#core';
import { rowsOf, statement } from '../sql.js';
import { copyLeases, leasesAfter, listLeases, listReservations } from './lease-rows.js';

const BEAT = statement(
  'netboot.beat',
  `INSERT INTO netboot_server (id, host, addresses, services, generation, control_url, control_key, ticket_key)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (id) DO UPDATE SET host = excluded.host, addresses = excluded.addresses, services = excluded.services,
     generation = excluded.generation, control_url = excluded.control_url, control_key = excluded.control_key,
     ticket_key = excluded.ticket_key, seen_at = now(),
     started_at = CASE WHEN netboot_server.control_key = excluded.control_key THEN netboot_server.started_at ELSE now() END,
     stopped_at = NULL`,
);

const SERVERS = statement(
  'netboot.servers',
  `SELECT s.id, s.host, ARRAY(SELECT host(a) FROM unnest(s.addresses) AS a) AS addresses, s.services, s.generation,
     greatest(c.last - s.generation, 0) AS lag, s.started_at, s.seen_at,
     CASE WHEN s.stopped_at IS NOT NULL THEN 'stopped' WHEN s.seen_at < now() - $1 * interval '1 ms' THEN 'silent' ELSE 'live' END AS state
   FROM netboot_server s, event_counter c ORDER BY s.host, s.id`,
);

/** In one order for everybody, so that two that start at once do not wait for one another. */
const KEEP_LINKS = statement(
  'netboot.keep-links',
  `INSERT INTO dhcp_keeper AS k (link, server_id) SELECT link, $1 FROM unnest($2::text[]) AS l(link) ORDER BY link
   ON CONFLICT (link) DO UPDATE SET server_id = excluded.server_id, since = now()
   WHERE k.server_id <> excluded.server_id
     AND EXISTS (SELECT FROM netboot_server s WHERE s.id = k.server_id AND s.stopped_at IS NOT NULL)`,
);
const KEPT_BY_OTHERS = statement(
  'netboot.kept-by-others',
  `SELECT k.link, s.host FROM dhcp_keeper k JOIN netboot_server s ON s.id = k.server_id
   WHERE k.link = ANY($2::text[]) AND k.server_id <> $1 ORDER BY k.link`,
);

interface ServerRow {
  id: string;
  host: string;
  addresses: string[];
  services: NetbootService[];
  generation: string;
  lag: string;
  state: NetbootServerView['state'];
  started_at: Date;
  seen_at: Date;
}

const toServer = (row: ServerRow): NetbootServerView => ({
  id: idOf(row.id),
  host: row.host,
  addresses: row.addresses,
  services: row.services,
  generation: Number(row.generation),
  lag: Number(row.lag),
  state: row.state,
  startedAt: row.started_at,
  seenAt: row.seen_at,
});

export class PgNetbootStore implements NetbootStore {
  constructor(private readonly client: PoolClient) {}

  async beat(beat: NetbootBeat): Promise<void> {
    const { id, host, addresses, services, generation, controlUrl, controlKey, ticketKey } = beat;
    await rowsOf(this.client, BEAT, [
      id,
      host,
      addresses,
      JSON.stringify(services),
      generation,
      controlUrl,
      controlKey,
      ticketKey,
    ]);
  }

  async stopped(id: NetbootServerId): Promise<void> {
    await this.client.query(`UPDATE netboot_server SET stopped_at = now(), seen_at = now() WHERE id = $1`, [id]);
  }

  async servers(silentAfterMs: number): Promise<NetbootServerView[]> {
    return (await rowsOf<ServerRow>(this.client, SERVERS, [silentAfterMs])).map(toServer);
  }

  async keepLinks(id: NetbootServerId, links: readonly string[]): Promise<{ link: string; host: string }[]> {
    if (links.length === 0) return [];
    await rowsOf(this.client, KEEP_LINKS, [id, links]);
    return rowsOf<{ link: string; host: string }>(this.client, KEPT_BY_OTHERS, [id, links]);
  }

  async forget(id: NetbootServerId): Promise<string | null> {
    const { rows } = await this.client.query<{ host: string }>(
      `DELETE FROM netboot_server WHERE id = $1 RETURNING host`,
      [id],
    );
    return rows[0]?.host ?? null;
  }

  async ticketKey(id: NetbootServerId): Promise<string | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<{ ticket_key: string }>(
      `SELECT ticket_key FROM netboot_server WHERE id = $1 AND ticket_key <> ''`,
      [id],
    );
    return rows[0]?.ticket_key ?? null;
  }

  async controls(silentAfterMs: number): Promise<NetbootControl[]> {
    const { rows } = await this.client.query<NetbootControl>(
      `SELECT id, host, control_url AS url, control_key AS key FROM netboot_server
       WHERE stopped_at IS NULL AND seen_at >= now() - $1 * interval '1 ms' AND control_url <> '' ORDER BY host, id`,
      [silentAfterMs],
    );
    return rows;
  }

  copyLeases(server: NetbootServerId, leases: readonly Lease[], recordedAt: Date): Promise<void> {
    return copyLeases(this.client, server, leases, recordedAt);
  }

  leasesAfter(address: string | null, limit: number): Promise<Lease[]> {
    return leasesAfter(this.client, address, limit);
  }

  listLeases(query: ListQuery): Promise<Page<LeaseView> | Refusal> {
    return listLeases(this.client, query);
  }

  listReservations(query: ListQuery): Promise<Page<ReservationView> | Refusal> {
    return listReservations(this.client, query);
  }
}
