import type { DeploymentId, JsonObject, NodeId, NodeRoleId, Refusal, RunId } from '#core';
import type { ListQuery, Page } from './page.js';

/** A fact as the history keeps it. */
export interface EventView {
  /** Without gaps, in the order in which facts became true. */
  readonly seq: number;
  readonly at: Date;
  /** `subject.what`, for example `node_role.active`. */
  readonly kind: string;
  readonly nodeRoleId: NodeRoleId | null;
  readonly nodeId: NodeId | null;
  readonly deploymentId: DeploymentId | null;
  readonly runId: RunId | null;
  readonly actor: string;
  readonly data: JsonObject | null;
}

/** The stretch of the history that is still there; `first` is `last` + 1 when it holds nothing. */
export interface HistoryBounds {
  readonly first: number;
  readonly last: number;
}

/** Reads the event history. */
export abstract class History {
  abstract page(query: ListQuery): Promise<Page<EventView> | Refusal>;
  /** Events after `seq`, in their order, `limit` at the most. */
  abstract after(seq: number, limit: number): Promise<EventView[]>;
  abstract bounds(): Promise<HistoryBounds>;
  /**
   * What tells of states around a moment: of each noderole that the node has or had, and of the node's life and
   * availability, the last event up to the moment and the first after it. It reads all of the history.
   */
  abstract around(nodeId: NodeId, moment: Date): Promise<EventView[]>;
}
