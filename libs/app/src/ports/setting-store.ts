import type { Json } from '#core';

export interface SettingView {
  readonly key: string;
  readonly value: Json;
  readonly version: number;
}

export interface SettingStore {
  all(): Promise<SettingView[]>;
  get(key: string): Promise<SettingView | null>;
  put(key: string, value: Json): Promise<void>;
  /** Writes those that have no value yet and gives their keys. */
  putMissing(values: Readonly<Record<string, Json>>): Promise<string[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly settings: SettingStore;
  }
}
