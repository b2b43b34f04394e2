import {
  automaticRange,
  formatAddress,
  hintName,
  isPool,
  isRefusal,
  rangeOfWish,
  refuse,
  type AddressWanted,
  type IpFamily,
  type Refusal,
} from '#core';
import type { AddressedNode, AllocationView, NetworkView } from '../ports/network-store.js';
import type { UsableRange } from './usable-range.js';

/** An address that a node still needs: of which range, and what was wished for. */
export interface Want {
  readonly range: UsableRange;
  readonly wish?: NonNullable<AddressWanted['wish']>;
}

/**
 * What a node wants of a network beyond what it has: what somebody asks for; else, for each family, what its hint says, or
 * an address of the range for nodes of its kind. A network that Anneal does not configure gives only what is wished for.
 */
export const wantsOf = (
  network: NetworkView,
  ranges: readonly UsableRange[],
  node: AddressedNode,
  asked: { readonly address?: string; readonly range?: string } | undefined,
  had: readonly AllocationView[],
): readonly Want[] | Refusal => {
  const hasIn = (range: UsableRange): AllocationView | undefined =>
    had.find(({ rangeId }) => rangeId === range.view.id);
  if (asked?.address !== undefined) {
    const wish = { text: asked.address, network: network.name, whose: 'you ask for' };
    const found = rangeOfWish(ranges, wish);
    if (isRefusal(found)) return found;
    const { range, address } = found;
    if (asked.range !== undefined && asked.range !== range.name)
      return refuse(
        'invalid',
        `${formatAddress(address)} is in range ${range.name} of network ${network.name}, not in ${asked.range.slice(0, 80)}: leave one of the two out.`,
        { field: 'range' },
      );
    const there = hasIn(range);
    if (!there) return [{ range, wish: { value: address.value, chosen: 'asked', whose: wish.whose } }];
    if (there.address === formatAddress(address)) return [];
    return refuse('conflict', `${node.name} has ${there.address} of range ${range.name} already: release that first.`, {
      node: node.name,
      allocation: there.id,
    });
  }
  if (asked?.range !== undefined) {
    const range = ranges.find(({ name }) => name === asked.range);
    if (!range || isPool(range.name))
      return refuse(
        range ? 'invalid' : 'not-found',
        range
          ? `range ${range.name} of network ${network.name} is for machines that nobody knows: use another one.`
          : `network ${network.name} has no range "${asked.range.slice(0, 80)}": use one of ${ranges.map(({ name }) => name).join(', ') || 'none, because there is none'}.`,
        { field: 'range' },
      );
    return hasIn(range) ? [] : [{ range }];
  }
  const wants: Want[] = [];
  for (const family of FAMILIES) {
    const hint = node.hints[hintName(network.name, family)];
    const found =
      typeof hint === 'string'
        ? wishOf(network, ranges, node, { family, hint })
        : automatic(network, ranges, node, { family, asked: asked !== undefined });
    if (isRefusal(found)) return found;
    if (found && !hasIn(found.range)) wants.push(found);
  }
  return wants;
};

const FAMILIES: readonly IpFamily[] = [4, 6];

const wishOf = (
  network: NetworkView,
  ranges: readonly UsableRange[],
  node: AddressedNode,
  { family, hint }: { readonly family: IpFamily; readonly hint: string },
): Want | Refusal => {
  const whose = `the hint ${hintName(network.name, family)} of ${node.name} wishes for`;
  const found = rangeOfWish(ranges, { text: hint, family, network: network.name, whose });
  if (isRefusal(found)) return found;
  return { range: found.range, wish: { value: found.address.value, chosen: 'hint', whose } };
};

const automatic = (
  network: NetworkView,
  ranges: readonly UsableRange[],
  node: AddressedNode,
  { family, asked }: { readonly family: IpFamily; readonly asked: boolean },
): Want | null => {
  if (!network.configure && !asked) return null;
  const range = automaticRange(ranges, family, node);
  return range && { range };
};
