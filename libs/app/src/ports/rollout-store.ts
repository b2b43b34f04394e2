import type { DeploymentId, NodeId, NodeRoleId, Refusal, RolloutId } from '#core';
import type { SnapshotId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export const ROLLOUT_STATES = ['running', 'paused', 'stopped', 'done'] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

export interface RolloutView {
  readonly id: RolloutId;
  readonly deploymentId: DeploymentId;
  readonly deployment: string;
  readonly snapshot: number | null;
  /** Nodes in a wave. */
  readonly waveSize: number;
  readonly pauseMs: number;
  readonly stopFailedPercent: number | null;
  readonly state: RolloutState;
  /** The wave that was let go last. */
  readonly wave: number;
  readonly waves: number;
  /** When that wave had settled; the pause counts from here. */
  readonly waveEndedAt: Date | null;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly version: number;
}

export interface NewRollout {
  readonly id: RolloutId;
  readonly deploymentId: DeploymentId;
  readonly snapshotId: SnapshotId;
  readonly waveSize: number;
  readonly pauseMs: number;
  readonly stopFailedPercent: number | null;
  /** Noderoles by wave; the first wave is let go already. */
  readonly waves: readonly (readonly NodeRoleId[])[];
}

/** How the waves that were let go stand. */
export interface RolloutProgress {
  /** Noderoles of these waves that run, or may run as things stand. */
  readonly moving: number;
  /** Nodes that were let go, and those among them where something failed or that were lost. */
  readonly nodes: number;
  readonly failed: readonly NodeId[];
}

export interface RolloutStore {
  find(id: string): Promise<RolloutView | null>;
  list(query: ListQuery, scope?: { readonly deploymentId?: DeploymentId }): Promise<Page<RolloutView> | Refusal>;
  /** The rollout of a deployment that runs or is paused. */
  openOf(deploymentId: DeploymentId): Promise<RolloutView | null>;
  /** Rollouts that may go on, locked; those that another transaction holds are left out. */
  lockRunning(limit: number): Promise<RolloutView[]>;
  lock(id: RolloutId): Promise<RolloutView | null>;
  insert(rollout: NewRollout): Promise<void>;
  progress(id: RolloutId): Promise<RolloutProgress>;
  /** Noderoles of one wave that are still held. */
  heldIn(id: RolloutId, wave: number): Promise<NodeRoleId[]>;
  /** Noderoles that a rollout has not let go yet. */
  heldAfter(id: RolloutId, wave: number): Promise<NodeRoleId[]>;
  update(
    id: RolloutId,
    change: {
      readonly state?: RolloutState;
      readonly wave?: number;
      readonly waveEndedAt?: Date | null;
      readonly reason?: string;
    },
  ): Promise<void>;
  /** Failures no longer stop it. */
  neverStop(id: RolloutId): Promise<void>;
  /** For each held noderole the rollout that keeps it back, if one does. */
  holding(
    ids: readonly NodeRoleId[],
  ): Promise<ReadonlyMap<NodeRoleId, { readonly rollout: RolloutView; readonly wave: number }>>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly rollouts: RolloutStore;
  }
}
