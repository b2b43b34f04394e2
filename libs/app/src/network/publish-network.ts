import { sameJson, withValueAt, type JsonObject } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import type { NetworkView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { documentPath, networkDocument } from './network-role.js';

/**
 * Puts what a network is now where the runs of its role read it, and marks those nodes to be configured again that have
 * it. Called after every change of a network, its ranges or its routers.
 */
export const publishNetwork = async (tx: Transaction, network: NetworkView): Promise<void> => {
  const ranges = await tx.networks.ranges([network.id]);
  const routers = await tx.networks.routers([network.id]);
  const before = await tx.attribs.template(network.roleId);
  const after = withValueAt(
    before,
    documentPath(network.name),
    networkDocument(network, ranges, routers),
  ) as JsonObject;
  if (sameJson(before, after)) return;
  await tx.roles.setTemplate(network.roleId, after);
  const nodeRoleIds = await tx.attribs.nodeRolesOf({ roleId: network.roleId });
  if (nodeRoleIds.length === 0) return;
  await markReaders(tx, { nodeRoles: [{ layer: 'role.template', nodeRoleIds, before, after }] });
};

/** Tells the history of a network; whoever keeps a copy of it reads it anew. */
export const tellNetwork = (
  tx: Transaction,
  what: 'created' | 'changed' | 'deleted',
  network: Pick<NetworkView, 'id' | 'name' | 'deploymentId'>,
  data: JsonObject = {},
): void =>
  tx.tell({
    kind: `network.${what}`,
    deploymentId: network.deploymentId,
    data: { network_id: network.id, network: network.name, ...data },
  });
