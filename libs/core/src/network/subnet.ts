import type { IpFamily } from '../boot-view/document.js';
import { ADDRESS_BITS, formatAddress, parseInterfaceAddress, type Address, type AddressSpan } from './address.js';

/** A base address and how many of its leading bits all addresses of the subnet share. */
export interface Subnet {
  readonly family: IpFamily;
  readonly base: bigint;
  readonly prefixLength: number;
}

export const subnetOf = ({ family, value }: Address, prefixLength: number): Subnet => {
  const hostBits = BigInt(ADDRESS_BITS[family] - prefixLength);
  return { family, base: (value >> hostBits) << hostBits, prefixLength };
};

/** Reads `192.168.124.0/24`; null when it is none, or has bits behind its prefix. */
export const parseSubnet = (text: string): Subnet | null => {
  const parsed = parseInterfaceAddress(text);
  if (!parsed) return null;
  const subnet = subnetOf(parsed.address, parsed.prefixLength);
  return subnet.base === parsed.address.value ? subnet : null;
};

export const formatSubnet = ({ family, base, prefixLength }: Subnet): string =>
  `${formatAddress({ family, value: base })}/${prefixLength}`;

export const sameSubnet = (a: Subnet, b: Subnet): boolean =>
  a.family === b.family && a.base === b.base && a.prefixLength === b.prefixLength;

/** All addresses of a subnet. */
export const spanOf = ({ family, base, prefixLength }: Subnet): AddressSpan => ({
  family,
  first: base,
  last: base + (1n << BigInt(ADDRESS_BITS[family] - prefixLength)) - 1n,
});

export const subnetHas = (subnet: Subnet, { family, value }: Address): boolean =>
  family === subnet.family && value >> hostBitsOf(subnet) === subnet.base >> hostBitsOf(subnet);

const hostBitsOf = ({ family, prefixLength }: Subnet): bigint => BigInt(ADDRESS_BITS[family] - prefixLength);

/**
 * The addresses of a subnet that a machine can have. In IPv4 neither the network nor the broadcast address, except on
 * links of two or one (RFC 3021). In IPv6 not the first, which is any router's (RFC 4291 §2.6.1), except on /127 and
 * /128 (RFC 6164); and, as the reference has it, not the last.
 */
export const usableSpan = (subnet: Subnet): AddressSpan => {
  const all = spanOf(subnet);
  const small = subnet.prefixLength >= ADDRESS_BITS[subnet.family] - 1;
  return small ? all : { ...all, first: all.first + 1n, last: all.last - 1n };
};
