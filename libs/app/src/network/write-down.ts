/**
 * What follows from allocations and is written in the same transaction: the noderole of the network knows its addresses,
 * a node that nobody could reach yet is reached at its address on an admin network, and the history tells.
 */
import { type JsonObject, type NodeId, type NodeRoleId } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import type { AddressedNode, AllocationView, NetworkView, NewAllocation } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { documentPath } from './network-role.js';

export const cidrOf = ({ address, prefixLength }: Pick<AllocationView, 'address' | 'prefixLength'>): string =>
  `${address}/${prefixLength}`;

/** The system layer of a network's noderole. */
const addressDocument = (network: string, allocations: readonly AllocationView[]): JsonObject =>
  documentPath(network).reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), {
    addresses: allocations.map(cidrOf),
  });

/** Writes the addresses of noderoles down. With `announce`, those that are active run again because of it. */
export const writeAddresses = async (
  tx: Transaction,
  bound: readonly { readonly network: NetworkView; readonly nodeId: NodeId; readonly nodeRoleId: NodeRoleId }[],
  now: readonly AllocationView[],
  options: { readonly announce?: boolean } = {},
): Promise<void> => {
  const mine = new Map<string, AllocationView[]>();
  for (const allocation of now) {
    const key = `${allocation.networkId} ${allocation.nodeId}`;
    mine.set(key, [...(mine.get(key) ?? []), allocation]);
  }
  const documents = new Map(
    bound.map(({ network, nodeId, nodeRoleId }) => [
      nodeRoleId,
      addressDocument(network.name, mine.get(`${network.id} ${nodeId}`) ?? []),
    ]),
  );
  const before = options.announce
    ? new Map(
        await Promise.all(
          bound.map(async ({ nodeRoleId }) => [nodeRoleId, (await tx.nodeRoles.data(nodeRoleId)).sysdata] as const),
        ),
      )
    : new Map<NodeRoleId, JsonObject>();
  await tx.networks.putAddresses(documents);
  if (!options.announce) return;
  await markReaders(tx, {
    nodeRoles: bound.map(({ nodeRoleId }) => ({
      layer: 'node_role.system',
      nodeRoleIds: [nodeRoleId],
      before: before.get(nodeRoleId) ?? {},
      after: { ...before.get(nodeRoleId), ...documents.get(nodeRoleId) },
    })),
  });
};

/** A node that has no address of its own yet is reached at the first one that it has on an admin network. */
export const tellWhereReached = async (
  tx: Transaction,
  nodes: ReadonlyMap<NodeId, AddressedNode>,
  now: readonly AllocationView[],
): Promise<void> => {
  const reached = new Map<NodeId, string>();
  for (const { nodeId, category, address, family } of now) {
    if (category !== 'admin' || nodes.get(nodeId)?.address !== null) continue;
    if (family === 4 || !reached.has(nodeId)) reached.set(nodeId, address);
  }
  await tx.networks.putReached([...reached].map(([id, address]) => ({ id, address })));
};

export const tellMade = (tx: Transaction, made: readonly NewAllocation[], now: readonly AllocationView[]): void => {
  const byId = new Map(now.map((allocation) => [allocation.id, allocation]));
  for (const { id } of made) tellAllocation(tx, 'made', byId.get(id) as AllocationView);
};

export const tellAllocation = (tx: Transaction, what: 'made' | 'released', allocation: AllocationView): void =>
  tx.tell({
    kind: `allocation.${what}`,
    nodeId: allocation.nodeId,
    data: {
      allocation_id: allocation.id,
      network_id: allocation.networkId,
      network: allocation.network,
      range: allocation.range,
      address: cidrOf(allocation),
      family: allocation.family,
      ...(what === 'made' ? { chosen: allocation.chosen } : {}),
    },
  });
