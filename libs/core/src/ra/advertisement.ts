import { invariant } from '../base/invariant.js';
import { ADDRESS6_BYTES, formatAddress6, formatMac, parseAddress6, parsePrefix6 } from '../dhcp6/address.js';
import { decodeName, encodeName } from '../dhcp6/domain-name.js';

/**
 * Router advertisements and solicitations (RFC 4861 §4.1, §4.2) between bytes and values, with the options that tell
 * hosts of prefixes, the MTU, name servers and search domains. The checksum is left zero: the kernel fills it in for whom
 * it lets send ICMPv6.
 */

export const ROUTER_SOLICITATION = 133;
export const ROUTER_ADVERTISEMENT = 134;
export const ALL_NODES = 'ff02::1';
export const ALL_ROUTERS = 'ff02::2';

const OPTION = {
  sourceLinkLayer: 1,
  prefix: 3,
  mtu: 5,
  /** RFC 8106 §5.1. */
  nameServers: 25,
  /** RFC 8106 §5.2. */
  domainSearch: 31,
} as const;

const MANAGED = 0x80;
const OTHER = 0x40;
const ON_LINK = 0x80;
const AUTONOMOUS = 0x40;
const SOLICITATION_BYTES = 8;
const ADVERTISEMENT_BYTES = 16;
/** An option's length counts units of this many bytes, its own head included. */
const UNIT_BYTES = 8;
/** IPv6 asks every link for an MTU of this at least (RFC 8200 §5): a longer advertisement would be cut in pieces. */
const BYTES_MAX = 1_280 - 40;

export interface AdvertisedPrefix {
  /** `fd00:1::/64`. */
  readonly prefix: string;
  /** Hosts reach each other on it without a router (L). */
  readonly onLink: boolean;
  /** Hosts make addresses of it by themselves (A). */
  readonly autonomous: boolean;
  /** Seconds. */
  readonly valid: number;
  readonly preferred: number;
}

export interface RouterAdvertisement {
  /** What hosts put into their packets; 0: no opinion. */
  readonly hopLimit: number;
  /** Addresses are had by DHCPv6 (M). */
  readonly managed: boolean;
  /** Everything else is (O). */
  readonly other: boolean;
  /** Seconds for which the sender is a way out; 0: it is none. */
  readonly routerSeconds: number;
  /** Of the sending interface, lower case with colons; null where it has none of six bytes. */
  readonly mac: string | null;
  readonly mtu: number | null;
  readonly prefixes: readonly AdvertisedPrefix[];
  readonly nameServers: readonly string[];
  readonly searchDomains: readonly string[];
  /** Seconds for which name servers and search domains hold. */
  readonly namesSeconds: number;
}

export const encodeRouterAdvertisement = (advertisement: RouterAdvertisement): Uint8Array => {
  const { hopLimit, managed, other, routerSeconds, mac, mtu, prefixes, nameServers, searchDomains, namesSeconds } =
    advertisement;
  const bytes: number[] = [ROUTER_ADVERTISEMENT, 0, 0, 0];
  bytes.push(hopLimit & 0xff, (managed ? MANAGED : 0) | (other ? OTHER : 0));
  put16(bytes, Math.min(routerSeconds, 0xffff));
  // Reachable time and retransmission timer: hosts keep their own.
  put32(bytes, 0);
  put32(bytes, 0);
  if (mac !== null) bytes.push(OPTION.sourceLinkLayer, 1, ...mac.split(':').map((octet) => Number.parseInt(octet, 16)));
  if (mtu !== null) {
    bytes.push(OPTION.mtu, 1, 0, 0);
    put32(bytes, mtu);
  }
  for (const { prefix, onLink, autonomous, valid, preferred } of prefixes) {
    const parsed = parsePrefix6(prefix);
    invariant(parsed, `"${prefix}" is no prefix and cannot be advertised`);
    bytes.push(OPTION.prefix, 4, parsed.length, (onLink ? ON_LINK : 0) | (autonomous ? AUTONOMOUS : 0));
    put32(bytes, valid);
    put32(bytes, preferred);
    put32(bytes, 0);
    bytes.push(...networkPart(parsed.base, parsed.length));
  }
  const servers = nameServers.map((address) => parseAddress6(address)).filter((address) => address !== null);
  if (servers.length > 0) {
    bytes.push(OPTION.nameServers, 1 + 2 * servers.length, 0, 0);
    put32(bytes, namesSeconds);
    for (const server of servers) bytes.push(...server);
  }
  const names = searchDomains.map((name) => encodeName(name)).filter((name) => name !== null);
  if (names.length > 0) {
    const encoded = names.flatMap((name) => [...name]);
    while (encoded.length % UNIT_BYTES !== 0) encoded.push(0);
    bytes.push(OPTION.domainSearch, 1 + encoded.length / UNIT_BYTES, 0, 0);
    put32(bytes, namesSeconds);
    bytes.push(...encoded);
  }
  invariant(bytes.length <= BYTES_MAX, `a router advertisement of ${bytes.length} bytes does not fit every link`);
  return Uint8Array.from(bytes);
};

