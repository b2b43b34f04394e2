import type { Generate, Json, JsonObject, NodeId, RoleFlag, RoleId, RoleScope } from '#core';
import type { AttribId, BarclampId, HookId } from './model-ids.js';

/** What is known of everything that was imported, as far as importing and binding need it. A few hundred rows. */
export interface CatalogFacts {
  readonly barclamps: readonly { readonly id: BarclampId; readonly name: string; readonly digest: string }[];
  readonly jigs: readonly JigFacts[];
  readonly roles: readonly RoleFacts[];
  readonly attribs: readonly AttribFacts[];
}

export interface JigFacts {
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  /** The role that must be on every node where the jig works. */
  readonly clientRole: string | null;
}

/** What a role says of itself. What others say of it (`attaches`) stands with these. */
export interface RoleFacts {
  readonly id: RoleId;
  readonly name: string;
  readonly barclampId: BarclampId | null;
  readonly jig: string;
  readonly flags: readonly RoleFlag[];
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
  readonly requires: readonly string[];
  readonly attaches: readonly string[];
  readonly precedes: readonly string[];
  readonly wants: readonly { readonly attrib: string; readonly at: string | null }[];
  readonly cohort: number;
  readonly retired: boolean;
}

export interface AttribFacts {
  readonly id: AttribId;
  readonly name: string;
  /** Null for an attribute of nodes. */
  readonly roleId: RoleId | null;
  readonly barclampId: BarclampId | null;
  readonly retired: boolean;
}

/** Everything that is written of a role when it is imported. */
export interface RoleRecord extends Omit<RoleFacts, 'retired' | 'cohort'> {
  readonly description: string;
  readonly onError: 'node' | 'descendants';
  readonly onRerunFailure: 'warn' | 'block';
  readonly scope: RoleScope;
  readonly retry: { readonly max: number; readonly backoff_ms: number; readonly exit_codes: readonly number[] } | null;
  readonly timeoutMs: number | null;
  readonly priority: number;
  readonly template: JsonObject;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly notes: JsonObject;
  readonly documentation: string;
}

export interface AttribRecord {
  readonly id: AttribId;
  readonly name: string;
  readonly description: string;
  readonly roleId: RoleId | null;
  /** Null: Anneal made it itself. */
  readonly barclampId: BarclampId | null;
  readonly map: string;
  readonly schema: JsonObject | boolean | null;
  /** Undefined: there is no default. */
  readonly defaultValue: Json | undefined;
  readonly kind: 'input' | 'output';
  readonly writable: boolean;
  readonly secret: boolean;
  readonly generate: Generate | null;
  readonly uiRenderer: string | null;
  readonly sortOrder: number;
}

export interface RoleHookRecord {
  readonly id: HookId;
  readonly roleId: RoleId;
  /** The same hook keeps its name from one import to the next, and with it its place in the history. */
  readonly name: string;
  readonly selector: JsonObject;
  readonly sink: JsonObject;
  readonly deadlineMs: number;
}

export interface ImportPlan {
  readonly barclamp: {
    readonly id: BarclampId;
    readonly isNew: boolean;
    readonly name: string;
    readonly display: string;
    readonly description: string;
    readonly release: string;
    readonly parent: string | null;
    readonly digest: string;
    /** The document without the contents of its files, which stand with the roles. */
    readonly document: JsonObject;
  };
  readonly jigs: readonly JigFacts[];
  readonly newRoles: readonly RoleRecord[];
  readonly changedRoles: readonly RoleRecord[];
  readonly deletedRoles: readonly RoleId[];
  readonly retiredRoles: readonly RoleId[];
  readonly newAttribs: readonly AttribRecord[];
  readonly changedAttribs: readonly AttribRecord[];
  readonly deletedAttribs: readonly AttribId[];
  readonly retiredAttribs: readonly AttribId[];
  /** Every hook that the barclamp's roles have from now on. */
  readonly hooks: readonly RoleHookRecord[];
  /** Roles of any barclamp whose cohort is another now. */
  readonly cohorts: ReadonlyMap<RoleId, number>;
}

export interface CatalogStore {
  facts(): Promise<CatalogFacts>;
  /** One import at a time: what follows from all barclamps together is worked out by one. Held until the transaction ends. */
  lock(): Promise<void>;
  /** Which of these roles a noderole or a deployment role still uses. */
  usedRoles(ids: readonly RoleId[]): Promise<ReadonlySet<RoleId>>;
  /** The role-level data of roles, and what their barclamp's document said it was. */
  templates(
    barclampId: BarclampId,
  ): Promise<ReadonlyMap<string, { readonly stored: JsonObject; readonly imported: JsonObject }>>;
  /** Writes a plan, and fills in names that had to wait for a role of this barclamp. */
  apply(plan: ImportPlan): Promise<void>;
  /** Nodes with noderoles of these roles in error whose `frozen` is not what the roles of the node say now. */
  miscounted(ids: readonly RoleId[]): Promise<readonly NodeId[]>;
  /** Adds what Anneal makes by itself, of no barclamp, and fills in names that had to wait for it. */
  add(made: {
    readonly jig?: JigFacts;
    readonly role?: RoleRecord;
    readonly attribs: readonly AttribRecord[];
    readonly cohorts: ReadonlyMap<RoleId, number>;
  }): Promise<void>;
  /** Deletes what `add` made, and takes the role out of deployments; it is bound to no node. */
  remove(made: { readonly roleId?: RoleId; readonly attribs: readonly string[] }): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly catalog: CatalogStore;
  }
}
