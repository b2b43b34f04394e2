import { EffectSink, type Effect } from '#app';
import type { NodeId } from '#core';

/**
 * Keeps every effect in memory and plays the nodes' part of the fence: what carries a lower number than the node has seen
 * is refused, and what an older attempt left open is closed when a newer one begins, as the runner on a node does.
 */
export class RecordedEffects extends EffectSink {
  readonly begun: Effect[] = [];
  readonly ended: Effect[] = [];
  /** Beginnings that were refused. */
  readonly stale: Effect[] = [];
  /** Pairs that worked on one node at once with the same fence: never right. */
  readonly overlaps: (readonly [Effect, Effect])[] = [];
  private readonly working = new Map<NodeId, Effect>();
  private readonly seen = new Map<NodeId, number>();

  /** What has begun and neither ended nor been superseded. */
  get open(): Effect[] {
    return [...this.working.values()];
  }

  async begin(effect: Effect): Promise<'begun' | 'superseded'> {
    const highest = this.seen.get(effect.nodeId) ?? 0;
    if (effect.fence < highest) {
      this.stale.push(effect);
      return 'superseded';
    }
    const other = this.working.get(effect.nodeId);
    if (other && other.fence === effect.fence) this.overlaps.push([other, effect]);
    this.seen.set(effect.nodeId, effect.fence);
    this.working.set(effect.nodeId, effect);
    this.begun.push(effect);
    return 'begun';
  }

  async end(effect: Effect): Promise<void> {
    this.ended.push(effect);
    if (this.working.get(effect.nodeId)?.fence === effect.fence) this.working.delete(effect.nodeId);
  }
}
