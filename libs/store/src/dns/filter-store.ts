import type { PoolClient } from 'pg';
import type { DnsFilterView, NewDnsFilter } from '#app';
import { idOf } from '#core';
import { PgEditedStore, type Edited } from './edited-store.js';

interface Row {
  id: string;
  name: string;
  priority: number;
  matcher: string;
  template: string;
  clients: string[];
  version: string;
}

const FILTERS: Edited<Row, DnsFilterView> = {
  table: 'dns_filters',
  key: 't.name',
  columns: {
    id: 'id',
    name: 'name',
    priority: 'priority',
    matcher: 'matcher',
    template: 'template',
    clients: 'clients',
  },
  shape: {
    things: 'name filters',
    select: 't.id, t.name, t.priority, t.matcher, t.template, t.clients, t.version',
    from: 'FROM dns_filters t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      priority: { sql: 't.priority', type: 'number' },
      matcher: { sql: 't.matcher', type: 'text' },
      template: { sql: 't.template', type: 'text' },
    },
    sort: [{ field: 'priority' }, { field: 'name' }],
  },
  toView: ({ id, name, priority, matcher, template, clients, version }) => ({
    id: idOf(id),
    name,
    priority,
    matcher,
    template,
    clients,
    version: Number(version),
  }),
};

export class PgDnsFilterStore extends PgEditedStore<Row, DnsFilterView, NewDnsFilter> {
  constructor(client: PoolClient) {
    super(client, FILTERS);
  }
}
