import { isRefusal, parseAddress, refuse, spanHas, type Address, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NetworkRangeId } from '../ports/model-ids.js';
import type { NetworkView, NewRange, RangeView } from '../ports/network-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { surroundings, RANGES_MAX } from './create-network.js';
import { networkNamed, rangeNamed } from './network-named.js';
import { prepareRange, type RangeInput } from './prepare-range.js';
import { publishNetwork, tellNetwork } from './publish-network.js';

/** Adds a range to a network. */
export class CreateRange {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: RangeInput & { readonly network: string }): Promise<RangeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const network = await networkNamed(tx, input.network, { lock: true });
      if (isRefusal(network)) return network;
      const around = await surroundings(tx);
      if (around.ranges.filter(({ networkId }) => networkId === network.id).length >= RANGES_MAX)
        return refuse('too-large', `network ${network.name} has ${RANGES_MAX} ranges already, which is the most.`);
      const range = prepareRange(this.parts.ids.next<NetworkRangeId>(), network, input, around);
      if (isRefusal(range)) return range;
      await tx.networks.insertRange(range);
      return announced(tx, network, range, 'range_created');
    });
  }
}

export interface UpdateRangeInput extends Partial<RangeInput> {
  readonly range: string;
  readonly version?: number;
}

/** Changes a range; every address that is given out of it must still be in it. */
export class UpdateRange {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: UpdateRangeInput): Promise<RangeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const before = await rangeNamed(tx, input.range, { lock: true });
      if (isRefusal(before)) return before;
      const stale = refuseStale(`range ${before.network}/${before.name}`, before, input.version);
      if (stale) return stale;
      const network = (await tx.networks.find(before.networkId, { lock: true })) as NetworkView;
      const { range: _range, version: _version, ...given } = input;
      const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const whole: RangeInput = {
        ...before.attachment,
        name: before.name,
        first: `${before.first}/${before.prefixLength}`,
        last: `${before.last}/${before.prefixLength}`,
        overlap: before.overlap,
        ...present,
      };
      const range = prepareRange(before.id, network, whole, await surroundings(tx));
      if (isRefusal(range)) return range;
      const outside = await refuseOutside(tx, before, range);
      if (outside) return outside;
      await tx.networks.updateRange(range);
      return announced(tx, network, range, 'range_changed');
    });
  }
}

/** Refuses bounds that leave out an address which a node has, or another prefix length for it. */
const refuseOutside = async (tx: Transaction, before: RangeView, after: NewRange): Promise<Refusal | null> => {
  if (before.allocated === 0) return null;
  const extent = await tx.networks.extentOf(before.id);
  if (!extent) return null;
  const span = {
    family: before.family,
    first: (parseAddress(after.first) as Address).value,
    last: (parseAddress(after.last) as Address).value,
  };
  const outside = [extent.first, extent.last].find((address) => !spanHas(span, parseAddress(address) as Address));
  if (outside)
    return refuse(
      'still-bound',
      `range ${before.network}/${before.name} cannot leave ${outside} out, which a node has: release it first.`,
      { field: 'first', address: outside },
    );
  if (before.prefixLength !== after.prefixLength)
    return refuse(
      'still-bound',
      `${before.allocated} nodes have addresses of range ${before.network}/${before.name} with the prefix length ${before.prefixLength}: release them before the subnet becomes another.`,
      { field: 'first' },
    );
  return null;
};

/** Deletes a range of which nobody has an address. */
export class DeleteRange {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly range: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const range = await rangeNamed(tx, input.range, { lock: true });
      if (isRefusal(range)) return range;
      const deleted = `${range.network}/${range.name}`;
      const stale = refuseStale(`range ${deleted}`, range, input.version);
      if (stale) return stale;
      if (range.allocated > 0)
        return refuse(
          'still-bound',
          `cannot delete range ${deleted}: ${range.allocated} ${range.allocated === 1 ? 'node has an address' : 'nodes have addresses'} of it. Release ${range.allocated === 1 ? 'it' : 'them'} first.`,
          { allocations: range.allocated },
        );
      const stranded = await strandedRouter(tx, range);
      if (stranded)
        return refuse(
          'still-bound',
          `cannot delete range ${deleted}: it is the last one in ${range.subnet}, where the router ${stranded} is. Delete that router first.`,
          { router: stranded },
        );
      await tx.networks.deleteRange(range.id);
      const network = (await tx.networks.find(range.networkId)) as NetworkView;
      await publishNetwork(tx, network);
      tellNetwork(tx, 'changed', network, { range_deleted: range.name });
      return { deleted };
    });
  }
}

const strandedRouter = async (tx: Transaction, range: RangeView): Promise<string | undefined> => {
  const others = (await tx.networks.ranges([range.networkId])).filter(({ id }) => id !== range.id);
  if (others.some(({ subnet }) => subnet === range.subnet)) return undefined;
  const routers = await tx.networks.routers([range.networkId]);
  return routers.find(({ subnet }) => subnet === range.subnet)?.address;
};

const announced = async (
  tx: Transaction,
  { id }: NetworkView,
  range: NewRange,
  what: 'range_created' | 'range_changed',
): Promise<RangeView> => {
  const network = (await tx.networks.find(id)) as NetworkView;
  await publishNetwork(tx, network);
  tellNetwork(tx, 'changed', network, { [what]: range.name });
  return (await tx.networks.findRange(range.id)) as RangeView;
};
