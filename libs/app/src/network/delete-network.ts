import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { attribsOfNetwork, isAdminNetwork } from './network-role.js';
import { networkNamed } from './network-named.js';
import { tellNetwork } from './publish-network.js';

/** Deletes a network that no node is on, with its ranges, its routers, its role and its hints. The admin network stays. */
export class DeleteNetwork {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly network: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      await tx.catalog.lock();
      await tx.networks.lock();
      const network = await networkNamed(tx, input.network, { lock: true });
      if (isRefusal(network)) return network;
      const stale = refuseStale(`network ${network.name}`, network, input.version);
      if (stale) return stale;
      if (isAdminNetwork(network))
        return refuse(
          'wrong-state',
          `the network ${network.name} stays: all nodes boot on it and are reached over it. Change it, or its ranges, instead.`,
        );
      const bound = await tx.nodeRoles.idsOf({ roleId: network.roleId });
      if (bound.length > 0)
        return refuse(
          'still-bound',
          `cannot delete network ${network.name}: ${bound.length} ${bound.length === 1 ? 'node is' : 'nodes are'} on it. Unbind ${network.role} there first (\`anneal node-roles list --filter 'role eq ${network.role}'\` shows where).`,
          { nodeRoles: bound.length },
        );
      if (network.allocated > 0)
        return refuse(
          'still-bound',
          `cannot delete network ${network.name}: ${network.allocated} of its addresses are allocated. Release them first.`,
          { allocations: network.allocated },
        );
      await tx.networks.delete(network.id);
      await tx.catalog.remove({ roleId: network.roleId, attribs: attribsOfNetwork(network.name) });
      tellNetwork(tx, 'deleted', network);
      return { deleted: network.name };
    });
  }
}
