/** DHCPv6: messages, and the answers of a server. Sockets are the affair of netio. */
export {
  formatAddress6,
  hexOf,
  isLinkLocal6,
  parseAddress6,
  parsePrefix6,
  samePrefix6,
  type Prefix6,
} from './address.js';
export { answer6 } from './answer.js';
export { decodeMessage6, isMalformed6, type Malformed6 } from './decode.js';
export { makeUuidDuid } from './duid.js';
export { encodeMessage6 } from './encode.js';
export {
  SILENCE6,
  type About6,
  type Answer6,
  type Arrival6,
  type NoReply6,
  type Reply6,
  type Silence6,
  type World6,
} from './exchange.js';
export { optionOf, type ClientMessage6, type Message6, type Option6, type RelayMessage6 } from './message.js';
export {
  ALL_RELAYS_AND_SERVERS,
  ALL_SERVERS,
  DHCP6_CLIENT_PORT,
  DHCP6_SERVER_PORT,
  MESSAGE6,
  OPTION6,
  STATUS6,
} from './numbers.js';
