import { invariant } from '../base/invariant.js';
import { ADDRESS_BITS, type Address, type AddressSpan } from './address.js';
import { subnetOf, usableSpan, type Subnet } from './subnet.js';

/**
 * IPv6 prefixes of our own making, and the addresses that follow from names. The prefix is a unique local one (RFC 4193):
 * `fd`, the 40 bits of the installation, and a 16-bit subnet id that no other network of the installation ever had.
 * The interface id is the last 64 bits of the MD5 of the FQDN. Its universal/local bit (RFC 4291, appendix A) is as
 * chance has it, and means nothing (RFC 7136 §5).
 */

export const INTERFACE_ID_BITS = 64;
export const SUBNET_ID_MAX = 0xffff;

const GLOBAL_ID = /^[0-9a-f]{10}$/;
const DIGEST = /^[0-9a-f]{32}$/;

/** The /64 of a subnet id, RFC 4193 §3.1 with the L bit set. */
export const uniqueLocalPrefix = (globalId: string, subnetId: number): Subnet => {
  invariant(GLOBAL_ID.test(globalId), `the global id ${globalId} has not 10 hexadecimal digits`);
  invariant(
    Number.isInteger(subnetId) && subnetId >= 0 && subnetId <= SUBNET_ID_MAX,
    `the subnet id ${subnetId} has more than 16 bits`,
  );
  const upper = (0xfdn << 56n) | (BigInt(`0x${globalId}`) << 16n) | BigInt(subnetId);
  return { family: 6, base: upper << BigInt(INTERFACE_ID_BITS), prefixLength: 64 };
};

/** The last 64 bits of an MD5, given as 32 hexadecimal digits. */
export const interfaceIdOf = (md5: string): bigint => {
  const digest = md5.toLowerCase();
  invariant(DIGEST.test(digest), `an MD5 has 32 hexadecimal digits, and this has not: ${md5.slice(0, 40)}`);
  return BigInt(`0x${digest.slice(16)}`);
};

/** The address that follows from a name in the /64 of an address; null in subnets with fewer host bits. */
export const automaticAddress = ({ family, base, prefixLength }: Subnet, md5: string): Address | null =>
  family === 6 && prefixLength <= ADDRESS_BITS[6] - INTERFACE_ID_BITS
    ? { family, value: base | interfaceIdOf(md5) }
    : null;

/**
 * Reads a prefix that somebody wrote: `fd12:3456:789a:1::/64`, or its four groups alone, as the original took it. Null
 * when it is no /64.
 */
export const readPrefix = (text: string, parse: (cidr: string) => Subnet | null): Subnet | null => {
  const cidr = FOUR_GROUPS.test(text) ? `${text}::/64` : text;
  const subnet = parse(cidr);
  return subnet?.family === 6 && subnet.prefixLength === 64 ? subnet : null;
};

const FOUR_GROUPS = /^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}$/i;

/** How many addresses at the upper end of a /64 are for machines that nobody knows, where there are such. */
const POOL_SIZE = 0x1_0000n;
/** The highest 128 interface ids are anycast addresses (RFC 2526 §2). */
const ANYCAST = 0x80n;

/** What a /64 is divided into: nodes, and a pool at the upper end where unknown machines boot. */
export const rangesOfPrefix = (
  prefix: Subnet,
  { withPool }: { readonly withPool: boolean },
): { readonly name: string; readonly span: AddressSpan }[] => {
  const usable = usableSpan(subnetOf({ family: 6, value: prefix.base }, prefix.prefixLength));
  if (!withPool) return [{ name: 'host-v6', span: usable }];
  const end = usable.last + 1n;
  return [
    { name: 'host-v6', span: { ...usable, last: end - POOL_SIZE } },
    { name: 'dhcp-v6', span: { ...usable, first: end - POOL_SIZE + 1n, last: end - ANYCAST } },
  ];
};
