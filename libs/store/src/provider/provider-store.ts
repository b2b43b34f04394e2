import type { PoolClient } from 'pg';
import type { KeyedProvider, NewProvider, ProviderId, ProviderStore, ProviderView } from '#app';
import { idOf, type CloudOffer, type JsonObject, type ProviderWish } from '#core';
import { PgEditedStore, type Edited } from '../dns/edited-store.js';

interface Row {
  id: string;
  name: string;
  description: string;
  kind: string;
  access: JsonObject;
  wish: ProviderWish;
  nodes_max: number;
  active: boolean;
  nodes: number;
  offer_read_at: Date | null;
  version: string;
}

const SELECT = `t.id, t.name, t.description, t.kind, t.access, t.wish, t.nodes_max, t.active, t.offer_read_at, t.version,
  (SELECT count(*)::int FROM provided_nodes p WHERE p.provider_id = t.id AND p.ended_at IS NULL) AS nodes`;

const toView = (row: Row): ProviderView => ({
  id: idOf(row.id),
  name: row.name,
  description: row.description,
  kind: row.kind,
  access: row.access,
  wish: row.wish,
  nodesMax: row.nodes_max,
  active: row.active,
  nodes: row.nodes,
  offerReadAt: row.offer_read_at,
  version: Number(row.version),
});

const PROVIDERS: Edited<Row, ProviderView> = {
  table: 'providers',
  key: 't.name',
  columns: {
    id: 'id',
    name: 'name',
    description: 'description',
    kind: 'kind',
    access: 'access',
    secret: 'secret',
    wish: 'wish',
    nodesMax: 'nodes_max',
    active: 'active',
  },
  shape: {
    things: 'providers',
    select: SELECT,
    from: 'FROM providers t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      kind: { sql: 't.kind', type: 'text' },
      active: { sql: 't.active', type: 'boolean' },
    },
    sort: [{ field: 'name' }],
  },
  toView,
};

/** Sites, with what they offered. What was given back there goes with a site. */
export class PgProviderStore extends PgEditedStore<Row, ProviderView, NewProvider> implements ProviderStore {
  constructor(client: PoolClient) {
    super(client, PROVIDERS);
  }

  override async delete(id: ProviderId): Promise<void> {
    await this.client.query(`DELETE FROM provided_nodes WHERE provider_id = $1 AND ended_at IS NOT NULL`, [id]);
    await super.delete(id);
  }

  async keyed(id: ProviderId): Promise<KeyedProvider | null> {
    const { rows } = await this.client.query<Row & { secret: string }>(
      `SELECT ${SELECT}, t.secret FROM providers t WHERE t.id = $1`,
      [id],
    );
    return rows[0] ? { ...toView(rows[0]), secret: rows[0].secret } : null;
  }

  async offer(id: ProviderId): Promise<CloudOffer | null> {
    const { rows } = await this.client.query<{ offer: CloudOffer | null }>(
      `SELECT offer FROM providers WHERE id = $1`,
      [id],
    );
    return rows[0]?.offer ?? null;
  }

  async putOffer(id: ProviderId, offer: CloudOffer): Promise<void> {
    await this.client.query(`UPDATE providers SET offer = $2, offer_read_at = now() WHERE id = $1`, [
      id,
      JSON.stringify(offer),
    ]);
  }
}
