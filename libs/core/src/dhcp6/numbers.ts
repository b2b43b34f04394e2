/** Numbers of DHCPv6 with the document that gives them. Only those that Anneal reads or writes are named. */

/** RFC 8415 §7.3. */
export const MESSAGE6 = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  reconfigure: 10,
  informationRequest: 11,
  relayForward: 12,
  relayReply: 13,
} as const;

/** RFC 8415 §21 where nothing else is said. */
export const OPTION6 = {
  clientId: 1,
  serverId: 2,
  iaNa: 3,
  iaTa: 4,
  iaAddress: 5,
  optionRequest: 6,
  preference: 7,
  elapsedTime: 8,
  relayMessage: 9,
  serverUnicast: 12,
  status: 13,
  rapidCommit: 14,
  userClass: 15,
  vendorClass: 16,
  interfaceId: 18,
  /** RFC 3646 §3. */
  nameServers: 23,
  /** RFC 3646 §4. */
  domainSearch: 24,
  iaPd: 25,
  iaPrefix: 26,
  /** RFC 4075: older clients, and systemd, still ask for it. */
  sntpServers: 31,
  informationRefresh: 32,
  /** RFC 4704. */
  clientName: 39,
  /** RFC 5908. */
  ntpServers: 56,
  /** RFC 5970 §3.1. */
  bootFileUrl: 59,
  /** RFC 5970 §3.2. */
  bootFileParams: 60,
  /** RFC 5970 §3.3; the values are those of RFC 4578 §2.1. */
  architecture: 61,
  /** RFC 5970 §3.4. */
  networkInterface: 62,
  /** RFC 6939. */
  clientLinkLayer: 79,
  /** RFC 8357. */
  relaySourcePort: 135,
} as const;

/** RFC 8415 §21.13. */
export const STATUS6 = {
  success: 0,
  unspecified: 1,
  noAddresses: 2,
  noBinding: 3,
  notOnLink: 4,
  useMulticast: 5,
  noPrefixes: 6,
} as const;

export const DHCP6_CLIENT_PORT = 546;
export const DHCP6_SERVER_PORT = 547;
/** RFC 8415 §7.1: relays and servers of one link. */
export const ALL_RELAYS_AND_SERVERS = 'ff02::1:2';
/** RFC 8415 §7.1: servers of one site; relays send here when they know no better. */
export const ALL_SERVERS = 'ff05::1:3';
/** RFC 8415 §7.6: a message that came through more relays is dropped. */
export const RELAY_HOPS_MAX = 8;
/** No message is longer: what fits a UDP datagram. */
export const MESSAGE6_BYTES_MAX = 65_527;
