import type { DeclaredAttrib } from '#app';
import { invariant, isRefusal, placeAttrib, type Attrib, type Generate, type Json, type JsonSchema } from '#core';

/** Columns of a declaration; needs `a` (attribs). */
export const DECLARED_COLUMNS = `a.name, a.description, a.map, a.schema, a.default_value IS NOT NULL AS has_default, a.default_value, a.kind,
  a.writable, a.secret, a.generate, a.sort_order, a.ui_renderer`;

export interface DeclaredRow {
  name: string;
  description: string;
  map: string;
  schema: JsonSchema | null;
  /** A default of null is a default. */
  has_default: boolean;
  default_value: Json;
  kind: 'input' | 'output';
  writable: boolean;
  secret: boolean;
  generate: Generate | null;
  sort_order: number;
  ui_renderer: string | null;
}

export const toDeclared = (row: DeclaredRow): DeclaredAttrib => ({
  name: row.name,
  description: row.description,
  map: row.map,
  schema: row.schema,
  ...(row.has_default ? { default: row.default_value } : {}),
  kind: row.kind,
  writable: row.writable,
  secret: row.secret,
  ...(row.generate === null ? {} : { generate: row.generate }),
  order: row.sort_order,
  uiRenderer: row.ui_renderer,
});

/** A declaration with its path read. Paths were checked when they were imported. */
export const toPlaced = (row: DeclaredRow): Attrib => {
  const attrib = placeAttrib(toDeclared(row));
  invariant(!isRefusal(attrib), `attribute ${row.name} was imported with the path ${row.map}`);
  return attrib;
};
