import type { PoolClient } from 'pg';
import type { DnsServerId, DnsServerStore, DnsServerView, KeyedDnsServer, NewDnsServer, PlacedRecord } from '#app';
import { PgEditedStore, viewBy, type Edited } from './edited-store.js';

const SELECT = `t.id, t.name, t.address, t.port, t.zones, t.key_name, t.key_algorithm, t.active, t.checked_at, t.settled_at, t.generation,
  t.failures, t.retry_at, t.last_error, t.version, (SELECT count(*)::int FROM dns_server_records r WHERE r.server_id = t.id) AS records`;

/** What operators write of one, but for the secret of its key. */
const WRITTEN = {
  id: 'id',
  name: 'name',
  address: 'address',
  port: 'port',
  zones: 'zones',
  keyName: 'key_name',
  keyAlgorithm: 'key_algorithm',
  active: 'active',
} as const;

const toView = viewBy<DnsServerView>(
  {
    ...WRITTEN,
    checkedAt: 'checked_at',
    settledAt: 'settled_at',
    generation: 'generation',
    failures: 'failures',
    retryAt: 'retry_at',
    lastError: 'last_error',
    records: 'records',
    version: 'version',
  },
  ['generation', 'version'],
);

const SERVERS: Edited<object, DnsServerView> = {
  table: 'dns_servers',
  key: 't.name',
  columns: { ...WRITTEN, keySecret: 'key_secret' },
  shape: {
    things: 'DNS servers',
    select: SELECT,
    from: 'FROM dns_servers t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      address: { sql: 't.address', type: 'text' },
      active: { sql: 't.active', type: 'boolean' },
      failures: { sql: 't.failures', type: 'number' },
    },
    sort: [{ field: 'name' }],
  },
  toView,
};

/** Servers elsewhere, and what we have put there. */
export class PgDnsServerStore extends PgEditedStore<object, DnsServerView, NewDnsServer> implements DnsServerStore {
  constructor(client: PoolClient) {
    super(client, SERVERS);
  }

  /** What was changed may be what it failed at: it has its turn at once. */
  override async update(id: DnsServerId, change: Partial<Omit<NewDnsServer, 'id'>>): Promise<void> {
    await super.update(id, change);
    await this.client.query('UPDATE dns_servers SET retry_at = NULL WHERE id = $1', [id]);
  }

  async due(): Promise<KeyedDnsServer[]> {
    const { rows } = await this.client.query<{ key_secret: string }>(
      `SELECT ${SELECT}, t.key_secret FROM dns_servers t WHERE t.active AND (t.retry_at IS NULL OR t.retry_at <= now()) ORDER BY t.name`,
    );
    return rows.map((row) => ({ ...toView(row), keySecret: row.key_secret }));
  }

  async placed(id: DnsServerId): Promise<PlacedRecord[]> {
    const { rows } = await this.client.query<PlacedRecord>(
      'SELECT zone, name, type, value FROM dns_server_records WHERE server_id = $1',
      [id],
    );
    return rows;
  }

  async place(id: DnsServerId, records: readonly PlacedRecord[]): Promise<void> {
    await this.client.query(
      `INSERT INTO dns_server_records (server_id, zone, name, type, value)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING`,
      [id, ...columnsOf(records)],
    );
  }

  async forget(id: DnsServerId, records: readonly PlacedRecord[]): Promise<void> {
    await this.client.query(
      `DELETE FROM dns_server_records r USING unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS gone (zone, name, type, value)
       WHERE r.server_id = $1 AND r.zone = gone.zone AND r.name = gone.name AND r.type = gone.type AND r.value = gone.value`,
      [id, ...columnsOf(records)],
    );
  }

  async settled(id: DnsServerId, generation: number): Promise<void> {
    await this.client.query(
      `UPDATE dns_servers SET checked_at = now(), settled_at = now(), generation = $2, failures = 0, retry_at = NULL, last_error = '' WHERE id = $1`,
      [id, generation],
    );
  }

  async failed(id: DnsServerId, error: string, retryAfterMs: number): Promise<void> {
    await this.client.query(
      `UPDATE dns_servers SET checked_at = now(), failures = failures + 1, last_error = $2, retry_at = now() + make_interval(secs => $3) WHERE id = $1`,
      [id, error, retryAfterMs / 1_000],
    );
  }
}

const columnsOf = (records: readonly PlacedRecord[]): string[][] => [
  records.map(({ zone }) => zone),
  records.map(({ name }) => name),
  records.map(({ type }) => type),
  records.map(({ value }) => value),
];
