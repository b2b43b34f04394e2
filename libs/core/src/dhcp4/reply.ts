import { prefixValue } from '../boot-view/address-value.js';
import type { ViewMachine } from '../boot-view/document.js';
import { addressText } from '../lease/pool-cursor.js';
import type { Choice } from './choose.js';
import { RELAY } from './client.js';
import type { BootFields } from './boot.js';
import type { Place } from './link.js';
import { OPTION } from './option-table.js';
import {
  addressListOctets,
  addressOctets,
  domainsOctets,
  readAddress,
  readSuboptions,
  readUint16,
  routesOctets,
  textOctets,
  uint16Octets,
  uint32Octets,
  uint8Octets,
} from './option-value.js';
import {
  BOOTREPLY,
  CLIENT_PORT,
  FLAG_BROADCAST,
  MESSAGE_TYPES,
  NO_ADDRESS,
  SERVER_PORT,
  type Dhcp4Packet,
  type MessageType,
  type Octets,
  type Options4,
} from './packet.js';
import type { Dhcp4Arrival, Dhcp4Destination } from './question.js';

/** What every host must take (RFC 2131 §2), and what a frame of Ethernet carries; both with headers of IP and UDP. */
const DATAGRAM_BYTES_MIN = 576;
const DATAGRAM_BYTES_MAX = 1500;
const HEADERS_BYTES = 28;
/** The fixed fields and the cookie. */
const FIXED_BYTES = 240;
/** What option 52 wins back: `file` and `sname`, an end mark in each. */
const FILE_ROOM = 127;
const SNAME_ROOM = 63;
/** Left out in this order when a client takes short messages only: none of them keeps it from working. */
const DISPENSABLE = [
  OPTION.domainSearch,
  OPTION.timeServers,
  OPTION.broadcastAddress,
  OPTION.interfaceMtu,
  OPTION.microsoftRoutes,
  OPTION.tftpServerName,
  OPTION.hostName,
  OPTION.domainName,
];

/** Bytes that a message to this client may take, headers not counted (RFC 2132 §9.10). */
export function bytesMax(packet: Dhcp4Packet): number {
  const said = readUint16(packet.options[OPTION.maximumSize]) ?? DATAGRAM_BYTES_MIN;
  return Math.min(Math.max(said, DATAGRAM_BYTES_MIN), DATAGRAM_BYTES_MAX) - HEADERS_BYTES;
}

/**
 * The address we go by towards this client: the one that the relay prescribes (RFC 5107), or ours that lies in the
 * client's subnet, or the first of the interface.
 */
export function serverAddress(packet: Dhcp4Packet, arrival: Dhcp4Arrival, place: Place | null): string {
  if (packet.giaddr !== NO_ADDRESS) {
    const override = readAddress(readSuboptions(packet.options[OPTION.relayAgent])?.get(RELAY.serverOverride));
    if (override !== null) return override;
  } else if (place && arrival.local.length > 1) {
    const subnet = prefixValue(place.subnet.cidr);
    for (const address of arrival.local) {
      const own = prefixValue(`${address}/${subnet?.length ?? 32}`);
      if (own && subnet && own.prefix === subnet.prefix) return address;
    }
  }
  return arrival.local[0] ?? NO_ADDRESS;
}

/** Options that are the same for all clients of a subnet. */
interface SubnetOptions {
  readonly always: Readonly<Options4>;
  /** Only for those that ask. */
  readonly asked: readonly (readonly [code: number, octets: Octets])[];
}

const SUBNET_OPTIONS = new WeakMap<
  Place['subnet'],
  { readonly of: Place['network']; readonly options: SubnetOptions }
>();

