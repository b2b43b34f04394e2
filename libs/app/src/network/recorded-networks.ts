import type { NodeId } from '#core';
import { NodeNetworks, type NetworkTarget, type NodeNetworkWish } from '../ports/node-networks.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';

/** What nodes are to have of networks, as the rows say when they are asked. */
export class RecordedNetworks extends NodeNetworks {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  override wishOf(nodeId: NodeId): Promise<NodeNetworkWish> {
    return this.unitOfWork.read(async (tx) => ({
      attachments: await tx.nodeNetworks.attachments(nodeId),
      active: await tx.nodeNetworks.active(nodeId),
      inventory: (await tx.nodes.documents(nodeId)).inventory,
    }));
  }

  override targets(network: string, except: NodeId, limit: number): Promise<readonly NetworkTarget[]> {
    return this.unitOfWork.read((tx) => tx.nodeNetworks.targets(network, except, limit));
  }

  override moved(nodeId: NodeId, address: string): Promise<void> {
    return this.unitOfWork.write(ENGINE, async (tx) => {
      const node = await tx.nodes.find(nodeId, { lock: true });
      if (!node || node.address === address) return;
      await tx.nodes.update(node.id, { address });
      tx.tell({
        kind: 'node.changed',
        nodeId: node.id,
        deploymentId: node.deploymentId,
        data: { fields: ['address'] },
      });
    });
  }
}
