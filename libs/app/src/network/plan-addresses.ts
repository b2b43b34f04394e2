import { findConflicts, isPool, isRefusal, sizeOf, type IpFamily, type NetworkConflict, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NetworkRangeId } from '../ports/model-ids.js';
import type { NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { grouped } from './grouped.js';
import { networkNamed } from './network-named.js';
import { usable } from './usable-range.js';

export interface PlannedRange {
  readonly id: NetworkRangeId;
  readonly name: string;
  readonly first: string;
  readonly last: string;
  /** For machines that nobody knows: its addresses are leased, not allocated. */
  readonly pool: boolean;
  readonly size: bigint;
  readonly allocated: number;
  readonly free: bigint;
}

export interface PlannedSubnet {
  readonly subnet: string;
  readonly family: IpFamily;
  readonly router: string | null;
  readonly ranges: readonly PlannedRange[];
}

export interface AddressPlan {
  readonly network: NetworkView;
  readonly subnets: readonly PlannedSubnet[];
  readonly conflicts: readonly NetworkConflict[];
}

/** How the addresses of a network are divided and how many are left, and what does not fit together there. */
export class PlanAddresses {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly network: string }): Promise<AddressPlan | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const network = await networkNamed(tx, input.network);
      if (isRefusal(network)) return network;
      const all = await tx.networks.ranges();
      const ranges = all.filter(({ networkId }) => networkId === network.id);
      const routers = await tx.networks.routers([network.id]);
      return {
        network,
        subnets: subnetsOf(ranges, routers),
        conflicts: await conflictsOf(tx, network, { all, ranges, routers }),
      };
    });
  }
}

const subnetsOf = (ranges: readonly RangeView[], routers: readonly RouterView[]): PlannedSubnet[] =>
  [...grouped(ranges, ({ subnet }) => subnet)].map(([subnet, some]) => ({
    subnet,
    family: (some[0] as RangeView).family,
    router: routers.find((router) => router.subnet === subnet)?.address ?? null,
    ranges: some.map(plannedRange),
  }));

const plannedRange = (range: RangeView): PlannedRange => {
  const size = sizeOf(usable(range).span);
  return {
    id: range.id,
    name: range.name,
    first: `${range.first}/${range.prefixLength}`,
    last: `${range.last}/${range.prefixLength}`,
    pool: isPool(range.name),
    size,
    allocated: range.allocated,
    free: size - BigInt(range.allocated),
  };
};

const conflictsOf = async (
  tx: Transaction,
  network: NetworkView,
  { all, ranges, routers }: { all: readonly RangeView[]; ranges: readonly RangeView[]; routers: readonly RouterView[] },
): Promise<NetworkConflict[]> => {
  const links = new Map((await tx.networks.all()).map(({ id, link }) => [id, link]));
  const allocations = await tx.networks.allocationsOf({ networkIds: [network.id] });
  const admins = new Set(
    (await tx.networks.addressed([...new Set(allocations.map(({ nodeId }) => nodeId))]))
      .filter(({ admin }) => admin)
      .map(({ id }) => id),
  );
  return findConflicts({
    network,
    ranges: ranges.map((range) => ({ ...usable(range), allocated: range.allocated })),
    routers,
    allocations: allocations.map(({ node, nodeId, address, family }) => ({
      node,
      admin: admins.has(nodeId),
      address,
      family,
    })),
    members: await tx.networks.members(network),
    reached: await tx.networks.reached(),
    others: all
      .filter(({ networkId, overlap }) => networkId !== network.id && !overlap)
      .map((range) => ({
        network: range.network,
        link: links.get(range.networkId) ?? '',
        name: range.name,
        span: usable(range).span,
      })),
  });
};
