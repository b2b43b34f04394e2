import type { JsonObject, OnError, OnRerunFailure, Refusal, RoleFlag, RoleId, RoleScope } from '#core';
import type { ListQuery, Page } from './page.js';

/** Another role that a role names, and whether anybody has imported it. */
export interface NamedRole {
  readonly name: string;
  readonly resolved: boolean;
}

export interface RoleView {
  readonly id: RoleId;
  readonly name: string;
  readonly description: string;
  readonly barclamp: string | null;
  readonly jig: string;
  readonly flags: readonly RoleFlag[];
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
  readonly requires: readonly NamedRole[];
  readonly attaches: readonly NamedRole[];
  readonly precedes: readonly NamedRole[];
  readonly wants: readonly { readonly attrib: string; readonly at: string | null }[];
  readonly cohort: number;
  readonly priority: number;
  /** Role-level data, with secrets hidden. */
  readonly template: JsonObject;
  readonly onError: OnError;
  readonly onRerunFailure: OnRerunFailure;
  readonly scope: RoleScope;
  readonly retry: { readonly max: number; readonly backoffMs: number; readonly exitCodes: readonly number[] } | null;
  readonly timeoutMs: number | null;
  readonly files: readonly string[];
  readonly notes: JsonObject;
  readonly documentation: string;
  readonly retired: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RoleStore {
  /** By id or by name. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<RoleView | null>;
  list(query: ListQuery): Promise<Page<RoleView> | Refusal>;
  /** Roles with this flag that can be bound, in order of cohort, then name. */
  flagged(flag: RoleFlag): Promise<{ readonly id: RoleId; readonly name: string }[]>;
  /** A role's files with their contents. */
  files(id: RoleId): Promise<readonly { readonly path: string; readonly content: string }[]>;
  setTemplate(id: RoleId, template: JsonObject): Promise<void>;
  setNotes(id: RoleId, notes: JsonObject): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly roles: RoleStore;
  }
}
