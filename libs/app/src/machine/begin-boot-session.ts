import { GraphDraft, newSystem, setAlive, type NodeId } from '#core';
import type { BootSession, NewBootSession } from '../ports/machine-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

export interface BeginBootSession extends Omit<NewBootSession, 'nodeId'> {
  readonly nodeId: NodeId;
  /** The SSH host key of the system that booted, as in known_hosts; the pinned one is replaced by it. Null forgets it. */
  readonly hostKey: string | null;
  /** Whether its disk has another system than before: it was installed. */
  readonly installed?: boolean;
  /** Where it is reached; absent leaves the address as it is. */
  readonly reachedAt?: string;
}

/**
 * A node has booted anew, as the caller has made sure. Whatever ran on it is gone, so it is lost until liveness has reached
 * the new system, by the key that is pinned here: an answer of the old one proves nothing. False when this boot has begun
 * already. The caller holds the shape of the graph (`keepShape` or more).
 */
export const beginBootSession = async (tx: Transaction, begin: BeginBootSession): Promise<boolean> => {
  const { hostKey, reachedAt, installed = false, ...session } = begin;
  if (!(await tx.machines.insertSession(session))) return false;
  const graph = await tx.graph.slice({ nodeIds: [begin.nodeId] });

  const draft = new GraphDraft(graph);
  setAlive(draft, begin.nodeId, false, `it booted anew, ${BOOTED[begin.system]}`);

  if (installed || begin.system === 'memory') newSystem(draft, begin.nodeId);

  await tx.graph.save(graph, draft.decision());
  await tx.machines.makeCurrent(begin.id, begin.nodeId);
  await tx.nodes.update(begin.nodeId, { hostKey, ...(reachedAt === undefined ? {} : { address: reachedAt }) });
  tx.tell({
    kind: 'node.booted',
    nodeId: begin.nodeId,
    data: { boot_session: begin.id, bootenv: begin.bootenv, system: begin.system },
  });
  return true;
};

const BOOTED: Readonly<Record<BootSession['system'], string>> = {
  memory: 'into a system in memory',
  disk: 'from its own disk',
};
