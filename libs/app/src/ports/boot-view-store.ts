import type { ConcernedBy, NodeId, ViewMachine } from '#core';

/** An event as whoever follows the boot view reads it. */
export interface ViewEvent extends ConcernedBy {
  readonly seq: number;
  /** As the database says it, to the microsecond. */
  readonly at: string;
}

/** Reads what the boot view is made of and no other store reads. */
export interface BootViewStore {
  /** Tells this installation from any other. */
  installation(): Promise<string>;
  /** The number of the last event. */
  lastEvent(): Promise<number>;
  /** Events from `seq` on, that one included, in their order. */
  eventsFrom(seq: number, limit: number): Promise<ViewEvent[]>;
  /** Those that there are among these nodes; stand-ins for deployments are no machines. */
  machines(nodes: readonly NodeId[]): Promise<ViewMachine[]>;
  /** Machines in the order of their ids, after one of them. */
  machinePage(after: NodeId | null, limit: number): Promise<ViewMachine[]>;
  machinesOfDeployment(deployment: string): Promise<ViewMachine[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly bootView: BootViewStore;
  }
}
