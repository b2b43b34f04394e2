import { isRefusal, refuse, type Refusal } from '#core';
import { bindWithin } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { AllocationView } from '../ports/network-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { allocateWithin } from './allocate-within.js';
import { networkNamed } from './network-named.js';

export interface AllocateInput {
  readonly network: string;
  readonly node: string;
  /** With or without its prefix length. */
  readonly address?: string;
  readonly range?: string;
}

export interface Allocated {
  /** All that the node has on the network now. */
  readonly allocations: readonly AllocationView[];
  /** False when it had them before. */
  readonly made: boolean;
}

/**
 * Gives a node addresses of a network: the one that is asked for, one of a range, or what it gets by itself. A node that
 * is not on the network is bound to it. Asking twice gives the same.
 */
export class AllocateAddress {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes'>) {}

  execute(actor: Actor, input: AllocateInput): Promise<Allocated | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const network = await networkNamed(tx, input.network);
      if (isRefusal(network)) return network;
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      if (node.system)
        return refuse('invalid', `${node.name} stands in for a deployment and is no machine: it has no addresses.`, {
          field: 'node',
        });
      const here = { nodeIds: [node.id], networkIds: [network.id] };
      const before = await tx.networks.allocationsOf(here);
      const asked = {
        ...(input.address === undefined ? {} : { address: input.address }),
        ...(input.range === undefined ? {} : { range: input.range }),
      };
      const [bound] = await tx.nodeRoles.idsOf({ nodeId: node.id, roleId: network.roleId });
      if (bound) {
        const request = { network, nodeId: node.id, nodeRoleId: bound, asked };
        const given = await allocateWithin(tx, this.parts, [request], { announce: true });
        if (isRefusal(given)) return given;
      } else {
        const result = await bindWithin(
          tx,
          this.parts,
          [{ roleId: network.roleId, nodeId: node.id, deploymentId: node.deploymentId }],
          { asked: { roleId: network.roleId, ...asked } },
        );
        if (isRefusal(result)) return result;
      }
      const allocations = await tx.networks.allocationsOf(here);
      if (allocations.length === 0)
        return refuse(
          'conflict',
          `network ${network.name} has no range that ${node.name} gets addresses from: add a range named ${node.admin ? 'admin or ' : ''}host, or ask for an address of one that it has.`,
          { network: network.name },
        );
      return { allocations, made: allocations.length > before.length };
    });
  }
}
