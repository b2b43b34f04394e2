import { refuse, type Refusal } from '../base/refusal.js';
import { parseInterfaceAddress, spansOverlap, spanText, type AddressSpan } from './address.js';
import { formatSubnet, sameSubnet, subnetOf, usableSpan, type Subnet } from './subnet.js';

/**
 * A range is a piece of one subnet from which addresses are given. Some names have a meaning: `admin` is for admin nodes,
 * `host` and `host-v6` for the others, `dhcp` and `dhcp-v6` are pools for machines that nobody knows, from which nothing
 * is ever allocated to a node.
 */
export interface RangeSpan {
  readonly span: AddressSpan;
  readonly prefixLength: number;
  readonly subnet: Subnet;
}

export const POOL_RANGES: readonly string[] = ['dhcp', 'dhcp-v6'];

export const isPool = (name: string): boolean => POOL_RANGES.includes(name);

/** Reads the two ends, `192.168.124.81/24`; says which of them is wrong, and why. */
export const readRange = (range: {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}): RangeSpan | Refusal => {
  const first = parseInterfaceAddress(range.first);
  const last = parseInterfaceAddress(range.last);
  const no = (field: 'first' | 'last', detail: string): Refusal =>
    refuse('invalid', `range ${range.name}: ${detail}.`, { field, range: range.name });
  const howTo = 'write an address with the prefix length of its subnet, such as 192.168.124.81/24';
  if (!first) return no('first', `"${range.first.slice(0, 80)}" is no such address: ${howTo}`);
  if (!last) return no('last', `"${range.last.slice(0, 80)}" is no such address: ${howTo}`);
  if (first.address.family !== last.address.family)
    return no('last', `${range.first} and ${range.last} are of two families: make a range for each`);
  if (first.prefixLength !== last.prefixLength)
    return no('last', `${range.first} and ${range.last} have different prefix lengths: both are in one subnet`);
  if (first.prefixLength === 0) return no('first', 'a prefix length of 0 is no subnet');
  const subnet = subnetOf(first.address, first.prefixLength);
  if (!sameSubnet(subnet, subnetOf(last.address, last.prefixLength)))
    return no('last', `${range.last} is not in ${formatSubnet(subnet)}, where ${range.first} is`);
  const span: AddressSpan = { family: first.address.family, first: first.address.value, last: last.address.value };
  if (span.first > span.last) return no('last', `${range.last} comes before ${range.first}: swap them`);
  const usable = usableSpan(subnet);
  if (span.first < usable.first)
    return no('first', `${range.first} is the address of the subnet itself: begin one higher`);
  if (span.last > usable.last)
    return no('last', `${range.last} is the last address of its subnet, the broadcast address: end one lower`);
  return { span, prefixLength: first.prefixLength, subnet };
};

/** Refuses a range that shares addresses with another one, unless both may. */
export const refuseOverlap = (
  range: { readonly name: string; readonly span: AddressSpan; readonly overlap: boolean },
  others: readonly {
    readonly name: string;
    readonly network: string;
    readonly span: AddressSpan;
    readonly overlap: boolean;
  }[],
): Refusal | null => {
  const other = others.find((one) => spansOverlap(one.span, range.span) && !(one.overlap || range.overlap));
  if (!other) return null;
  return refuse(
    'conflict',
    `range ${range.name} (${spanText(range.span)}) shares addresses with range ${other.name} of network ${other.network} (${spanText(other.span)}): move one of them.`,
    { range: range.name, other: `${other.network}/${other.name}` },
  );
};
