import type { PoolClient } from 'pg';
import type { NewTemplate, TemplateView } from '#app';
import { idOf } from '#core';
import { PgEditedStore, type Edited } from '../dns/edited-store.js';

interface Row {
  id: string;
  name: string;
  description: string;
  source: string;
  secret: boolean;
  shipped: string | null;
  version: string;
}

const COLUMNS = ['id', 'name', 'description', 'source', 'secret', 'shipped'];

const TEMPLATES: Edited<Row, TemplateView> = {
  table: 'templates',
  key: 't.name',
  columns: Object.fromEntries(COLUMNS.map((column) => [column, column])),
  shape: {
    things: 'templates',
    select: [...COLUMNS, 'version'].map((column) => `t.${column}`).join(', '),
    from: 'FROM templates t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      description: { sql: 't.description', type: 'text' },
      secret: { sql: 't.secret', type: 'boolean' },
    },
    sort: [{ field: 'name' }],
  },
  toView: ({ id, version, ...row }) => ({ ...row, id: idOf(id), version: Number(version) }),
};

export class PgTemplateStore extends PgEditedStore<Row, TemplateView, NewTemplate> {
  constructor(client: PoolClient) {
    super(client, TEMPLATES);
  }
}
