import type { Reach } from './jig.js';
import type { BootSessionId } from './model-ids.js';

/** A node as liveness sees it. */
export interface WatchedNode {
  readonly reach: Reach;
  readonly alive: boolean;
  /** Looks in vain, in a row. */
  readonly failures: number;
  /** The boot that it is in; null before it has proved one. */
  readonly bootSessionId: BootSessionId | null;
  /** What the last look in vain said. */
  readonly says: string;
}

/** Which nodes are looked at, and what was seen. */
export abstract class NodeWatch {
  /** Nodes that have an address and are looked after; not phantom nodes, and not those that are told alive or dead by hand. */
  abstract due(): Promise<WatchedNode[]>;
  /** What was seen of a node counts for the boot in which it was looked at; of another one it says nothing. */
  abstract note(node: WatchedNode, seen: { failures: number; says: string; hostKey: string | null }): Promise<void>;
}
