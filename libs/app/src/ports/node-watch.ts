import type { NodeId } from '#core';
import type { Reach } from './jig.js';

/** A node as liveness sees it. */
export interface WatchedNode {
  readonly reach: Reach;
  readonly alive: boolean;
  /** Looks in vain, in a row. */
  readonly failures: number;
  /** What the last look in vain said. */
  readonly says: string;
}

/** Which nodes are looked at, and what was seen. */
export abstract class NodeWatch {
  /** Nodes that have an address and are looked after; not phantom nodes, and not those that are told alive or dead by hand. */
  abstract due(): Promise<WatchedNode[]>;
  abstract note(nodeId: NodeId, seen: { failures: number; says: string; hostKey: string | null }): Promise<void>;
}
