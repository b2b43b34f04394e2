import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import type { JigStore, JigView } from '#app';
import { JigRow } from './jig.row.js';

const toJig = (row: JigRow): JigView => ({
  name: row.name,
  description: row.description,
  active: row.active,
  clientRole: row.clientRole,
  version: Number(row.version),
});

export class PgJigStore implements JigStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async all(): Promise<JigView[]> {
    return (await this.manager.find(JigRow, { order: { name: 'ASC' } })).map(toJig);
  }

  async find(name: string): Promise<JigView | null> {
    const row = await this.manager.findOneBy(JigRow, { name });
    return row ? toJig(row) : null;
  }

  async putMissing(jigs: readonly { readonly name: string; readonly description: string }[]): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string }>(
      `INSERT INTO jigs AS j (name, description) SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (name) DO UPDATE SET active = true, known = true, version = j.version + 1 WHERE NOT j.known RETURNING name`,
      [jigs.map(({ name }) => name), jigs.map(({ description }) => description)],
    );
    return rows.map(({ name }) => name);
  }

  async update(name: string, change: { readonly active?: boolean; readonly description?: string }): Promise<void> {
    const known = change.active === undefined ? {} : { known: true };
    await this.manager.update(JigRow, { name }, { ...change, ...known, version: () => 'version + 1' });
  }
}