function subnetOptions({ network, subnet }: Place): SubnetOptions {
  const known = SUBNET_OPTIONS.get(subnet);
  if (known?.of === network) return known.options;
  const always: Options4 = {};
  const asked: [number, Octets][] = [];
  const prefix = prefixValue(subnet.cidr);
  if (prefix && typeof prefix.prefix === 'number') {
    const hosts = 2 ** (32 - prefix.length);
    always[OPTION.subnetMask] = addressOctets(addressText(2 ** 32 - hosts));
    if (prefix.length < 31)
      always[OPTION.broadcastAddress] = addressOctets(addressText((prefix.prefix + 1) * hosts - 1));
  }
  const put = (code: number, octets: Octets | null) => {
    if (octets) always[code] = octets;
  };
  const ask = (code: number, octets: Octets | null) => {
    if (octets) asked.push([code, octets]);
  };
  if (subnet.router) put(OPTION.router, addressOctets(subnet.router));
  put(OPTION.nameServers, addressListOctets(network.nameServers));
  if (network.domain) {
    put(OPTION.domainName, textOctets(network.domain));
    ask(OPTION.domainSearch, domainsOctets([network.domain]));
  }
  ask(OPTION.timeServers, addressListOctets(network.timeServers));
  if (network.mtu !== undefined) ask(OPTION.interfaceMtu, uint16Octets(network.mtu));
  if (subnet.routes.length > 0) {
    // A client that takes option 121 ignores option 3 (RFC 3442), so the default route stands there too.
    const all = subnet.router ? [...subnet.routes, { destination: '0.0.0.0/0', via: subnet.router }] : subnet.routes;
    ask(OPTION.classlessRoutes, routesOctets(all));
    ask(OPTION.microsoftRoutes, routesOctets(all));
  }
  const options = { always, asked };
  SUBNET_OPTIONS.set(subnet, { of: network, options });
  return options;
}

/** The octets of one message type, made once. */
const TYPE_OCTETS = new Map<MessageType, Octets>(MESSAGE_TYPES.map((type, code) => [type, uint8Octets(code)]));

export interface Grant extends Place {
  readonly machine: ViewMachine | null;
  /** Null where no address is given: an answer to INFORM. */
  readonly lease: { readonly address: string; readonly seconds: number } | null;
  /** Told where the network names no server; null or absent: we serve no names. */
  readonly nameServer?: string | null;
}

/** An OFFER or an ACK. */
export function positiveReply(
  packet: Dhcp4Packet,
  type: 'OFFER' | 'ACK',
  server: string,
  grant: Grant,
  boot: BootFields | null,
): Dhcp4Packet {
  const { always, asked } = subnetOptions(grant);
  const options: Options4 = { ...always };
  const list = packet.options[OPTION.parameterList];
  if (list) for (const [code, octets] of asked) if (list.includes(code)) options[code] = octets;
  if (grant.nameServer && grant.network.nameServers.length === 0)
    options[OPTION.nameServers] = addressOctets(grant.nameServer);
  if (grant.machine) {
    const dot = grant.machine.name.indexOf('.');
    options[OPTION.hostName] = textOctets(dot < 0 ? grant.machine.name : grant.machine.name.slice(0, dot));
    if (dot > 0) options[OPTION.domainName] = textOctets(grant.machine.name.slice(dot + 1));
  }
  if (grant.lease) {
    const { seconds } = grant.lease;
    options[OPTION.leaseTime] = uint32Octets(seconds);
    // Half, and seven eighths (RFC 2131 §4.4.5).
    options[OPTION.renewalTime] = uint32Octets(seconds >>> 1);
    options[OPTION.rebindingTime] = uint32Octets(seconds - (seconds >>> 3));
  }
  options[OPTION.messageType] = TYPE_OCTETS.get(type) as Octets;
  options[OPTION.serverIdentifier] = addressOctets(server);
  if (boot) Object.assign(options, boot.options);
  echo(packet, options);
  leaveOut(options, bytesMax(packet), boot?.file !== undefined && boot.file !== '');
  return {
    op: BOOTREPLY,
    htype: packet.htype,
    hops: 0,
    xid: packet.xid,
    secs: 0,
    flags: packet.flags,
    // RFC 2131 table 3: ACK repeats it, OFFER has none.
    ciaddr: type === 'ACK' ? packet.ciaddr : NO_ADDRESS,
    yiaddr: grant.lease?.address ?? NO_ADDRESS,
    siaddr: boot?.siaddr ?? NO_ADDRESS,
    giaddr: packet.giaddr,
    chaddr: packet.chaddr,
    sname: '',
    file: boot?.file ?? '',
    options,
  };
}

