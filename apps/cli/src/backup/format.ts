/**
 * A backup is gzipped lines of JSON, readable without Anneal: a header, then for each table a line with its columns and a
 * line for each row, then the sequences, then an end with the numbers of rows and tables. Values stand as PostgreSQL's own text, or
 * null, so that whatever went in comes out: a JSON null is not a missing value, and no number loses digits.
 */
export const FORMAT = 1;

export interface Header {
  readonly anneal_backup: number;
  /** Of the Anneal that wrote it. */
  readonly version: string;
  /** RFC 3339. */
  readonly at: string;
  /** What the database was made by, in order. */
  readonly migrations: readonly { readonly name: string; readonly digest: string }[];
}

/** Begins the rows of a table. */
export interface TableLine {
  readonly table: string;
  readonly columns: readonly string[];
}

export type RowLine = readonly (string | null)[];

export interface SequencesLine {
  readonly sequences: readonly { readonly name: string; readonly value: string; readonly called: boolean }[];
}

/** Without it the file was cut off. */
export interface EndLine {
  readonly end: {
    readonly rows: number;
    /** Absent in backups of versions before 0.2. */
    readonly tables?: number;
  };
}

export type Line = Header | TableLine | RowLine | SequencesLine | EndLine;

/** Settings under which a value and its text are the same in every session. */
export const SESSION = `SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET search_path = public`;
