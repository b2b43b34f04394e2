import type { NodeId, RunId } from '#core';

/** Who works on what. `fence` grows with every attempt started anywhere. */
export interface Effect {
  readonly runId: RunId;
  readonly attempt: number;
  readonly fence: number;
  readonly nodeId: NodeId;
}

/**
 * Stands for the machine when no machine is there: the test jig tells it when work begins and ends. It plays the node's
 * part of the fence, so that a test can see whether two attempts ever worked on one node at once, or a stale one at all.
 */
export abstract class EffectSink {
  /** Notes the beginning. `superseded` means that a newer attempt was seen on this node: the caller does nothing more. */
  abstract begin(effect: Effect): Promise<'begun' | 'superseded'>;
  /** Notes the end of what was begun, however it ended. */
  abstract end(effect: Effect): Promise<void>;
}
