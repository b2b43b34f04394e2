import { Address4, Address6 } from 'ip-address';
import type { IpFamily } from '../boot-view/document.js';

/**
 * Addresses as numbers, so that ranges are compared and counted and never walked. Text is read strictly: no zone, no
 * leading zeros, no prefix length where none is meant. What is written is canonical (RFC 5952), so that two texts of one
 * address are equal.
 */
export interface Address {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** Addresses of one family from one to another, both included. */
export interface AddressSpan {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly last: bigint;
}

export const ADDRESS_BITS: Readonly<Record<IpFamily, number>> = { 4: 32, 6: 128 };

const V4 = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
/** Longer texts are no addresses; the parser is spared them. */
const V6_LENGTH_MAX = 45;
const V6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;
const PREFIX = /^(0|[1-9]\d{0,2})$/;

/** An address without prefix length; null when the text is none. */
export const parseAddress = (text: string): Address | null => {
  if (V4.test(text)) {
    const octets = text.split('.').map(Number);
    if (octets.some((octet) => octet > 255)) return null;
    return { family: 4, value: BigInt(octets.reduce((sum, octet) => sum * 256 + octet, 0)) };
  }
  if (text.length > V6_LENGTH_MAX || !V6.test(text) || !Address6.isValid(text)) return null;
  return { family: 6, value: new Address6(text).bigInt() };
};

/** Canonical text, without prefix length. */
export const formatAddress = ({ family, value }: Address): string =>
  family === 4 ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();

/** `192.168.124.10/24`: an address, and how long the prefix of its subnet is. */
export const parseInterfaceAddress = (
  text: string,
): { readonly address: Address; readonly prefixLength: number } | null => {
  const [host = '', prefix = '', ...rest] = text.split('/');
  const address = parseAddress(host);
  if (!address || rest.length > 0 || !PREFIX.test(prefix)) return null;
  const prefixLength = Number(prefix);
  return prefixLength <= ADDRESS_BITS[address.family] ? { address, prefixLength } : null;
};

/** The canonical text of an address that may have a prefix length, without it; null when it is none. */
export const plainAddress = (text: string): string | null => {
  const address = text.includes('/') ? (parseInterfaceAddress(text)?.address ?? null) : parseAddress(text);
  return address && formatAddress(address);
};

export const sizeOf = ({ first, last }: AddressSpan): bigint => last - first + 1n;

export const spanHas = (span: AddressSpan, address: Address): boolean =>
  address.family === span.family && address.value >= span.first && address.value <= span.last;

export const spansOverlap = (a: AddressSpan, b: AddressSpan): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** `192.168.124.81 - 192.168.124.254`, for people. */
export const spanText = ({ family, first, last }: AddressSpan): string =>
  `${formatAddress({ family, value: first })} - ${formatAddress({ family, value: last })}`;
