import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import { Heap } from './heap.js';

/** A noderole that asks for a run, with what decides when it gets one. */
export interface ReadyItem {
  readonly id: NodeRoleId;
  readonly nodeId: NodeId;
  readonly deploymentId: DeploymentId;
  readonly cohort: number;
  /** The role's priority: higher goes first on its node and in its deployment. */
  readonly priority: number;
  /** Milliseconds since the epoch before which it may not run; null when it may. */
  readonly notBefore: number | null;
  /** It is active and its inputs changed. */
  readonly rerun: boolean;
  /** It is destructive and was done: it becomes active without a run. */
  readonly done: boolean;
  /** False: its run is not one of those that the cap is over. */
  readonly counts?: boolean;
}

interface NodeSeat {
  /** Alive, available and not frozen. */
  open: boolean;
  /** Id of the noderole whose run holds the node. */
  heldBy: NodeRoleId | null;
  readonly items: Map<NodeRoleId, ReadyItem>;
  /** Grows with every change, so that old entries in a queue are known to be old. */
  version: number;
}

interface Place {
  readonly item: ReadyItem;
  readonly version: number;
}

interface DeploymentQueue {
  readonly id: DeploymentId;
  committed: boolean;
  priority: number;
  running: number;
  readonly places: Heap<Place>;
}

const goesBefore = (a: ReadyItem, b: ReadyItem): boolean =>
  a.priority !== b.priority ? a.priority > b.priority : a.cohort !== b.cohort ? a.cohort < b.cohort : a.id < b.id;

/**
 * Who may run next, kept up to date as the graph changes, so that a pass costs what it hands out and not what waits.
 * It is a copy: the rows are the truth, and a claim that the rows refuse is simply put back. One per leader.
 *
 * Order: deployments of higher priority first; among equals the one with the fewest runs in flight, so that a large
 * deployment does not starve a small one; within a deployment by role priority, then cohort, then id. A node gives its
 * best item only, and none while a run holds it.
 */
export class ReadySet {
  private readonly seats = new Map<NodeId, NodeSeat>();
  private readonly queues = new Map<DeploymentId, DeploymentQueue>();
  private readonly holders = new Map<NodeRoleId, { nodeId: NodeId; deploymentId: DeploymentId; counts: boolean }>();
  private counted = 0;
  private readonly waiting = new Heap<{ at: number; item: ReadyItem }>((a, b) => a.at < b.at);
  private readonly itemNodes = new Map<NodeRoleId, NodeId>();

  /** Runs in flight, but for those that are admitted apart. */
  get running(): number {
    return this.counted;
  }

  /** Items that wait, for whatever reason. */
  get size(): number {
    return this.itemNodes.size;
  }

  setNode(id: NodeId, open: boolean): void {
    const seat = this.seat(id);
    if (seat.open === open) return;
    seat.open = open;
    this.offer(id);
  }

  setDeployment(id: DeploymentId, committed: boolean, priority: number): void {
    const queue = this.queue(id);
    if (queue.committed === committed && queue.priority === priority) return;
    queue.committed = committed;
    queue.priority = priority;
    for (const [nodeId, seat] of this.seats) {
      for (const item of seat.items.values()) {
        if (item.deploymentId !== id) continue;
        this.offer(nodeId);
        break;
      }
    }
  }

  put(item: ReadyItem): void {
    this.seat(item.nodeId).items.set(item.id, item);
    this.itemNodes.set(item.id, item.nodeId);
    if (item.notBefore !== null) this.waiting.push({ at: item.notBefore, item });
    this.offer(item.nodeId);
  }

  remove(id: NodeRoleId): void {
    const nodeId = this.itemNodes.get(id);
    if (!nodeId) return;
    this.itemNodes.delete(id);
    this.seat(nodeId).items.delete(id);
    this.offer(nodeId);
  }

