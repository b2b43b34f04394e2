import type { BindRequest, BindView, BindingPlan, NodeRoleId, Repointing, RoleCatalog } from '#core';

/** What binding reads and writes. */
export interface BindingStore {
  /**
   * Must come before anything else in a transaction that removes edges or points them elsewhere; `view` does it itself.
   * Until the transaction ends nobody follows edges to write.
   */
  changeShape(): Promise<void>;
  /** Must come before anything is locked in a transaction that takes a slice later. */
  keepShape(): Promise<void>;
  /**
   * What bindings of these requests look at, locked: the nodes first, then the noderoles that may become parents or
   * children, in the order in which everybody locks them.
   */
  view(catalog: RoleCatalog, requests: readonly BindRequest[]): Promise<BindView>;
  /** Writes plans that were made one after the other over one view, all at once, and appends their events. */
  apply(plans: readonly BindingPlan[]): Promise<void>;
  /** Replaces an edge by others; the links of the old parent become links of each new one. */
  repoint(repointing: Repointing): Promise<void>;
  /** Deletes noderoles with their edges, links, data and runs. */
  remove(ids: readonly NodeRoleId[]): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly bindings: BindingStore;
  }
}
