import { GraphDraft, isRefusal, setAlive } from '#core';
import type { NodeView } from '../ports/node-store.js';
import type { NodeWatch, WatchedNode } from '../ports/node-watch.js';
import type { NodeSession } from '../ports/node-session.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { PROBE_DEADLINE_MS, PROBE_FAILURES_MAX, PROBES_AT_ONCE_MAX } from './limits.js';

/**
 * Looks at every node and writes what changed (promise P5). Looking happens outside of any transaction and has a deadline
 * of its own; a node is lost after some looks in vain, and found after one that succeeds. A node that nobody has pinned
 * yet is trusted on first use: its key is pinned now, and another key later is a different machine. What was seen counts
 * for the boot in which it was looked at: the last breath of an old system is no sign of life of the new one.
 */
export class WatchNodes {
  constructor(
    private readonly watch: NodeWatch,
    private readonly session: NodeSession,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** One round. Takes no input: who is due follows from the rows. */
  async execute(): Promise<void> {
    const due = await this.watch.due();
    const next = due[Symbol.iterator]();
    const prober = async (): Promise<void> => {
      for (let step = next.next(); !step.done; step = next.next()) await this.look(step.value);
    };
    await Promise.all(Array.from({ length: Math.min(PROBES_AT_ONCE_MAX, due.length) }, prober));
  }

  private async look(node: WatchedNode): Promise<void> {
    // A node that is not known to be alive must prove what work needs; one that is, that it is still there.
    const depth = node.alive && node.failures === 0 ? 'banner' : 'login';
    const result = await this.session.probe(node.reach, PROBE_DEADLINE_MS, depth);
    const alive = result.kind === 'alive';
    const failures = alive ? 0 : node.failures + 1;
    const says = alive ? '' : result.reason;
    const hostKey = alive && !node.reach.hostKey ? result.hostKey : null;
    if (failures !== node.failures || says !== node.says || hostKey)
      await this.watch.note(node, { failures, says, hostKey });
    const seen = { ...node, reach: { ...node.reach, hostKey: node.reach.hostKey ?? hostKey } };
    if (alive && !node.alive) await this.set(seen, true, 'it answers');
    if (!alive && node.alive && failures >= PROBE_FAILURES_MAX) await this.set(seen, false, says);
  }

  private async set(node: WatchedNode, alive: boolean, why: string): Promise<void> {
    await this.unitOfWork.write(ENGINE, async (tx) => {
      const graph = await tx.graph.slice({ nodeIds: [node.reach.nodeId] });
      const now = graph.nodes.has(node.reach.nodeId) ? await tx.nodes.find(node.reach.nodeId) : null;
      if (!now || !isSameBoot(node, now)) return null;
      const draft = new GraphDraft(graph);
      const refusal = setAlive(draft, node.reach.nodeId, alive, why);
      if (isRefusal(refusal)) return refusal;
      await tx.graph.save(graph, draft.decision());
      if (alive) await tx.machines.reached(node.reach.nodeId);
      return null;
    });
  }
}

/** Whether the node is still in the boot, and pinned to the key, by which it was looked at. */
const isSameBoot = (looked: WatchedNode, now: NodeView): boolean =>
  (now.bootSession?.id ?? null) === looked.bootSessionId && now.hostKey === (looked.reach.hostKey ?? null);