  /** A run of this noderole holds its node from now on. One that does not count is admitted by somebody else. */
  hold(id: NodeRoleId, nodeId: NodeId, deploymentId: DeploymentId, counts = true): void {
    if (this.holders.has(id)) return;
    this.holders.set(id, { nodeId, deploymentId, counts });
    this.seat(nodeId).heldBy = id;
    if (!counts) return;
    this.counted += 1;
    this.queue(deploymentId).running += 1;
  }

  /** Its run ended, or never was. */
  release(id: NodeRoleId): void {
    const holder = this.holders.get(id);
    if (!holder) return;
    this.holders.delete(id);
    if (holder.counts) {
      this.counted -= 1;
      this.queue(holder.deploymentId).running -= 1;
    }
    const seat = this.seat(holder.nodeId);
    if (seat.heldBy === id) seat.heldBy = null;
    this.offer(holder.nodeId);
  }

  /** Takes up to `slots` items out, each of which now holds its node. `now` is in milliseconds since the epoch. */
  take(slots: number, now: number): ReadyItem[] {
    this.wake(now);
    const taken: ReadyItem[] = [];
    while (taken.length < slots) {
      const item = this.best(now);
      if (!item) break;
      taken.push(item);
      this.itemNodes.delete(item.id);
      const seat = this.seat(item.nodeId);
      seat.items.delete(item.id);
      seat.version += 1;
      this.hold(item.id, item.nodeId, item.deploymentId, item.counts !== false);
    }
    return taken;
  }

  /** When the next item that waits for its time may run; null when none does. */
  nextWake(): number | null {
    return this.waiting.peek()?.at ?? null;
  }

  private best(now: number): ReadyItem | undefined {
    const queues = [...this.queues.values()]
      .filter((queue) => queue.committed && queue.places.size > 0)
      .sort((a, b) => b.priority - a.priority || a.running - b.running || (a.id < b.id ? -1 : 1));
    for (const queue of queues) {
      for (let place = queue.places.pop(); place; place = queue.places.pop()) {
        const seat = this.seat(place.item.nodeId);
        const current = place.version === seat.version && seat.open && seat.heldBy === null;
        if (current && (place.item.notBefore ?? 0) <= now) return place.item;
      }
    }
    return undefined;
  }

  private wake(now: number): void {
    for (let next = this.waiting.peek(); next && next.at <= now; next = this.waiting.peek()) {
      this.waiting.pop();
      const { item } = next;
      const seat = this.seat(item.nodeId);
      if (seat.items.get(item.id) !== item) continue;
      seat.items.set(item.id, { ...item, notBefore: null });
      this.offer(item.nodeId);
    }
  }

  /** Puts the best item of a node in its deployment's queue. */
  private offer(nodeId: NodeId): void {
    const seat = this.seat(nodeId);
    seat.version += 1;
    if (!seat.open || seat.heldBy !== null) return;
    let best: ReadyItem | undefined;
    let bestPriority = 0;
    for (const item of seat.items.values()) {
      const queue = this.queue(item.deploymentId);
      if (!queue.committed || item.notBefore !== null) continue;
      const first =
        !best || queue.priority > bestPriority || (queue.priority === bestPriority && goesBefore(item, best));
      if (first) [best, bestPriority] = [item, queue.priority];
    }
    if (best) this.queue(best.deploymentId).places.push({ item: best, version: seat.version });
  }

  private seat(id: NodeId): NodeSeat {
    let seat = this.seats.get(id);
    if (!seat) this.seats.set(id, (seat = { open: false, heldBy: null, items: new Map(), version: 0 }));
    return seat;
  }

  private queue(id: DeploymentId): DeploymentQueue {
    let queue = this.queues.get(id);
    if (!queue) {
      const places = new Heap<Place>((a, b) => goesBefore(a.item, b.item));
      this.queues.set(id, (queue = { id, committed: false, priority: 0, running: 0, places }));
    }
    return queue;
  }
}
