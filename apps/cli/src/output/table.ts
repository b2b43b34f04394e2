import { cell, harmlessLines, type CellContext } from './cell.js';
import { displayWidth } from './display-width.js';

/** A column of a table: a field of the items, or something worked out of them. */
export interface Column {
  /** Path of the field; dots lead into objects. */
  readonly field: string;
  /** The field in capitals when absent. */
  readonly head?: string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
}

/** Blanks between two columns. */
const GAP = 3;

/** The value at a path such as `retry.max`. */
export const valueAt = (item: unknown, path: string): unknown => {
  let value = item;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
};

export const headOf = (column: Column): string => column.head ?? column.field.replace(/[._]/g, ' ').toUpperCase();

/** Plain columns: what `grep`, `awk` and `cut` expect. No line has blanks at its end. */
export const printTable = (
  items: readonly unknown[],
  columns: readonly Column[],
  options: CellContext & { readonly heads: boolean },
): string => {
  const rows = items.map((item) =>
    columns.map((column) => cell(lastStep(column.field), valueAt(item, column.field), options)),
  );
  return layOut(options.heads ? [columns.map(headOf), ...rows] : rows);
};

/** Name and value of every field of one thing, below each other. */
export const printFields = async (item: Readonly<Record<string, unknown>>, options: CellContext): Promise<string> => {
  const rows: string[][] = [];
  const nested: [string, object][] = [];
  for (const [field, value] of Object.entries(item)) {
    if (isNested(value)) nested.push([field, value]);
    else rows.push([label(field), withTime(field, value, options)]);
  }
  const table = layOut(rows);
  if (nested.length === 0) return table;
  const { stringify } = await import('yaml');
  const blocks = nested.map(
    ([field, value]) => `${label(field)}:\n${indent(harmlessLines(stringify(value, { lineWidth: 0 })))}`,
  );
  return [table, ...blocks].filter((part) => part !== '').join('\n');
};

const isNested = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  (!Array.isArray(value) || value.some((each) => typeof each === 'object'));

/** A time beside how long ago it was: here is room for both. */
const withTime = (field: string, value: unknown, options: CellContext): string => {
  const text = cell(field, value, options);
  return typeof value === 'string' && text !== value && /^\d{4}-/.test(value)
    ? `${value} (${text.startsWith('in ') ? text : `${text} ago`})`
    : text;
};

const label = (field: string): string => field.replace(/_/g, ' ');
const lastStep = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const indent = (text: string): string => text.trimEnd().replace(/^/gm, '  ');

/** Cells padded to the widest of their column; the last one is not. Rows are many, so each cell is measured once. */
const layOut = (rows: readonly (readonly string[])[]): string => {
  const widths: number[] = [];
  const measured = rows.map((row) =>
    row.map((text, index) => {
      const width = displayWidth(text);
      widths[index] = Math.max(widths[index] ?? 0, width);
      return { text, width };
    }),
  );
  return measured
    .map((row) =>
      row
        .map(({ text, width }, index) => text + ' '.repeat((widths[index] ?? 0) - width + GAP))
        .join('')
        .trimEnd(),
    )
    .join('\n');
};