/** Reads an advertisement; null when it is not sound (RFC 4861 §6.1.2). Options that are not known are passed over. */
export const decodeRouterAdvertisement = (packet: Uint8Array): RouterAdvertisement | null => {
  if (packet.length < ADVERTISEMENT_BYTES || packet[0] !== ROUTER_ADVERTISEMENT || packet[1] !== 0) return null;
  const options = optionsOf(packet, ADVERTISEMENT_BYTES);
  if (!options) return null;
  let mac: string | null = null;
  let mtu: number | null = null;
  let namesSeconds = 0;
  const prefixes: AdvertisedPrefix[] = [];
  const nameServers: string[] = [];
  const searchDomains: string[] = [];
  for (const option of options) {
    const [type] = option;
    if (type === OPTION.sourceLinkLayer && option.length === 8) mac = formatMac(option, 2);
    else if (type === OPTION.mtu && option.length === 8) mtu = get32(option, 4);
    else if (type === OPTION.prefix && option.length === 32) {
      const flags = option[3] as number;
      prefixes.push({
        prefix: `${formatAddress6(option, 16)}/${option[2]}`,
        onLink: (flags & ON_LINK) !== 0,
        autonomous: (flags & AUTONOMOUS) !== 0,
        valid: get32(option, 4),
        preferred: get32(option, 8),
      });
    } else if (type === OPTION.nameServers && option.length >= 24) {
      namesSeconds = get32(option, 4);
      for (let at = 8; at + ADDRESS6_BYTES <= option.length; at += ADDRESS6_BYTES)
        nameServers.push(formatAddress6(option, at));
    } else if (type === OPTION.domainSearch && option.length >= 16) {
      namesSeconds = get32(option, 4);
      for (let at = 8; at < option.length;) {
        const read = decodeName(option, at, option.length);
        if (!read?.whole || read.name === '') break;
        searchDomains.push(read.name);
        at = read.next;
      }
    }
  }
  const flags = packet[5] as number;
  return {
    hopLimit: packet[4] as number,
    managed: (flags & MANAGED) !== 0,
    other: (flags & OTHER) !== 0,
    routerSeconds: ((packet[6] as number) << 8) | (packet[7] as number),
    mac,
    mtu,
    prefixes,
    nameServers,
    searchDomains,
    namesSeconds,
  };
};

export interface RouterSolicitation {
  /** Of the host that asks; null when it did not say. */
  readonly mac: string | null;
}

/**
 * Reads a solicitation; null when it is not sound (RFC 4861 §6.1.1). The hop limit and the checksum are for the kernel to
 * see to.
 */
export const decodeRouterSolicitation = (packet: Uint8Array, source: string): RouterSolicitation | null => {
  if (packet.length < SOLICITATION_BYTES || packet[0] !== ROUTER_SOLICITATION || packet[1] !== 0) return null;
  const options = optionsOf(packet, SOLICITATION_BYTES);
  if (!options) return null;
  const told = options.find(([type]) => type === OPTION.sourceLinkLayer);
  // Who has no address yet must not say where it is.
  if (told && source === '::') return null;
  return { mac: told && told.length === 8 ? formatMac(told, 2) : null };
};

/** The options, each with its head; null when one has no length or does not fit. */
const optionsOf = (packet: Uint8Array, from: number): Uint8Array[] | null => {
  const options: Uint8Array[] = [];
  for (let at = from; at < packet.length;) {
    const length = (packet[at + 1] ?? 0) * UNIT_BYTES;
    if (length === 0 || at + length > packet.length) return null;
    options.push(packet.subarray(at, at + length));
    at += length;
  }
  return options;
};

/** The address with the bits beyond the prefix cleared. */
const networkPart = (base: Uint8Array, length: number): Uint8Array => {
  const bytes = Uint8Array.from(base);
  for (let at = 0; at < ADDRESS6_BYTES; at += 1) {
    const kept = Math.min(8, Math.max(0, length - 8 * at));
    bytes[at] = (bytes[at] as number) & (0xff00 >> kept) & 0xff;
  }
  return bytes;
};

const put16 = (bytes: number[], value: number): void => {
  bytes.push((value >>> 8) & 0xff, value & 0xff);
};
const put32 = (bytes: number[], value: number): void => {
  put16(bytes, value >>> 16);
  put16(bytes, value & 0xffff);
};
const get32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) * 0x100_0000 +
  (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
