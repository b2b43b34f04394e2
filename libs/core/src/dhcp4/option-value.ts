import { addressValue, prefixValue } from '../boot-view/address-value.js';
import type { Octets } from './packet.js';

/** Contents of options, to values and back. A content of the wrong length reads as null: the option counts as absent. */

export function readAddress(octets: Octets | undefined): string | null {
  if (octets === undefined || octets.length !== 4) return null;
  return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
}

export function readUint16(octets: Octets | undefined): number | null {
  if (octets === undefined || octets.length !== 2) return null;
  return (octets[0] as number) * 256 + (octets[1] as number);
}

export function readUint32(octets: Octets | undefined): number | null {
  if (octets === undefined || octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) value = value * 256 + octet;
  return value;
}

/** Printable ASCII up to the first zero byte; other bytes become `?`. Null when nothing is left. */
export function readText(octets: Octets | undefined): string | null {
  if (octets === undefined) return null;
  let text = '';
  for (const octet of octets) {
    if (octet === 0) break;
    text += octet >= 32 && octet < 127 ? String.fromCharCode(octet) : '?';
  }
  return text === '' ? null : text;
}

/**
 * Encapsulated options (RFC 2132 §8.4, RFC 3046 §2.0): code, length, content. Null when a length points beyond the end.
 * Codes 0 and 255 are sub-options like any other where the container is option 82, which has neither pad nor end.
 */
export function readSuboptions(octets: Octets | undefined): ReadonlyMap<number, Octets> | null {
  const found = new Map<number, Octets>();
  if (octets === undefined) return found;
  for (let at = 0; at < octets.length;) {
    const length = octets[at + 1];
    if (length === undefined || at + 2 + length > octets.length) return null;
    found.set(octets[at] as number, octets.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

export function hexOf(octets: Octets): string {
  let text = '';
  for (const octet of octets) text += HEX[octet];
  return text;
}

/** A dotted quad as its four bytes. It must be one. */
export function addressOctets(address: string): Octets {
  const value = Number(addressValue(address) ?? 0);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Those of the addresses that are IPv4, one after the other; null when there is none. */
export function addressListOctets(addresses: readonly string[]): Octets | null {
  const octets = addresses.filter((each) => !each.includes(':') && addressValue(each) !== null).flatMap(addressOctets);
  return octets.length > 0 ? octets : null;
}

export const uint8Octets = (value: number): Octets => [value];
export const uint16Octets = (value: number): Octets => [(value >>> 8) & 255, value & 255];
export const uint32Octets = (value: number): Octets => [
  (value >>> 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

/** ASCII; names, paths and URLs are nothing else. */
export function textOctets(text: string): Octets {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 1) octets.push(text.charCodeAt(at) & 127);
  return octets;
}

/**
 * RFC 3442: prefix length, as many bytes of the destination as it takes, next hop. Routes that are not IPv4 are left out;
 * null when none is left.
 */
export function routesOctets(routes: readonly { readonly destination: string; readonly via: string }[]): Octets | null {
  const octets: number[] = [];
  for (const { destination, via } of routes) {
    const prefix = prefixValue(destination);
    if (prefix === null || prefix.family !== 4 || via.includes(':') || addressValue(via) === null) continue;
    const base = addressOctets(destination.slice(0, destination.indexOf('/')));
    octets.push(prefix.length, ...base.slice(0, Math.ceil(prefix.length / 8)), ...addressOctets(via));
  }
  return octets.length > 0 ? octets : null;
}

/** RFC 3397, without compression: there is one domain. Null for a name that no resolver would take. */
export function domainsOctets(domains: readonly string[]): Octets | null {
  const octets: number[] = [];
  for (const domain of domains) {
    const labels = domain.split('.').filter((label) => label !== '');
    if (labels.length === 0 || labels.some((label) => label.length > 63)) continue;
    for (const label of labels) octets.push(label.length, ...textOctets(label));
    octets.push(0);
  }
  return octets.length > 0 ? octets : null;
}
