import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NetworkView } from '../ports/network-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { allocationNamed } from './network-named.js';
import { releaseWithin } from './release-within.js';
import { cidrOf, writeAddresses } from './write-down.js';

/** Takes an address from a node. The node stays bound to the network, and is configured without it. */
export class ReleaseAddress {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: { readonly allocation: string }): Promise<{ readonly released: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const allocation = await allocationNamed(tx, input.allocation);
      if (isRefusal(allocation)) return allocation;
      const { nodeId, networkId } = allocation;
      const network = (await tx.networks.find(networkId)) as NetworkView;
      const [nodeRoleId] = await tx.nodeRoles.idsOf({ nodeId, roleId: network.roleId });
      if (nodeRoleId) await tx.graph.slice({ nodeRoleIds: [nodeRoleId] });
      await releaseWithin(tx, [allocation]);
      const now = await tx.networks.allocationsOf({ nodeIds: [nodeId], networkIds: [networkId] });
      if (nodeRoleId) await writeAddresses(tx, [{ network, nodeId, nodeRoleId }], now, { announce: true });
      return { released: cidrOf(allocation) };
    });
  }
}
