import type { DeploymentId, JsonObject, Refusal, RoleId } from '#core';
import type { DeploymentRoleId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export interface DeploymentRoleView {
  readonly id: DeploymentRoleId;
  /** `role@deployment`, which is also a key. */
  readonly name: string;
  readonly deploymentId: DeploymentId;
  readonly deployment: string;
  readonly roleId: RoleId;
  readonly role: string;
  /** Null when nothing is proposed beyond what was committed. Secrets are hidden in all of these. */
  readonly proposedData: JsonObject | null;
  readonly committedData: JsonObject;
  readonly wall: JsonObject;
  readonly notes: JsonObject;
  /** Noderoles of this role in this deployment. */
  readonly nodeRoles: number;
  readonly version: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export interface DeploymentRoleData {
  readonly proposedData: JsonObject | null;
  readonly committedData: JsonObject;
  readonly wall: JsonObject;
  readonly notes: JsonObject;
}

export interface DeploymentRoleStore {
  /** By id or as `role@deployment`. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<DeploymentRoleView | null>;
  list(query: ListQuery, scope?: { readonly deploymentId?: DeploymentId }): Promise<Page<DeploymentRoleView> | Refusal>;
  /** Adds those that are missing and gives their ids. */
  insertMissing(
    pairs: readonly { readonly deploymentId: DeploymentId; readonly roleId: RoleId }[],
  ): Promise<DeploymentRoleId[]>;
  data(id: DeploymentRoleId): Promise<DeploymentRoleData>;
  putData(id: DeploymentRoleId, change: Partial<DeploymentRoleData>): Promise<void>;
  delete(id: DeploymentRoleId): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly deploymentRoles: DeploymentRoleStore;
  }
}
