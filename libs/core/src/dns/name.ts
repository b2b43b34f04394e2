import { addressValue, prefixValue } from '../boot-view/address-value.js';

/**
 * Domain names as text: lower case, labels joined by dots, no dot at the end; the root is the empty text. Bytes that a
 * host name does not have are written `\DDD` (RFC 1035 §5.1), so that no label can pass for two.
 */

/** RFC 1035 §2.3.4: octets of a label, and of a whole name on the wire, lengths and root included. */
export const LABEL_OCTETS_MAX = 63;
export const NAME_OCTETS_MAX = 255;

const LABEL = /^[a-z0-9_](?:[-a-z0-9_]*[a-z0-9_])?$/;

/** The name in its one form, or null when it is none that we would serve: no wildcards, no escapes, nothing too long. */
export const domainName = (text: string): string | null => {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (name === '') return text === '.' ? '' : null;
  if (name.length + 2 > NAME_OCTETS_MAX) return null;
  return name.split('.').every((label) => label.length <= LABEL_OCTETS_MAX && LABEL.test(label)) ? name : null;
};

/** A name as it stands in a zone: `@` is the zone itself, a dot at the end says that the zone is not to be appended. */
export const nameInZone = (text: string, zone: string): string | null => {
  if (text === '@') return zone;
  if (text.endsWith('.')) return domainName(text);
  return domainName(zone === '' ? text : `${text}.${zone}`);
};

/** The name without its first label; null for the root. */
export const parentName = (name: string): string | null => {
  if (name === '') return null;
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
};

/** Whether a name is the zone itself or below it. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === '' || name === zone || (name.endsWith(zone) && name[name.length - zone.length - 1] === '.');

/** Where the name of an address stands: RFC 1035 §3.5 for IPv4, RFC 3596 §2.5 for IPv6. Null when it is no address. */
export const reverseName = (address: string): string | null => {
  const value = addressValue(address);
  if (value === null) return null;
  if (typeof value === 'number') return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = value.toString(16).padStart(32, '0');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
};

/**
 * The reverse zones that cover a subnet. Names are cut at octets (IPv4) and at four bits (IPv6), so a prefix between two
 * cuts becomes several zones of the longer length. One that is longer than /24 becomes the zone of its /24: delegation
 * below that (RFC 2317) is not done. Empty when the text is no subnet, or one shorter than /8 (IPv4) or /16 (IPv6).
 */
export const reverseZones = (cidr: string): readonly string[] => {
  const subnet = prefixValue(cidr);
  if (!subnet) return [];
  const bits = subnet.family === 4 ? 8 : 4;
  const longest = subnet.family === 4 ? 24 : 124;
  if (subnet.length < (subnet.family === 4 ? 8 : 16)) return [];
  const length = Math.min(longest, Math.ceil(subnet.length / bits) * bits);
  const first =
    length >= subnet.length
      ? BigInt(subnet.prefix) << BigInt(length - subnet.length)
      : BigInt(subnet.prefix) >> BigInt(subnet.length - length);
  const count = length > subnet.length ? 2 ** (length - subnet.length) : 1;
  return Array.from({ length: count }, (_, index) => {
    const prefix = first + BigInt(index);
    const labels = Array.from(
      { length: length / bits },
      (_none, at) => (prefix >> BigInt(at * bits)) & (bits === 8 ? 255n : 15n),
    );
    return subnet.family === 4
      ? `${labels.join('.')}.in-addr.arpa`
      : `${labels.map((label) => label.toString(16)).join('.')}.ip6.arpa`;
  });
};
