import type { IpFamily } from './document.js';

/**
 * Addresses as numbers, for indexes that are asked for every packet. An IPv4 address is a number below 2^32, an IPv6
 * address a bigint, so that the two never meet in one map. Address arithmetic for people (plans, ranges, messages)
 * belongs to the network folder; nothing here explains what is wrong with a text.
 */
export type AddressValue = number | bigint;

/** Value of an address without prefix length; null when the text is none. A zone (`%eth0`) is not accepted. */
export function addressValue(text: string): AddressValue | null {
  return text.includes(':') ? valueOfV6(text) : valueOfV4(text);
}

export const familyOfValue = (value: AddressValue): IpFamily => (typeof value === 'number' ? 4 : 6);

/** The first `length` bits, as a number that is equal for all addresses of one prefix. */
export function prefixOf(value: AddressValue, length: number): AddressValue {
  if (typeof value === 'bigint') return value >> BigInt(128 - length);
  return Math.floor(value / 2 ** (32 - length));
}

export interface PrefixValue {
  readonly family: IpFamily;
  readonly length: number;
  readonly prefix: AddressValue;
}

/** `192.168.124.0/24` as family, length and leading bits; null when it is no CIDR text. */
export function prefixValue(cidr: string): PrefixValue | null {
  const slash = cidr.indexOf('/');
  if (slash < 0 || !/^\d{1,3}$/.test(cidr.slice(slash + 1))) return null;
  const value = addressValue(cidr.slice(0, slash));
  const length = Number(cidr.slice(slash + 1));
  if (value === null || length > (typeof value === 'number' ? 32 : 128)) return null;
  return { family: familyOfValue(value), length, prefix: prefixOf(value, length) };
}

function valueOfV4(text: string): number | null {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0) return null;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else if (code >= 48 && code <= 57) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return null;
    } else return null;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : null;
}

function valueOfV6(text: string): bigint | null {
  const [head, tail, more] = text.split('::');
  if (head === undefined || more !== undefined) return null;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  let high = 0n;
  for (const group of before) high = (high << 16n) | BigInt(group);
  high <<= BigInt(16 * (8 - before.length));
  let low = 0n;
  for (const group of after) low = (low << 16n) | BigInt(group);
  return high | low;
}

/** The 16-bit groups of one side of `::`; the last may be an IPv4 address (RFC 4291 §2.2). */
function groupsOf(side: string): number[] | null {
  if (side === '') return [];
  const groups: number[] = [];
  const parts = side.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const embedded = valueOfV4(part);
      if (embedded === null) return null;
      groups.push(Math.floor(embedded / 65_536), embedded % 65_536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
