import type { FailureZones, NodeId, Refusal } from '#core';
import type { GroupId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export interface GroupView {
  readonly id: GroupId;
  readonly category: string;
  readonly name: string;
  readonly description: string;
  readonly nodes: number;
  readonly version: number;
}

export interface GroupStore {
  /** By id, or as `category/name`. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<GroupView | null>;
  list(query: ListQuery): Promise<Page<GroupView> | Refusal>;
  /** False when there is one of this category and name already. */
  insertMissing(group: {
    readonly id: GroupId;
    readonly category: string;
    readonly name: string;
    readonly description: string;
  }): Promise<boolean>;
  update(id: GroupId, change: { readonly name?: string; readonly description?: string }): Promise<void>;
  delete(id: GroupId): Promise<void>;
  members(id: GroupId): Promise<{ readonly id: NodeId; readonly name: string }[]>;
  join(id: GroupId, nodeIds: readonly NodeId[]): Promise<void>;
  leave(id: GroupId, nodeIds: readonly NodeId[]): Promise<void>;
  /**
   * The failure zone of each node that is in one: its group of the category, or of `zone`, else `rack`, where none is named.
   * A node in several groups of the category, as with two power feeds, is in a zone that is all of them.
   */
  zones(category?: string): Promise<ReadonlyMap<NodeId, string>>;
  /** The zones of these nodes in each of these categories of which there is one; for whether a cluster stands apart. */
  failureZones(nodeIds: readonly NodeId[], categories: readonly string[]): Promise<ReadonlyMap<string, FailureZones>>;
  /** Takes a node out of all groups but these. */
  keepOnly(nodeId: NodeId, ids: readonly GroupId[]): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly groups: GroupStore;
  }
}
