import type { DeploymentId, DeploymentState, NodeRoleState, Refusal } from '#core';
import type { ListQuery, Page } from './page.js';

/** Beside what is stored: everything committed is active, or something is in error. */
export type DerivedDeploymentState = DeploymentState | 'active' | 'error';

export interface DeploymentView {
  readonly id: DeploymentId;
  readonly name: string;
  readonly description: string;
  readonly parentId: DeploymentId | null;
  readonly parent: string | null;
  readonly system: boolean;
  readonly state: DerivedDeploymentState;
  /** What was asked for, whatever has become of it. */
  readonly wish: DeploymentState;
  readonly priority: number;
  readonly nodes: number;
  readonly nodeRoles: Readonly<Record<NodeRoleState, number>>;
  /** The number of the last commit's snapshot; 0 before the first. */
  readonly snapshot: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewDeployment {
  readonly id: DeploymentId;
  readonly name: string;
  readonly description: string;
  readonly parentId: DeploymentId | null;
  readonly system: boolean;
  readonly state: DeploymentState;
  readonly priority: number;
}

export interface DeploymentStore {
  /** By id or by name. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<DeploymentView | null>;
  list(query: ListQuery): Promise<Page<DeploymentView> | Refusal>;
  system(): Promise<DeploymentId | null>;
  /** False when one of this name, or another system deployment, is there already. */
  insertMissing(deployment: NewDeployment): Promise<boolean>;
  update(
    id: DeploymentId,
    change: {
      readonly name?: string;
      readonly description?: string;
      readonly priority?: number;
      readonly parentId?: DeploymentId;
    },
  ): Promise<void>;
  /** Deletes a deployment that has no noderoles, nodes or children any more. */
  delete(id: DeploymentId): Promise<void>;
  children(id: DeploymentId): Promise<string[]>;
  /** From the deployment up to the system deployment. */
  ancestry(id: DeploymentId): Promise<{ readonly id: DeploymentId; readonly name: string }[]>;
  /** How many levels of deployments stand below it; 0 without children. */
  depthBelow(id: DeploymentId): Promise<number>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly deployments: DeploymentStore;
  }
}
