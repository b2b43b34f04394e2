import type { PoolClient } from 'pg';
import type { DnsZoneView, NewDnsZone } from '#app';
import { idOf } from '#core';
import { PgEditedStore, type Edited } from './edited-store.js';

interface Row {
  id: string;
  domain: string;
  ttl: number;
  forwarders: string[];
  clients: string[];
  forward_for: string[];
  records: number;
  version: string;
}

const ZONES: Edited<Row, DnsZoneView> = {
  table: 'dns_zones',
  key: 't.domain',
  columns: {
    id: 'id',
    domain: 'domain',
    ttl: 'ttl',
    forwarders: 'forwarders',
    clients: 'clients',
    forwardFor: 'forward_for',
  },
  shape: {
    things: 'DNS zones',
    select:
      't.id, t.domain, t.ttl, t.forwarders, t.clients, t.forward_for, t.version, (SELECT count(*)::int FROM dns_records r WHERE r.zone_id = t.id) AS records',
    from: 'FROM dns_zones t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      domain: { sql: 't.domain', type: 'text' },
      ttl: { sql: 't.ttl', type: 'number' },
    },
    sort: [{ field: 'domain' }],
  },
  toView: (row) => ({
    id: idOf(row.id),
    domain: row.domain,
    ttl: row.ttl,
    forwarders: row.forwarders,
    clients: row.clients,
    forwardFor: row.forward_for,
    records: row.records,
    version: Number(row.version),
  }),
};

export class PgDnsZoneStore extends PgEditedStore<Row, DnsZoneView, NewDnsZone> {
  constructor(client: PoolClient) {
    super(client, ZONES);
  }
}
