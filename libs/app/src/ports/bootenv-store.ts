import type { BootenvId, Branded, ViewFile } from '#core';
import type { EditedStore } from './dns-store.js';

export type TemplateId = Branded<'template'>;

export interface TemplateView {
  readonly id: TemplateId;
  readonly name: string;
  readonly description: string;
  /** LiquidJS. */
  readonly source: string;
  /** What it renders to is for one machine, and is fetched once. */
  readonly secret: boolean;
  /** The source as this version brought it; null when somebody made the template. */
  readonly shipped: string | null;
  readonly version: number;
}

export interface BootenvView {
  readonly id: BootenvId;
  readonly name: string;
  readonly description: string;
  readonly local: boolean;
  readonly kernel: ViewFile | null;
  readonly initrds: readonly ViewFile[];
  readonly params: readonly string[];
  /** Name of a template by the path under which machines fetch it. */
  readonly files: Readonly<Record<string, string>>;
  readonly shipped: { readonly params: readonly string[]; readonly files: Readonly<Record<string, string>> } | null;
  readonly version: number;
}

export type NewTemplate = Omit<TemplateView, 'version'>;
export type NewBootenv = Omit<BootenvView, 'version'>;

export interface BootenvStore extends EditedStore<BootenvView, NewBootenv> {
  /** Names of some nodes that have it; at most `limit`. */
  nodesWith(name: string, limit: number): Promise<readonly string[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly bootenvs: BootenvStore;
    readonly templates: EditedStore<TemplateView, NewTemplate>;
  }
}
