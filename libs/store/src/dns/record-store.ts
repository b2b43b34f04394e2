import type { PoolClient } from 'pg';
import {
  isId,
  type DnsRecordId,
  type DnsRecordStore,
  type DnsRecordView,
  type DnsZoneId,
  type ListQuery,
  type Page,
} from '#app';
import { idOf, type Refusal, type WrittenType } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';

interface Row {
  id: string;
  zone_id: string;
  zone: string;
  name: string;
  type: WrittenType;
  ttl: number | null;
  value: string;
  version: string;
}

const SELECT = 't.id, t.zone_id, z.domain AS zone, t.name, t.type, t.ttl, t.value, t.version';
const FROM = 'FROM dns_records t JOIN dns_zones z ON z.id = t.zone_id';

const SHAPE: ListShape = {
  things: 'records',
  select: SELECT,
  from: FROM,
  id: 't.id',
  fields: {
    id: { sql: 't.id', type: 'uuid' },
    name: { sql: 't.name', type: 'text' },
    type: { sql: 't.type', type: 'text' },
    value: { sql: 't.value', type: 'text' },
  },
  sort: [{ field: 'name' }, { field: 'type' }],
};

const toView = ({ id, zone, name, type, ttl, value, version }: Row): DnsRecordView => ({
  id: idOf(id),
  zone,
  name,
  type,
  ttl,
  value,
  version: Number(version),
});

/** Records that somebody wrote. */
export class PgDnsRecordStore implements DnsRecordStore {
  constructor(private readonly client: PoolClient) {}

  async find(zone: DnsZoneId, id: string): Promise<DnsRecordView | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<Row>(`SELECT ${SELECT} ${FROM} WHERE t.zone_id = $1 AND t.id = $2`, [
      zone,
      id,
    ]);
    return rows[0] ? toView(rows[0]) : null;
  }

  list(zone: DnsZoneId, query: ListQuery): Promise<Page<DnsRecordView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView, (parameters) => `t.zone_id = ${parameters.add(zone)}`);
  }

  async all(): Promise<(DnsRecordView & { readonly zoneId: DnsZoneId })[]> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} ${FROM} ORDER BY t.zone_id, t.name, t.type, t.value`,
    );
    return rows.map((row) => ({ ...toView(row), zoneId: idOf(row.zone_id) }));
  }

  async named(zone: DnsZoneId, name: string): Promise<DnsRecordView[]> {
    const { rows } = await this.client.query<Row>(`SELECT ${SELECT} ${FROM} WHERE t.zone_id = $1 AND t.name = $2`, [
      zone,
      name,
    ]);
    return rows.map(toView);
  }

  async count(zone: DnsZoneId): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM dns_records WHERE zone_id = $1',
      [zone],
    );
    return rows[0]?.count ?? 0;
  }

  async insert(record: Omit<DnsRecordView, 'zone' | 'version'> & { readonly zoneId: DnsZoneId }): Promise<boolean> {
    const { id, zoneId, name, type, ttl, value } = record;
    const { rowCount } = await this.client.query(
      `INSERT INTO dns_records (id, zone_id, name, type, ttl, value) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [id, zoneId, name, type, ttl, value],
    );
    return rowCount === 1;
  }

  async delete(id: DnsRecordId): Promise<void> {
    await this.client.query('DELETE FROM dns_records WHERE id = $1', [id]);
  }
}
