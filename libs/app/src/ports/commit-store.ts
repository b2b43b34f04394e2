import type { DeploymentId, JsonObject, NodeRoleId, Refusal, RoleId } from '#core';
import type { DeploymentRoleId, SnapshotId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

/** Data that is proposed and differs from what was committed. */
export interface ProposedEdits {
  readonly deploymentRoles: readonly {
    readonly roleId: RoleId;
    readonly before: JsonObject;
    readonly after: JsonObject;
  }[];
  readonly nodeRoles: readonly { readonly id: NodeRoleId; readonly before: JsonObject; readonly after: JsonObject }[];
}

export interface SnapshotView {
  readonly id: SnapshotId;
  readonly deploymentId: DeploymentId;
  readonly number: number;
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** What a commit wished for: the data of deployment roles, and of each noderole, by role and node. Secrets and all. */
export interface SnapshotContent {
  readonly deployment_roles: Readonly<Record<string, JsonObject>>;
  readonly node_roles: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
}

/** What stands in a deployment now. */
export interface CurrentData {
  readonly deploymentRoles: readonly {
    readonly id: DeploymentRoleId;
    readonly role: string;
    readonly committedData: JsonObject;
    readonly proposedData: JsonObject | null;
  }[];
  readonly nodeRoles: readonly {
    readonly id: NodeRoleId;
    readonly role: string;
    readonly node: string;
    readonly committedData: JsonObject;
    readonly proposedData: JsonObject | null;
  }[];
}

/** Commits of deployments, and their numbered records. */
export interface CommitStore {
  /** All that is proposed in a deployment. */
  proposedEdits(deploymentId: DeploymentId): Promise<ProposedEdits>;
  /** All data of a deployment as it is now, by the names that snapshots use. */
  current(deploymentId: DeploymentId): Promise<CurrentData>;
  /** Proposes data for many noderoles at once; null proposes nothing beyond what was committed. */
  proposeData(data: ReadonlyMap<NodeRoleId, JsonObject | null>): Promise<void>;
  /** Makes proposed data of noderoles the committed one. */
  commitData(ids: readonly NodeRoleId[]): Promise<void>;
  /** The same for all noderoles and deployment roles of a deployment. */
  commitAllData(deploymentId: DeploymentId): Promise<void>;
  /** Adds to what was computed for noderoles, key by key at the top. */
  putSystemData(data: ReadonlyMap<NodeRoleId, JsonObject>): Promise<void>;
  /** Writes down what is committed in a deployment, under the next number. The deployment must be locked. */
  takeSnapshot(id: SnapshotId, deploymentId: DeploymentId, note: string): Promise<SnapshotView>;
  snapshots(deploymentId: DeploymentId, query: ListQuery): Promise<Page<SnapshotView> | Refusal>;
  /** By id, or by number within the deployment. */
  snapshot(
    deploymentId: DeploymentId,
    key: string,
  ): Promise<(SnapshotView & { readonly content: SnapshotContent }) | null>;
  /** Paths of secret attributes by name of role. */
  secretPaths(roles: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The middle length of past runs, in milliseconds, of the roles that were carried out before. */
  durations(roleIds: readonly RoleId[]): Promise<ReadonlyMap<RoleId, number>>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly commits: CommitStore;
  }
}
