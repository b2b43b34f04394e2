import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { AllocationView, NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import { wholeNetwork, type WholeNetwork } from './create-network.js';
import { allocationNamed, networkNamed, rangeNamed, routerNamed } from './network-named.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

/** A network with its ranges and routers. */
export class ShowNetwork {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly network: string }): Promise<WholeNetwork | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const network = await networkNamed(tx, input.network);
      return isRefusal(network) ? network : wholeNetwork(tx, network);
    });
  }
}

export class ListNetworks {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<NetworkView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.networks.list(query));
  }
}

export class ShowRange {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly range: string }): Promise<RangeView | Refusal> {
    return this.parts.unitOfWork.read((tx) => rangeNamed(tx, input.range));
  }
}

export class ListRanges {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<RangeView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.networks.listRanges(query));
  }
}

export class ShowRouter {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly router: string }): Promise<RouterView | Refusal> {
    return this.parts.unitOfWork.read((tx) => routerNamed(tx, input.router));
  }
}

export class ListRouters {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<RouterView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.networks.listRouters(query));
  }
}

export class ShowAllocation {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly allocation: string }): Promise<AllocationView | Refusal> {
    return this.parts.unitOfWork.read((tx) => allocationNamed(tx, input.allocation));
  }
}

export class ListAllocations {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<AllocationView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.networks.listAllocations(query));
  }
}

/** The addresses of a node, of all networks, or of one, or of those of a category. */
export class NodeAddresses {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly node: string;
    readonly network?: string;
    readonly category?: string;
  }): Promise<readonly AllocationView[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const network = input.network === undefined ? null : await networkNamed(tx, input.network);
      if (isRefusal(network)) return network;
      const all = await tx.networks.allocationsOf({
        nodeIds: [node.id],
        ...(network ? { networkIds: [network.id] } : {}),
      });
      return all.filter(({ category }) => input.category === undefined || category === input.category);
    });
  }
}