/** RFC 2131 §4.3.2; with giaddr the relay must broadcast it, since the client's address is wrong. */
export function nakReply(packet: Dhcp4Packet, server: string, message: string): Dhcp4Packet {
  const options: Options4 = {
    [OPTION.messageType]: TYPE_OCTETS.get('NAK') as Octets,
    [OPTION.serverIdentifier]: addressOctets(server),
    [OPTION.message]: textOctets(message),
  };
  echo(packet, options);
  return {
    op: BOOTREPLY,
    htype: packet.htype,
    hops: 0,
    xid: packet.xid,
    secs: 0,
    flags: packet.giaddr === NO_ADDRESS ? packet.flags : packet.flags | FLAG_BROADCAST,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: packet.giaddr,
    chaddr: packet.chaddr,
    sname: '',
    file: '',
    options,
  };
}

/** What goes back as it came: the relay's information (RFC 3046 §2.2), the client's identifier (RFC 6842), its
 * subnet selection (RFC 3011). */
export function echo(packet: Dhcp4Packet, options: Options4): void {
  for (const code of [OPTION.clientIdentifier, OPTION.relayAgent, OPTION.subnetSelection]) {
    const octets = packet.options[code];
    if (octets) options[code] = octets;
  }
}

function leaveOut(options: Options4, bytes: number, fileIsTaken: boolean): void {
  const room = bytes + SNAME_ROOM + (fileIsTaken ? 0 : FILE_ROOM);
  let size = sizeOf(options);
  for (const code of DISPENSABLE) {
    if (size <= room) return;
    size -= bytesOf(options[code]);
    delete options[code];
  }
}

/** Bytes of a message with these options, their codes, lengths and the end mark counted. */
function sizeOf(options: Options4): number {
  let bytes = FIXED_BYTES + 1;
  for (const code in options) bytes += bytesOf(options[code]);
  return bytes;
}

/** One piece holds 255 bytes (RFC 3396); most options take one. */
function bytesOf(octets: Octets | undefined): number {
  if (octets === undefined) return 0;
  const { length } = octets;
  return length <= 255 ? length + 2 : length + 2 * Math.ceil(length / 255);
}

/** RFC 2131 §4.1, and for the relay's port RFC 8357. `to` is the address that the client will have. */
export function destination(packet: Dhcp4Packet, arrival: Dhcp4Arrival, to: string | null): Dhcp4Destination {
  if (packet.giaddr !== NO_ADDRESS) {
    const ownPort = readSuboptions(packet.options[OPTION.relayAgent])?.has(RELAY.sourcePort);
    return { kind: 'relay', address: packet.giaddr, port: ownPort ? arrival.fromPort : SERVER_PORT };
  }
  if (to === null) return { kind: 'broadcast' };
  if (packet.ciaddr !== NO_ADDRESS) return { kind: 'unicast', address: packet.ciaddr, port: CLIENT_PORT };
  if ((packet.flags & FLAG_BROADCAST) !== 0) return { kind: 'broadcast' };
  return { kind: 'link', address: to, mac: packet.chaddr };
}

/** What an address is given for: the wish of the client where it is shorter than ours (RFC 2131 §4.3.1). */
export function leaseSeconds({ network, reserved }: Choice, wished: number | null): number {
  const ours = reserved ? network.reservedLeaseSeconds : network.poolLeaseSeconds;
  return wished === null ? ours : Math.min(ours, Math.max(wished, LEASE_SECONDS_MIN));
}

/** Nobody gets less, lest a client keep us busy with renewals. */
const LEASE_SECONDS_MIN = 60;
