/**
 * Gives addresses to nodes inside of a transaction, all of them or none. Networks are worked on one after the other, those
 * of the category admin first, because others follow the host part that a node has there; within a network all nodes at
 * once, in a few statements. Wishes are met before anything is chosen, so that nobody is given by chance what another one
 * wished for.
 */
import {
  allocateAddress,
  formatAddress,
  FreeSpans,
  isPool,
  isRefusal,
  preferredAddresses,
  type AddressChoice,
  type AddressWanted,
  type NodeId,
  type NodeRoleId,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import type { AllocationId } from '../ports/model-ids.js';
import type { AddressedNode, AllocationView, NetworkView, NewAllocation } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { grouped } from './grouped.js';
import { hostOf, usable, type UsableRange } from './usable-range.js';
import { wantsOf } from './wants.js';
import { tellMade, tellWhereReached, writeAddresses } from './write-down.js';

export interface AddressRequest {
  readonly network: NetworkView;
  readonly nodeId: NodeId;
  /** Where the addresses are written down for runs; null where the node is not bound to the network. */
  readonly nodeRoleId: NodeRoleId | null;
  /** Somebody asks for an address, or for any of a range. Empty: for what the node would get by itself. */
  readonly asked?: { readonly address?: string; readonly range?: string };
}

interface Wanted extends AddressWanted {
  readonly range: UsableRange;
  readonly nodeId: NodeId;
}

/** The addresses that the nodes have afterwards on these networks, those that they had included. */
export const allocateWithin = async (
  tx: Transaction,
  { ids }: Pick<ModelParts, 'ids'>,
  requests: readonly AddressRequest[],
  options: { readonly announce?: boolean } = {},
): Promise<readonly AllocationView[] | Refusal> => {
  if (requests.length === 0) return [];
  const networks = inOrder(requests.map(({ network }) => network));
  const networkIds = networks.map(({ id }) => id);
  const nodeIds = [...new Set(requests.map(({ nodeId }) => nodeId))];
  const ranges = (await tx.networks.ranges(networkIds)).map(usable);
  await tx.networks.lockRanges(ranges.filter(({ name }) => !isPool(name)).map(({ view }) => view.id));
  const scene: Scene = {
    ranges,
    nodes: new Map((await tx.networks.addressed(nodeIds)).map((node) => [node.id, node])),
    had: grouped(await tx.networks.allocationsOf({ nodeIds, networkIds }), keyOf),
    routers: (await tx.networks.routers(networkIds)).map(({ networkId, address }) => ({
      networkId,
      address: hostOf(address),
    })),
    newOnAdmin: new Map(),
  };

  const made: NewAllocation[] = [];
  const free: { readonly range: UsableRange; readonly spans: FreeSpans }[] = [];
  const byNetwork = grouped(requests, ({ network }) => network.id);
  for (const network of networks) {
    const wanted = wantedOf(scene, network, byNetwork.get(network.id) ?? []);
    if (isRefusal(wanted)) return wanted;
    for (const [range, some] of grouped(wanted, (one) => one.range)) {
      const chosen = await chooseIn(tx, range, some);
      if (isRefusal(chosen)) return chosen;
      free.push({ range, spans: chosen.spans });
      for (const { want, value, choice } of chosen.given) {
        const address = formatAddress({ family: range.span.family, value });
        const { id: rangeId, overlap } = range.view;
        made.push({
          id: ids.next<AllocationId>(),
          networkId: network.id,
          rangeId,
          nodeId: want.nodeId,
          address,
          overlap,
          chosen: choice,
        });
        if (network.category === 'admin')
          scene.newOnAdmin.set(want.nodeId, [
            ...(scene.newOnAdmin.get(want.nodeId) ?? []),
            { group: network.group, address, prefixLength: range.prefixLength },
          ]);
      }
    }
  }
  if (made.length === 0) return [...scene.had.values()].flat();

  await tx.networks.applyAllocations({
    made,
    released: [],
    free: free.map(({ range, spans }) => ({ rangeId: range.view.id, ...spans.difference() })),
  });
  const now = await tx.networks.allocationsOf({ nodeIds, networkIds });
  const bound = requests.flatMap(({ network, nodeId, nodeRoleId }) =>
    nodeRoleId ? [{ network, nodeId, nodeRoleId }] : [],
  );
  await writeAddresses(tx, bound, now, options);
  await tellWhereReached(tx, scene.nodes, now);
  tellMade(tx, made, now);
  return now;
};

interface Scene {
  readonly ranges: readonly UsableRange[];
  readonly nodes: ReadonlyMap<NodeId, AddressedNode>;
  /** By network and node. */
  readonly had: ReadonlyMap<string, readonly AllocationView[]>;
  readonly routers: readonly { readonly networkId: NetworkView['id']; readonly address: ReturnType<typeof hostOf> }[];
  /** What nodes got on admin networks a moment ago. */
  readonly newOnAdmin: Map<NodeId, AddressedNode['adminAddresses']>;
}

const keyOf = ({ networkId, nodeId }: { readonly networkId: string; readonly nodeId: string }): string =>
  `${networkId} ${nodeId}`;

/** Each network once; those that others follow come first. */
const inOrder = (networks: readonly NetworkView[]): NetworkView[] => {
  const each = [...new Map(networks.map((network) => [network.id, network])).values()];
  const rank = ({ category }: NetworkView): number => (category === 'admin' ? 0 : 1);
  return each.sort((a, b) => rank(a) - rank(b) || a.order - b.order || (a.name < b.name ? -1 : 1));
};

/** What the nodes want of one network, wishes first, then by name. */
const wantedOf = (
  scene: Scene,
  network: NetworkView,
  requests: readonly AddressRequest[],
): readonly Wanted[] | Refusal => {
  const ranges = scene.ranges.filter(({ view }) => view.networkId === network.id);
  const routers = scene.routers.filter(({ networkId }) => networkId === network.id);
  const avoid = new Map(
    ([4, 6] as const).map((family) => [
      family,
      new Set(routers.filter(({ address }) => address.family === family).map(({ address }) => address.value)),
    ]),
  );
  const wanted: Wanted[] = [];
  for (const { nodeId, asked } of requests) {
    const node = scene.nodes.get(nodeId) as AddressedNode;
    const had = scene.had.get(keyOf({ networkId: network.id, nodeId })) ?? [];
    const wants = wantsOf(network, ranges, node, asked, had);
    if (isRefusal(wants)) return wants;
    const adminAddresses = [...node.adminAddresses, ...(scene.newOnAdmin.get(nodeId) ?? [])].filter(
      ({ group }) => group === network.group,
    );
    for (const want of wants)
      wanted.push({
        ...want,
        network: network.name,
        nodeId,
        node: { ...node, adminAddresses },
        avoid: avoid.get(want.range.span.family) as ReadonlySet<bigint>,
      });
  }
  const rank = ({ wish }: Wanted): number => (wish ? 0 : 1);
  return wanted.sort((a, b) => rank(a) - rank(b) || (a.node.name < b.node.name ? -1 : 1));
};

/** Chooses addresses in one range for all that want one of it. */
const chooseIn = async (
  tx: Transaction,
  range: UsableRange,
  wanted: readonly Wanted[],
): Promise<
  | {
      readonly spans: FreeSpans;
      readonly given: readonly { readonly want: Wanted; readonly value: bigint; readonly choice: AddressChoice }[];
    }
  | Refusal
> => {
  const { family } = range.span;
  const candidates = wanted.flatMap(({ wish, node }) =>
    wish ? [wish.value] : preferredAddresses(range, node).map(({ value }) => value),
  );
  const avoided = wanted[0]?.avoid.size ?? 0;
  const spans = new FreeSpans(
    family,
    await tx.networks.freeSpans(range.view.id, {
      addresses: [...new Set(candidates)].map((value) => formatAddress({ family, value })),
      count: wanted.length + avoided,
    }),
  );
  const given: { want: Wanted; value: bigint; choice: AddressChoice }[] = [];
  for (const want of wanted) {
    const address = allocateAddress(spans, want);
    if (isRefusal(address)) return address;
    given.push({ want, value: address.value, choice: address.chosen });
  }
  return { spans, given };
};
