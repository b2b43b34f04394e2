import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NetworkRouterId } from '../ports/model-ids.js';
import type { NetworkView, RouterView } from '../ports/network-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { networkNamed, routerNamed } from './network-named.js';
import { prepareRouter, type RouterInput } from './prepare-router.js';
import { publishNetwork, tellNetwork } from './publish-network.js';

/** Adds a router to a network: one for each of its subnets. */
export class CreateRouter {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: RouterInput & { readonly network: string }): Promise<RouterView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const network = await networkNamed(tx, input.network, { lock: true });
      if (isRefusal(network)) return network;
      const router = prepareRouter(this.parts.ids.next<NetworkRouterId>(), network, input, await around(tx, network));
      if (isRefusal(router)) return router;
      await tx.networks.insertRouter(router);
      return announced(tx, network, router);
    });
  }
}

/** Changes the address or the preference of a router. */
export class UpdateRouter {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: Partial<RouterInput> & { readonly router: string; readonly version?: number },
  ): Promise<RouterView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const before = await routerNamed(tx, input.router, { lock: true });
      if (isRefusal(before)) return before;
      const stale = refuseStale(`router ${before.address}`, before, input.version);
      if (stale) return stale;
      const network = (await tx.networks.find(before.networkId, { lock: true })) as NetworkView;
      const wanted = { address: input.address ?? before.address, pref: input.pref ?? before.pref };
      const router = prepareRouter(before.id, network, wanted, await around(tx, network));
      if (isRefusal(router)) return router;
      await tx.networks.updateRouter(router.id, router);
      return announced(tx, network, router);
    });
  }
}

export class DeleteRouter {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly router: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const router = await routerNamed(tx, input.router, { lock: true });
      if (isRefusal(router)) return router;
      const stale = refuseStale(`router ${router.address}`, router, input.version);
      if (stale) return stale;
      await tx.networks.deleteRouter(router.id);
      const network = (await tx.networks.find(router.networkId)) as NetworkView;
      await publishNetwork(tx, network);
      tellNetwork(tx, 'changed', network, { router_deleted: router.address });
      return { deleted: `${router.network}/${router.address}` };
    });
  }
}

const around = async (tx: Transaction, { id }: NetworkView) => ({
  ranges: await tx.networks.ranges([id]),
  routers: await tx.networks.routers([id]),
});

const announced = async (
  tx: Transaction,
  { id }: NetworkView,
  router: { readonly id: NetworkRouterId; readonly address: string },
): Promise<RouterView> => {
  const network = (await tx.networks.find(id)) as NetworkView;
  await publishNetwork(tx, network);
  tellNetwork(tx, 'changed', network, { router: router.address });
  return (await tx.networks.findRouter(router.id)) as RouterView;
};
