import type { Branded, DeploymentId, NodeId, NodeRoleId, NodeRoleState, Refusal } from '#core';
import type { ListQuery, Page } from './page.js';

export type OperationId = Branded<'operation'>;

/** The part of the graph that an operation is about. */
export type OperationSubject =
  { readonly deploymentId: DeploymentId } | { readonly nodeId: NodeId } | { readonly nodeRoleId: NodeRoleId };

export type OperationOutcome = 'succeeded' | 'failed';

export interface OperationView {
  readonly id: OperationId;
  /** The route that began it, for example `deployments.commit`. */
  readonly kind: string;
  readonly actor: string;
  readonly deploymentId: DeploymentId | null;
  readonly nodeId: NodeId | null;
  readonly nodeRoleId: NodeRoleId | null;
  /** Name of the subject; `role@node` of a noderole. */
  readonly subject: string;
  /** Events after this one tell of it. */
  readonly afterSeq: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: OperationOutcome | null;
  /** Noderoles of the subject by state, now. */
  readonly counts: Readonly<Record<NodeRoleState, number>>;
  /** Active ones among them that are to be run again. */
  readonly changed: number;
}

export interface OperationStore {
  insert(operation: {
    readonly id: OperationId;
    readonly kind: string;
    readonly actor: string;
    readonly subject: OperationSubject;
  }): Promise<void>;
  find(id: string): Promise<OperationView | null>;
  list(query: ListQuery): Promise<Page<OperationView> | Refusal>;
  /** Writes down how it ended, unless that stands already. */
  finish(id: OperationId, outcome: OperationOutcome): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly operations: OperationStore;
  }
}
