import type { JsonObject, Refusal } from '#core';
import type { BarclampId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export interface BarclampView {
  readonly id: BarclampId;
  readonly name: string;
  readonly display: string;
  readonly description: string;
  /** What its author calls this version of it. */
  readonly release: string;
  readonly parent: string | null;
  readonly digest: string;
  readonly roles: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface BarclampStore {
  /** By id or by name, whatever its case. */
  find(key: string): Promise<BarclampView | null>;
  list(query: ListQuery): Promise<Page<BarclampView> | Refusal>;
  /** What was imported, without the contents of files. */
  document(id: BarclampId): Promise<JsonObject>;
  /** Deletes it with its roles and attributes. The caller has made sure that nothing uses them. */
  delete(id: BarclampId): Promise<void>;
  /** What became of the barclamps that come with Anneal, by name. */
  shipped(): Promise<ReadonlyMap<string, NotedBarclamp>>;
  noteShipped(name: string, noted: NotedBarclamp): Promise<void>;
}

/** What is remembered of a barclamp that comes with Anneal. */
export interface NotedBarclamp {
  /** Digest of its files at the last start. */
  readonly source: string;
  /** Digest of the document that was imported from them; null when it never was. */
  readonly imported: string | null;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly barclamps: BarclampStore;
  }
}
