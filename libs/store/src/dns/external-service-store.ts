import type { PoolClient } from 'pg';
import type { ExternalKind, ExternalServiceView, NewExternalService } from '#app';
import { idOf } from '#core';
import { PgEditedStore, type Edited } from './edited-store.js';

interface Row {
  id: string;
  name: string;
  kind: ExternalKind;
  addresses: string[];
  networks: string[];
  version: string;
}

const SERVICES: Edited<Row, ExternalServiceView> = {
  table: 'external_services',
  key: 't.name',
  columns: { id: 'id', name: 'name', kind: 'kind', addresses: 'addresses', networks: 'networks' },
  shape: {
    things: 'external services',
    select: 't.id, t.name, t.kind, t.addresses, t.networks, t.version',
    from: 'FROM external_services t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      kind: { sql: 't.kind', type: 'text' },
      addresses: { sql: 't.addresses', type: 'texts' },
      networks: { sql: 't.networks', type: 'texts' },
    },
    sort: [{ field: 'kind' }, { field: 'name' }],
  },
  toView: ({ id, name, kind, addresses, networks, version }) => ({
    id: idOf(id),
    name,
    kind,
    addresses,
    networks,
    version: Number(version),
  }),
};

export class PgExternalServiceStore extends PgEditedStore<Row, ExternalServiceView, NewExternalService> {
  constructor(client: PoolClient) {
    super(client, SERVICES);
  }
}
