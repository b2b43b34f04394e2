/**
 * A DHCPv4 message as the engine sees it (RFC 2131 §2): options joined (RFC 3396), those that stood in `sname` and `file`
 * taken out (RFC 2132 §9.3), paddings gone. Reading and writing bytes is the business of the codec in netio.
 */

/** The content of an option. */
export type Octets = readonly number[];

/** Options by code, 1 to 254. */
export type Options4 = Record<number, Octets>;

export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;
/** Hardware type of Ethernet (RFC 1700). */
export const HTYPE_ETHERNET = 1;
/** The client cannot hear unicast before it has its address (RFC 2131 §2, figure 2). */
export const FLAG_BROADCAST = 0x8000;
export const NO_ADDRESS = '0.0.0.0';
/** Ports of RFC 2131 §4.1, and of PXE 2.1 §2.2.5 for proxies. */
export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;
export const PROXY_PORT = 4011;

export interface Dhcp4Packet {
  readonly op: number;
  readonly htype: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  /** Dotted quads; `0.0.0.0` for none. */
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  /** Hardware address in lower case with colons; at most 16 bytes, empty where the link has none to tell (RFC 4390). */
  readonly chaddr: string;
  readonly sname: string;
  readonly file: string;
  readonly options: Readonly<Options4>;
}

/** RFC 2132 §9.6. */
export const MESSAGE_TYPES = [
  'BOOTP',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Type of a message; `BOOTP` for one without option 53, null for a type that has no meaning here. */
export function messageType(packet: Dhcp4Packet): MessageType | null {
  const option = packet.options[53];
  if (option === undefined) return 'BOOTP';
  const code = option.length === 1 ? (option[0] as number) : 0;
  return code === 0 ? null : (MESSAGE_TYPES[code] ?? null);
}
