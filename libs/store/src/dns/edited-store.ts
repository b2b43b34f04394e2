import type { PoolClient } from 'pg';
import { isId, type EditedStore, type ListQuery, type Page } from '#app';
import type { Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';

/** How rows of one table become views, and back. */
export interface Edited<Row, View> {
  readonly table: string;
  readonly shape: ListShape;
  /** The column that names a row, beside its id. */
  readonly key: string;
  /** Column by field of a view. */
  readonly columns: Readonly<Record<string, string>>;
  readonly toView: (row: Row) => View;
}

/** The column of each field of a view. What counts, and so is a bigint that the driver gives as text, is named in `counts`. */
export type ColumnsOf<View> = { readonly [Field in keyof View]-?: string };

/** A row as its view, field by field. The id is branded by its type alone. */
export const viewBy =
  <View extends object>(columns: ColumnsOf<View>, counts: readonly (keyof View)[]) =>
  (row: object): View =>
    Object.fromEntries(
      Object.entries<string>(columns).map(([field, column]) => {
        const value = (row as Readonly<Record<string, unknown>>)[column];
        return [field, counts.includes(field as keyof View) ? Number(value) : value];
      }),
    ) as View;

/** Plain reading and writing of rows that operators edit. What is named here was written by us, values are parameters. */
export class PgEditedStore<
  Row,
  View extends { readonly id: string; readonly version: number },
  New extends { readonly id: string },
> implements EditedStore<View, New> {
  constructor(
    protected readonly client: PoolClient,
    protected readonly edited: Edited<Row, View>,
  ) {}

  async find(key: string, options: { readonly lock?: boolean } = {}): Promise<View | null> {
    const { shape, toView } = this.edited;
    const { rows } = await this.client.query<Row & object>(
      `SELECT ${shape.select} ${shape.from} WHERE ${isId(key) ? 't.id' : this.edited.key} = $1 ${options.lock ? 'FOR UPDATE OF t' : ''}`,
      [key],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<View> | Refusal> {
    return readPage(this.client, this.edited.shape, query, this.edited.toView);
  }

  async all(): Promise<View[]> {
    const { shape, key, toView } = this.edited;
    const { rows } = await this.client.query<Row & object>(`SELECT ${shape.select} ${shape.from} ORDER BY ${key}`);
    return rows.map(toView);
  }

  async insert(row: New): Promise<boolean> {
    const fields = this.fieldsOf(row);
    const { rowCount } = await this.client.query(
      `INSERT INTO ${this.edited.table} (${fields.map(([column]) => column).join(', ')})
       VALUES (${fields.map((_field, index) => `$${index + 1}`).join(', ')}) ON CONFLICT DO NOTHING`,
      fields.map(([, value]) => value),
    );
    return rowCount === 1;
  }

  async update(id: View['id'], change: Partial<Omit<New, 'id'>>): Promise<void> {
    const fields = this.fieldsOf(change);
    const sets = [...fields.map(([column], index) => `${column} = $${index + 2}`), 'version = version + 1'];
    await this.client.query(`UPDATE ${this.edited.table} SET ${sets.join(', ')} WHERE id = $1`, [
      id,
      ...fields.map(([, value]) => value),
    ]);
  }

  async delete(id: View['id']): Promise<void> {
    await this.client.query(`DELETE FROM ${this.edited.table} WHERE id = $1`, [id]);
  }

  private fieldsOf(row: object): [column: string, value: unknown][] {
    return Object.entries(row).flatMap(([field, value]) => {
      const column = this.edited.columns[field];
      return column === undefined || value === undefined ? [] : [[column, value] as [string, unknown]];
    });
  }
}
