import type { PoolClient } from 'pg';
import type { ImageStore, ImageView, NewImage } from '#app';
import { idOf } from '#core';
import { PgEditedStore, type Edited } from '../dns/edited-store.js';

interface Row {
  id: string;
  name: string;
  description: string;
  kind: ImageView['kind'];
  os: ImageView['os'];
  sha256: string | null;
  bytes: string;
  raw_bytes: string;
  compression: ImageView['compression'];
  layouts: ImageView['layouts'];
  firmware: ImageView['firmware'];
  bootenv: string;
  errors: string[];
  version: string;
}

const COLUMNS = {
  ...Object.fromEntries(
    ['id', 'name', 'description', 'kind', 'os', 'sha256', 'bytes', 'compression', 'layouts', 'firmware', 'bootenv'].map(
      (column) => [column, column],
    ),
  ),
  errors: 'errors',
  rawBytes: 'raw_bytes',
};

const IMAGES: Edited<Row, ImageView> = {
  table: 'images',
  key: 't.name',
  columns: COLUMNS,
  shape: {
    things: 'images',
    select: [...Object.values(COLUMNS), 'version'].map((column) => `t.${column}`).join(', '),
    from: 'FROM images t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      description: { sql: 't.description', type: 'text' },
      kind: { sql: 't.kind', type: 'text' },
      bootenv: { sql: 't.bootenv', type: 'text' },
    },
    sort: [{ field: 'name' }],
  },
  toView: ({ id, bytes, raw_bytes, version, ...row }) => ({
    ...row,
    id: idOf(id),
    bytes: Number(bytes),
    rawBytes: Number(raw_bytes),
    version: Number(version),
  }),
};

export class PgImageStore extends PgEditedStore<Row, ImageView, NewImage> implements ImageStore {
  constructor(client: PoolClient) {
    super(client, IMAGES);
  }
}
