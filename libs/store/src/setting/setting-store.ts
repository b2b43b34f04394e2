import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import type { SettingStore, SettingView } from '#app';
import type { Json } from '#core';
import { SettingRow } from './setting.row.js';

const toSetting = (row: SettingRow): SettingView => ({
  key: row.key,
  value: row.value as Json,
  version: Number(row.version),
});

export class PgSettingStore implements SettingStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async all(): Promise<SettingView[]> {
    return (await this.manager.find(SettingRow, { order: { key: 'ASC' } })).map(toSetting);
  }

  async get(key: string): Promise<SettingView | null> {
    const row = await this.manager.findOneBy(SettingRow, { key });
    return row ? toSetting(row) : null;
  }

  async put(key: string, value: Json): Promise<void> {
    await this.client.query(
      `INSERT INTO settings (key, value) VALUES ($1, $2::jsonb)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1`,
      [key, JSON.stringify(value)],
    );
  }

  async putMissing(values: Readonly<Record<string, Json>>): Promise<string[]> {
    const { rows } = await this.client.query<{ key: string }>(
      `INSERT INTO settings (key, value) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT DO NOTHING RETURNING key`,
      [Object.keys(values), Object.values(values).map((value) => JSON.stringify(value))],
    );
    return rows.map(({ key }) => key);
  }
}
