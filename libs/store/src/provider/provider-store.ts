import type { PoolClient } from 'pg';
import type { KeyedProvider, NewProvider, ProviderId, ProviderStore, ProviderView } from '#app';
import type { CloudOffer } from '#core';
import { PgEditedStore, viewBy, type Edited } from '../dns/edited-store.js';

const SELECT = `t.id, t.name, t.description, t.kind, t.access, t.wish, t.nodes_max, t.active, t.offer_read_at, t.version,
  (SELECT count(*)::int FROM provided_nodes p WHERE p.provider_id = t.id AND p.ended_at IS NULL) AS nodes`;

/** What operators write of one, but for its secret. */
const WRITTEN = {
  id: 'id',
  name: 'name',
  description: 'description',
  kind: 'kind',
  access: 'access',
  wish: 'wish',
  nodesMax: 'nodes_max',
  active: 'active',
} as const;

const toView = viewBy<ProviderView>({ ...WRITTEN, nodes: 'nodes', offerReadAt: 'offer_read_at', version: 'version' }, [
  'version',
]);

const PROVIDERS: Edited<object, ProviderView> = {
  table: 'providers',
  key: 't.name',
  columns: { ...WRITTEN, secret: 'secret' },
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
export class PgProviderStore extends PgEditedStore<object, ProviderView, NewProvider> implements ProviderStore {
  constructor(client: PoolClient) {
    super(client, PROVIDERS);
  }

  override async delete(id: ProviderId): Promise<void> {
    await this.client.query(`DELETE FROM provided_nodes WHERE provider_id = $1 AND ended_at IS NOT NULL`, [id]);
    await super.delete(id);
  }

  async keyed(id: ProviderId): Promise<KeyedProvider | null> {
    const { rows } = await this.client.query<{ secret: string }>(
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
