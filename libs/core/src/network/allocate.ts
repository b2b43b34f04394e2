import { refuse, type Refusal } from '../base/refusal.js';
import type { IpFamily } from '../boot-view/document.js';
import { formatAddress, parseAddress, plainAddress, spanHas, spanText, type Address } from './address.js';
import type { FreeSpans } from './free-spans.js';
import { automaticAddress } from './ipv6.js';
import { isPool, type RangeSpan } from './range.js';
import { subnetOf, type Subnet } from './subnet.js';

/**
 * Which address of a network a node gets. What somebody wished is given or refused, never replaced by something else;
 * what nobody wished is chosen: in IPv6 the address that follows from the name, then the host part that the node has on
 * the admin network of the same group, then the lowest that is free.
 */

/** `asked` by whoever allocates, wished by a `hint` of the node, or chosen by one of the rules above. */
export type AddressChoice = 'asked' | 'hint' | 'interface-id' | 'like-admin' | 'first-free';

export interface AllocationRange extends RangeSpan {
  readonly name: string;
}

export interface AllocationNode {
  readonly name: string;
  readonly admin: boolean;
  /** MD5 of its name, 32 hexadecimal digits. */
  readonly digest: string;
  /** Its addresses on networks of the category admin and of the group in question. */
  readonly adminAddresses: readonly { readonly address: string; readonly prefixLength: number }[];
}

/** The names of ranges that nodes get addresses from by themselves, the first that there is. */
const AUTOMATIC: Readonly<Record<IpFamily, { readonly admin: readonly string[]; readonly other: readonly string[] }>> =
  {
    4: { admin: ['admin', 'host'], other: ['host'] },
    6: { admin: ['admin-v6', 'host-v6'], other: ['host-v6'] },
  };

/** The range that a node gets an address of a family from by itself, if the network has one. */
export const automaticRange = <Range extends AllocationRange>(
  ranges: readonly Range[],
  family: IpFamily,
  node: Pick<AllocationNode, 'admin'>,
): Range | null => {
  const names = AUTOMATIC[family][node.admin ? 'admin' : 'other'];
  const mine = ranges.filter(({ span }) => span.family === family);
  return names.flatMap((name) => mine.filter((range) => range.name === name))[0] ?? null;
};

/** The name of the hint that wishes for an address. */
export const hintName = (network: string, family: IpFamily): string => `hint-${network}-v${family}addr`;

/** The range of a network in which a wished address is; or why it cannot be had. `whose` begins the sentence. */
export const rangeOfWish = <Range extends AllocationRange>(
  ranges: readonly Range[],
  wish: { readonly text: string; readonly family?: IpFamily; readonly network: string; readonly whose: string },
): { readonly range: Range; readonly address: Address } | Refusal => {
  const text = plainAddress(wish.text);
  const address = text === null ? null : (parseAddress(text) as Address);
  if (!address || (wish.family && address.family !== wish.family))
    return refuse(
      'invalid',
      `${wish.whose} "${wish.text.slice(0, 80)}", which is no IPv${wish.family ?? '4 or IPv6'} address: write one, such as ${wish.family === 6 ? 'fd00::5' : '192.168.124.81'}.`,
      { address: wish.text.slice(0, 80), network: wish.network },
    );
  const range = ranges.find(({ span }) => spanHas(span, address));
  if (!range)
    return refuse(
      'conflict',
      `${wish.whose} ${formatAddress(address)}, and no range of network ${wish.network} has it: wish for one of ${rangesText(ranges)}, or add a range.`,
      { address: formatAddress(address), network: wish.network },
    );
  if (isPool(range.name))
    return refuse(
      'conflict',
      `${wish.whose} ${formatAddress(address)}, and range ${range.name} of network ${wish.network} is for machines that nobody knows: wish for one of ${rangesText(ranges)}.`,
      { address: formatAddress(address), network: wish.network },
    );
  return { range, address };
};

const rangesText = (ranges: readonly AllocationRange[]): string =>
  ranges
    .filter(({ name }) => !isPool(name))
    .map(({ name, span }) => `${name} (${spanText(span)})`)
    .join(', ') || 'none, because it has no range for nodes';

/** Addresses that suit a node in a range, the best first; any may be taken. */
export const preferredAddresses = (
  range: AllocationRange,
  node: AllocationNode,
): { readonly value: bigint; readonly chosen: AddressChoice }[] => {
  const automatic = automaticAddress(range.subnet, node.digest);
  const alike = node.adminAddresses.flatMap((one) => likeAdmin(range.subnet, one) ?? []);
  return [
    ...(automatic ? [{ value: automatic.value, chosen: 'interface-id' as const }] : []),
    ...alike.map((value) => ({ value, chosen: 'like-admin' as const })),
  ].filter(({ value }) => spanHas(range.span, { family: range.span.family, value }));
};

/** The host part of an address, in another subnet; undefined where it has no room. */
const likeAdmin = (
  subnet: Subnet,
  other: { readonly address: string; readonly prefixLength: number },
): bigint | undefined => {
  const address = parseAddress(other.address);
  if (address?.family !== subnet.family) return undefined;
  const hostPart = address.value - subnetOf(address, other.prefixLength).base;
  const value = subnet.base + hostPart;
  return subnetOf({ family: subnet.family, value }, subnet.prefixLength).base === subnet.base ? value : undefined;
};

export interface AddressWanted {
  readonly network: string;
  readonly range: AllocationRange;
  readonly node: AllocationNode;
  /** Somebody's wish, already known to be in the range. */
  readonly wish?: { readonly value: bigint; readonly chosen: 'asked' | 'hint'; readonly whose: string };
  /** Addresses that are not given by chance: those of the network's routers. */
  readonly avoid: ReadonlySet<bigint>;
}

/** Chooses an address and takes it out of what is free. */
export const allocateAddress = (
  free: FreeSpans,
  wanted: AddressWanted,
): { readonly value: bigint; readonly chosen: AddressChoice } | Refusal => {
  const { range, node, wish } = wanted;
  if (wish) {
    if (free.take(wish.value)) return { value: wish.value, chosen: wish.chosen };
    const address = formatAddress({ family: range.span.family, value: wish.value });
    return refuse(
      'conflict',
      `${wish.whose} ${address}, which another node has: wish for another address, or release it there first (\`anneal network-allocations show ${address}\` says who has it).`,
      { address, network: wanted.network, node: node.name },
    );
  }
  // A router that stands in the range of admin nodes is the admin node; nobody else is given its address by chance.
  const avoid = node.admin && range.name.startsWith('admin') ? NOTHING : wanted.avoid;
  for (const { value, chosen } of preferredAddresses(range, node))
    if (!avoid.has(value) && free.take(value)) return { value, chosen };
  const lowest = free.takeLowest(avoid);
  if (lowest !== null) return { value: lowest, chosen: 'first-free' };
  return refuse(
    'conflict',
    `${node.name} needs an address of network ${wanted.network}, and range ${range.name} (${spanText(range.span)}) has none left: make it larger, or release some.`,
    { network: wanted.network, range: range.name, node: node.name },
  );
};

const NOTHING: ReadonlySet<bigint> = new Set();
