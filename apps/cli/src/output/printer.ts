import { usage } from '../exit.js';
import { harmlessLines } from './cell.js';
import { paletteFor, type Palette } from './colour.js';
import { printFields, printTable, valueAt, type Column } from './table.js';

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export interface PrinterOptions {
  readonly format: Format;
  readonly heads: boolean;
  readonly out: NodeJS.WritableStream & { isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => number;
}

/** How things of one kind are shown. */
export interface Look {
  readonly columns: readonly Column[];
  /** The field, or what makes the word, by which a thing is named on the command line. */
  readonly nameOf: (item: Readonly<Record<string, unknown>>) => string;
}

/**
 * The one place that writes to stdout. What a program reads (`json`, `yaml`, `name`) is what the server answered and stays
 * as it is from release to release; tables are for people and may change.
 */
export class Printer {
  readonly palette: Palette;
  constructor(private readonly options: PrinterOptions) {
    this.palette = paletteFor(options.out, options.env);
  }

  get format(): Format {
    return this.options.format;
  }

  /** True when a program reads us. */
  get isData(): boolean {
    return this.format === 'json' || this.format === 'yaml' || this.format === 'name';
  }

  /** Several things: a table, or an array of what the server gave. */
  async list(items: readonly Readonly<Record<string, unknown>>[], look: Look): Promise<void> {
    if (this.format === 'json' || this.format === 'yaml') return await this.document(items);
    if (this.format === 'name') return this.lines(items.map(look.nameOf));
    const columns = look.columns.filter(({ wide }) => !wide || this.format === 'wide');
    const text = printTable(items, columns, { ...this.context, heads: this.options.heads });
    if (items.length > 0 || this.options.heads) this.text(text);
  }

  /** One thing, with all its fields. */
  async one(item: Readonly<Record<string, unknown>>, look: Look): Promise<void> {
    if (this.format === 'json' || this.format === 'yaml') return await this.document(item);
    if (this.format === 'name') return this.lines([look.nameOf(item)]);
    this.text(await printFields(item, this.context));
  }

  /** One thing that was made or changed: a table of one row, or the thing itself for a program. */
  async row(item: Readonly<Record<string, unknown>>, look: Look): Promise<void> {
    if (this.isData) return await this.one(item, look);
    await this.list([item], look);
  }

  /** A row of a table that is not finished yet, or a line of JSON: for what is followed. */
  eachAsItComes(
    item: Readonly<Record<string, unknown>>,
    asText: (palette: Palette) => string,
    nameOf: () => string,
  ): void {
    if (this.format === 'json') this.text(JSON.stringify(item));
    else if (this.format === 'name') this.lines([nameOf()]);
    else this.text(asText(this.palette));
  }

  /** A document as JSON or YAML. */
  async document(value: unknown): Promise<void> {
    if (this.format === 'yaml') {
      const { stringify } = await import('yaml');
      this.text(stringify(value, { lineWidth: 0 }).trimEnd());
    } else this.text(JSON.stringify(value, null, 2));
  }

  table(items: readonly unknown[], columns: readonly Column[]): void {
    this.text(printTable(items, columns, { ...this.context, heads: this.options.heads }));
  }

  /** Text for people, with control characters of others made harmless. Ends with a line end. */
  say(text: string): void {
    this.text(text);
  }

  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.text(lines.map(harmlessLines).join('\n'));
  }

  get now(): number {
    return this.options.now();
  }

  private get context(): { palette: Palette; now: number } {
    return { palette: this.palette, now: this.options.now() };
  }

  private text(text: string): void {
    this.options.out.write(`${text}\n`);
  }
}

/** Columns for `--fields a,b`. */
export const columnsOf = (fields: string): Column[] => {
  const names = fields
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
  if (names.length === 0) throw usage('--fields names no field.', 'Write them with commas: --fields name,state.');
  return names.map((field) => ({ field }));
};

/** Names a thing by the first of these fields that it has. */
export const byFields =
  (...fields: readonly string[]) =>
  (item: Readonly<Record<string, unknown>>): string => {
    for (const field of fields) {
      const value = valueAt(item, field);
      if (value !== undefined && value !== null && value !== '') return String(value);
    }
    return '-';
  };
