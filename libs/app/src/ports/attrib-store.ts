import type {
  AttribReaders,
  AttribSources,
  DeploymentId,
  Generate,
  Json,
  JsonObject,
  JsonSchema,
  NodeId,
  NodeRoleId,
  Refusal,
  RoleId,
  StagedInput,
} from '#core';
import type { AttribId, DeploymentRoleId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

/** The declaration of an attribute. */
export interface AttribView {
  readonly id: AttribId;
  readonly name: string;
  readonly description: string;
  /** Null for an attribute of nodes. */
  readonly roleId: RoleId | null;
  readonly role: string | null;
  readonly barclamp: string | null;
  /** Path `a/b/c` in documents. */
  readonly map: string;
  readonly schema: JsonSchema | null;
  readonly hasDefault: boolean;
  /** Hidden where the attribute is secret. */
  readonly default: Json;
  readonly kind: 'input' | 'output';
  readonly writable: boolean;
  readonly secret: boolean;
  /** How a value is made where no layer has one; null when it is not made. */
  readonly generate: Generate | null;
  readonly uiRenderer: string | null;
  readonly order: number;
  readonly retired: boolean;
  readonly version: number;
}

/** A declaration with its default as it is: for working values out, not for showing. */
export interface DeclaredAttrib {
  readonly name: string;
  readonly description: string;
  readonly map: string;
  readonly schema: JsonSchema | null;
  readonly default?: Json;
  readonly kind: 'input' | 'output';
  readonly writable: boolean;
  readonly secret: boolean;
  /** How a value is made where no layer has one. */
  readonly generate?: Generate;
  readonly order: number;
  readonly uiRenderer: string | null;
}

/** Whose documents are edited. */
export interface EditedObjects {
  readonly nodeRoleIds: readonly NodeRoleId[];
  readonly nodeIds: readonly NodeId[];
}

/** Which attributes of a role an edit may touch: what people set, or what runs write. */
export type AttribKind = 'input' | 'output';

/** Answers questions about an edit from what was loaded for it. */
export interface LoadedReaders extends AttribReaders {
  /** The noderoles that may be concerned: those edited, and those that read from them or from the nodes. */
  readonly concerned: readonly NodeRoleId[];
}

/** Wanted attributes and where they come from. */
export interface WantedValue {
  readonly attrib: DeclaredAttrib;
  readonly owner: string | null;
  /** Sources by parent that it is read from; for an attribute of the node itself, the node's. */
  readonly from: readonly { readonly name: string; readonly sources: AttribSources }[];
}

/** Whose values may have to be made: noderoles that were committed, or all of a deployment. */
export type MadeOf = { readonly nodeRoleIds: readonly NodeRoleId[] } | { readonly deploymentId: DeploymentId };

/** A deployment role with attributes that say how their values are made. */
export interface MakingRole {
  readonly deploymentRoleId: DeploymentRoleId;
  readonly deploymentId: DeploymentId;
  readonly roleId: RoleId;
  readonly role: string;
  readonly attribs: readonly DeclaredAttrib[];
  /** Its noderoles among those that were asked for. */
  readonly nodeRoleIds: readonly NodeRoleId[];
}

/** Whose proposed data counts as if it were committed: that of noderoles, or that of their deployment roles as well. */
export type ProposedLayers = 'none' | 'node-roles' | 'all';

export interface AttribStore {
  find(key: string): Promise<AttribView | null>;
  list(query: ListQuery): Promise<Page<AttribView> | Refusal>;
  /** Declarations of a role, in their order; null gives those of nodes. Retired ones are left out. */
  declared(roleId: RoleId | null): Promise<DeclaredAttrib[]>;
  /** All layers of a noderole. */
  sourcesOf(id: NodeRoleId): Promise<AttribSources>;
  /** The same of many, with data that is only proposed where it is asked for. */
  sourcesOfAll(ids: readonly NodeRoleId[], proposed: ProposedLayers): Promise<ReadonlyMap<NodeRoleId, AttribSources>>;
  sourcesOfDeploymentRole(id: DeploymentRoleId): Promise<AttribSources>;
  sourcesOfNode(id: NodeId): Promise<AttribSources>;
  /** What a noderole wants of others. */
  wanted(id: NodeRoleId): Promise<WantedValue[]>;
  /** Everything needed to say whom edits of these objects concern. */
  readers(edited: EditedObjects, kind: AttribKind): Promise<LoadedReaders>;
  /**
   * The frozen inputs of runs. One statement for all of them, and a few more when a role among them declares or wants
   * attributes; what roles declare is kept in memory until the catalog changes.
   */
  stage(ids: readonly NodeRoleId[]): Promise<ReadonlyMap<NodeRoleId, StagedInput & JsonObject>>;
  /** The deployment roles of these noderoles that declare attributes with `generate`; one cheap look where there are none. */
  making(of: MadeOf): Promise<MakingRole[]>;
  /** The role-level data of a role, secrets and all. */
  template(roleId: RoleId): Promise<JsonObject>;
  /** Noderoles of a deployment role, or of a role in all deployments; with `staged` those whose last input counts: active ones and those that run. */
  nodeRolesOf(of: {
    readonly roleId: RoleId;
    readonly deploymentId?: DeploymentId;
    readonly staged?: boolean;
  }): Promise<NodeRoleId[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly attribs: AttribStore;
  }
}
