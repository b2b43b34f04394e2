import type { PoolClient } from 'pg';
import type { BootenvStore, BootenvView, NewBootenv } from '#app';
import { idOf, type ViewFile } from '#core';
import { PgEditedStore, type Edited } from '../dns/edited-store.js';

interface Row {
  id: string;
  name: string;
  description: string;
  local: boolean;
  kernel: ViewFile | null;
  initrds: ViewFile[];
  params: string[];
  files: Record<string, string>;
  shipped: BootenvView['shipped'];
  version: string;
}

const COLUMNS = ['id', 'name', 'description', 'local', 'kernel', 'initrds', 'params', 'files', 'shipped'];

const BOOTENVS: Edited<Row, BootenvView> = {
  table: 'bootenvs',
  key: 't.name',
  columns: Object.fromEntries(COLUMNS.map((column) => [column, column])),
  shape: {
    things: 'boot environments',
    select: [...COLUMNS, 'version'].map((column) => `t.${column}`).join(', '),
    from: 'FROM bootenvs t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      description: { sql: 't.description', type: 'text' },
      local: { sql: 't.local', type: 'boolean' },
    },
    sort: [{ field: 'name' }],
  },
  toView: ({ id, version, ...row }) => ({ ...row, id: idOf(id), version: Number(version) }),
};

/** Columns of JSON; pg would write a list as an array of PostgreSQL. */
const asJson = <Fields extends object>(row: Fields): Fields =>
  Object.fromEntries(
    Object.entries(row).map(([field, value]) => [
      field,
      ['kernel', 'initrds', 'files', 'shipped'].includes(field) && value !== null && value !== undefined
        ? JSON.stringify(value)
        : value,
    ]),
  ) as Fields;

export class PgBootenvStore extends PgEditedStore<Row, BootenvView, NewBootenv> implements BootenvStore {
  constructor(client: PoolClient) {
    super(client, BOOTENVS);
  }

  override insert(row: NewBootenv): Promise<boolean> {
    return super.insert(asJson(row));
  }

  override update(id: BootenvView['id'], change: Partial<Omit<NewBootenv, 'id'>>): Promise<void> {
    return super.update(id, asJson(change));
  }

  async nodesWith(name: string, limit: number): Promise<readonly string[]> {
    const { rows } = await this.client.query<{ name: string }>(
      'SELECT name FROM nodes WHERE bootenv = $1 AND NOT system ORDER BY name LIMIT $2',
      [name, limit],
    );
    return rows.map((row) => row.name);
  }
}
