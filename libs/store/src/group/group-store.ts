import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { isId, type GroupId, type GroupStore, type GroupView, type ListQuery, type Page } from '#app';
import { idOf, type FailureZones, type NodeId, type Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { GroupRow } from './group.row.js';

const SELECT = `g.id, g.category, g.name, g.description, g.version, (SELECT count(*)::int FROM node_groups ng WHERE ng.group_id = g.id) AS nodes`;

const SHAPE: ListShape = {
  things: 'groups',
  select: SELECT,
  from: 'FROM groups g',
  id: 'g.id',
  fields: {
    id: { sql: 'g.id', type: 'uuid' },
    category: { sql: 'g.category', type: 'text' },
    name: { sql: 'g.name', type: 'text' },
    description: { sql: 'g.description', type: 'text' },
    nodes: { sql: '(SELECT count(*) FROM node_groups ng WHERE ng.group_id = g.id)', type: 'number' },
  },
  sort: [{ field: 'category' }, { field: 'name' }],
};

interface ViewRow {
  id: string;
  category: string;
  name: string;
  description: string;
  version: string;
  nodes: number;
}

const toView = (row: ViewRow): GroupView => ({
  id: idOf(row.id),
  category: row.category,
  name: row.name,
  description: row.description,
  nodes: row.nodes,
  version: Number(row.version),
});

export class PgGroupStore implements GroupStore {
  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<GroupView | null> {
    const [category = '', name = ''] = key.split('/');
    const byId = isId(key);
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} FROM groups g WHERE ${byId ? 'g.id = $1' : 'g.category = $1 AND g.name = $2'} ${options.lock ? 'FOR UPDATE OF g' : ''}`,
      byId ? [key] : [category, name],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<GroupView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async insertMissing(group: {
    readonly id: GroupId;
    readonly category: string;
    readonly name: string;
    readonly description: string;
  }): Promise<boolean> {
    const result = await this.manager
      .createQueryBuilder()
      .insert()
      .into(GroupRow)
      .values(group)
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  async update(id: GroupId, change: { readonly name?: string; readonly description?: string }): Promise<void> {
    await this.manager.update(GroupRow, { id }, { ...change, version: () => 'version + 1' });
  }

  async delete(id: GroupId): Promise<void> {
    await this.manager.delete(GroupRow, { id });
  }

  async members(id: GroupId): Promise<{ id: NodeId; name: string }[]> {
    const { rows } = await this.client.query<{ id: NodeId; name: string }>(
      `SELECT n.id, n.name FROM node_groups ng JOIN nodes n ON n.id = ng.node_id WHERE ng.group_id = $1 ORDER BY n.name`,
      [id],
    );
    return rows;
  }

  async join(id: GroupId, nodeIds: readonly NodeId[]): Promise<void> {
    await this.client.query(
      `INSERT INTO node_groups (group_id, node_id) SELECT $1, * FROM unnest($2::uuid[]) ON CONFLICT DO NOTHING`,
      [id, nodeIds],
    );
  }

  async leave(id: GroupId, nodeIds: readonly NodeId[]): Promise<void> {
    await this.client.query(`DELETE FROM node_groups WHERE group_id = $1 AND node_id = ANY($2::uuid[])`, [id, nodeIds]);
  }

  async zones(category?: string): Promise<ReadonlyMap<NodeId, string>> {
    if (category !== undefined) {
      const { rows } = await this.client.query<{ node_id: NodeId; zone: string }>(
        `SELECT ng.node_id, string_agg(g.name, '+' ORDER BY g.name) AS zone FROM node_groups ng JOIN groups g ON g.id = ng.group_id
         WHERE g.category = $1 GROUP BY ng.node_id`,
        [category],
      );
      return new Map(rows.map(({ node_id, zone }) => [node_id, zone]));
    }
    const { rows } = await this.client.query<{ node_id: NodeId; zone: string }>(
      `SELECT DISTINCT ON (ng.node_id) ng.node_id, g.name AS zone FROM node_groups ng JOIN groups g ON g.id = ng.group_id
       WHERE g.category IN ('zone', 'rack') ORDER BY ng.node_id, g.category DESC, g.name`,
    );
    return new Map(rows.map(({ node_id, zone }) => [node_id, zone]));
  }

  async failureZones(
    nodeIds: readonly NodeId[],
    categories: readonly string[],
  ): Promise<ReadonlyMap<string, FailureZones>> {
    const counts = await this.client.query<{ category: string; count: number }>(
      `SELECT g.category, count(*)::int AS count FROM groups g
       WHERE g.category = ANY($1::text[]) AND EXISTS (SELECT 1 FROM node_groups ng WHERE ng.group_id = g.id) GROUP BY g.category`,
      [categories],
    );
    const { rows } = await this.client.query<{ category: string; node_id: NodeId; zones: string[] }>(
      `SELECT g.category, ng.node_id, array_agg(g.name ORDER BY g.name) AS zones
       FROM node_groups ng JOIN groups g ON g.id = ng.group_id
       WHERE g.category = ANY($1::text[]) AND ng.node_id = ANY($2::uuid[]) GROUP BY g.category, ng.node_id`,
      [categories, nodeIds],
    );
    return new Map(
      counts.rows.map(({ category, count }) => [
        category,
        { count, of: new Map(rows.filter((row) => row.category === category).map((row) => [row.node_id, row.zones])) },
      ]),
    );
  }

  async keepOnly(nodeId: NodeId, ids: readonly GroupId[]): Promise<void> {
    await this.client.query(`DELETE FROM node_groups WHERE node_id = $1 AND group_id <> ALL($2::uuid[])`, [
      nodeId,
      ids,
    ]);
  }
}
