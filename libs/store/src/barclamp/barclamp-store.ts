import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import {
  isId,
  type BarclampId,
  type BarclampStore,
  type BarclampView,
  type ListQuery,
  type NotedBarclamp,
  type Page,
} from '#app';
import { idOf, type JsonObject, type Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { BarclampRow } from './barclamp.row.js';

const SELECT = `b.id, b.name, b.display, b.description, b.release, b.parent, b.digest, b.version, b.created_at, b.updated_at,
  ARRAY(SELECT r.name FROM roles r WHERE r.barclamp_id = b.id AND NOT r.retired ORDER BY r.name) AS roles`;

const SHAPE: ListShape = {
  things: 'barclamps',
  select: SELECT,
  from: 'FROM barclamps b',
  id: 'b.id',
  fields: {
    id: { sql: 'b.id', type: 'uuid' },
    name: { sql: 'b.name', type: 'text' },
    release: { sql: 'b.release', type: 'text' },
    parent: { sql: 'b.parent', type: 'text', nullable: true },
    created_at: { sql: 'b.created_at', type: 'time' },
    updated_at: { sql: 'b.updated_at', type: 'time' },
  },
  sort: [{ field: 'name' }],
};

interface ViewRow {
  id: string;
  name: string;
  display: string;
  description: string;
  release: string;
  parent: string | null;
  digest: string;
  version: string;
  created_at: Date;
  updated_at: Date;
  roles: string[];
}

const toView = (row: ViewRow): BarclampView => ({
  id: idOf(row.id),
  name: row.name,
  display: row.display,
  description: row.description,
  release: row.release,
  parent: row.parent,
  digest: row.digest,
  roles: row.roles,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export class PgBarclampStore implements BarclampStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async find(key: string): Promise<BarclampView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} FROM barclamps b WHERE ${isId(key) ? 'b.id = $1' : 'lower(b.name) = lower($1)'}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<BarclampView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async document(id: BarclampId): Promise<JsonObject> {
    return (await this.manager.findOneByOrFail(BarclampRow, { id })).document as JsonObject;
  }

  async delete(id: BarclampId): Promise<void> {
    await this.manager.delete(BarclampRow, { id });
    await this.client.query(`UPDATE catalog_generation SET value = value + 1`);
  }

  async shipped(): Promise<Map<string, NotedBarclamp>> {
    const { rows } = await this.client.query<NotedBarclamp & { name: string }>(
      `SELECT name, source, imported FROM shipped_barclamps`,
    );
    return new Map(rows.map(({ name, source, imported }) => [name, { source, imported }]));
  }

  async noteShipped(name: string, { source, imported }: NotedBarclamp): Promise<void> {
    await this.client.query(
      `INSERT INTO shipped_barclamps (name, source, imported) VALUES ($1, $2, $3)
       ON CONFLICT (name) DO UPDATE SET source = excluded.source, imported = excluded.imported`,
      [name, source, imported],
    );
  }
}
