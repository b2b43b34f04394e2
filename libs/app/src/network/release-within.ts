import { FreeSpans, GraphDraft, invariant, markChanged, type NodeId, type RoleId } from '#core';
import type { AllocationView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { grouped } from './grouped.js';
import { hostOf } from './usable-range.js';
import { tellAllocation } from './write-down.js';

/** Gives addresses back inside of a transaction. A node that was reached at one of them is reached nowhere from then on. */
export const releaseWithin = async (tx: Transaction, wanted: readonly AllocationView[]): Promise<void> => {
  if (wanted.length === 0) return;
  await tx.networks.lockRanges([...new Set(wanted.map(({ rangeId }) => rangeId))]);
  // Somebody may have given some of them back while we waited.
  const ids = new Set(wanted.map(({ id }) => id));
  const nodeIds = [...new Set(wanted.map(({ nodeId }) => nodeId))];
  const allocations = (await tx.networks.allocationsOf({ nodeIds })).filter(({ id }) => ids.has(id));
  if (allocations.length === 0) return;
  const byRange = grouped(allocations, ({ rangeId }) => rangeId);
  const free = [];
  for (const [rangeId, some] of byRange) {
    const addresses = some.map(({ address }) => address);
    const spans = new FreeSpans(
      (some[0] as AllocationView).family,
      await tx.networks.freeSpans(rangeId, { addresses, count: 0 }),
    );
    for (const address of addresses) invariant(spans.give(hostOf(address).value), `${address} is allocated and free`);
    free.push({ rangeId, ...spans.difference() });
  }
  await tx.networks.applyAllocations({ made: [], released: allocations, free });
  const nodes = await tx.networks.addressed(nodeIds);
  const released = new Set(allocations.map(({ nodeId, address }) => `${nodeId} ${address}`));
  await tx.networks.putReached(
    nodes.filter(({ id, address }) => released.has(`${id} ${address}`)).map(({ id }) => ({ id, address: null })),
  );
  for (const allocation of allocations) tellAllocation(tx, 'released', allocation);
};

/**
 * Gives back what nodes have on networks from whose roles they were taken. What was configured for it on a node that is
 * on other networks is taken away there: the noderole of one of these runs again, and what is ours and no longer wanted
 * goes.
 */
export const releaseUnbound = async (
  tx: Transaction,
  gone: readonly { readonly roleId: RoleId; readonly nodeId: NodeId }[],
): Promise<void> => {
  const networks = await tx.networks.ofRoles([...new Set(gone.map(({ roleId }) => roleId))]);
  if (networks.size === 0) return;
  const pairs = new Set<string>();
  const nodeIds = new Set<NodeId>();
  for (const { roleId, nodeId } of gone) {
    const network = networks.get(roleId);
    if (!network) continue;
    pairs.add(`${network.id} ${nodeId}`);
    nodeIds.add(nodeId);
  }
  const had = await tx.networks.allocationsOf({
    nodeIds: [...nodeIds],
    networkIds: [...networks.values()].map(({ id }) => id),
  });
  const lost = had.filter(({ networkId, nodeId }) => pairs.has(`${networkId} ${nodeId}`));
  await releaseWithin(tx, lost);
  await configureAnew(tx, [...new Set(lost.map(({ nodeId }) => nodeId))]);
};

const configureAnew = async (tx: Transaction, nodeIds: readonly NodeId[]): Promise<void> => {
  const nodeRoleIds = nodeIds.length === 0 ? [] : await tx.networks.stillOn(nodeIds);
  if (nodeRoleIds.length === 0) return;
  const graph = await tx.graph.slice({ nodeRoleIds });
  const draft = new GraphDraft(graph);
  for (const id of nodeRoleIds) markChanged(draft, id);
  await tx.graph.save(graph, draft.decision());
};
