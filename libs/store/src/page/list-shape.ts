import type { SortKey } from '#app';

/** What a field of a list is, for reading what somebody wrote as its value. `whole` is a bigint column that has an index. */
export type FieldType = 'text' | 'uuid' | 'number' | 'whole' | 'boolean' | 'time' | 'texts';

export interface ListField {
  /** An expression over the list's `from`. */
  readonly sql: string;
  readonly type: FieldType;
  /** Whether it may be missing; then it can be asked for with `null`, and not be sorted by. */
  readonly nullable?: boolean;
  /** A column that is declared NOT NULL, and stands in the condition of an index, which `ne` can use then. */
  readonly always?: boolean;
}

/** How one kind of thing is listed. Everything that stands in here was written by us; what others write becomes a parameter. */
export interface ListShape {
  /** The things' name, for messages: `nodes`. */
  readonly things: string;
  readonly select: string;
  /** `FROM …` with its joins. */
  readonly from: string;
  /** Its identifier, the last key of every order. */
  readonly id: string;
  readonly fields: Readonly<Record<string, ListField>>;
  readonly sort: readonly SortKey[];
}

/** A statement that grows, with its parameters. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

export const sqlOf = (shape: ListShape, field: string): string => (shape.fields[field] as ListField).sql;
