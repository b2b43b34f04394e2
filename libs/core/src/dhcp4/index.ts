/** DHCPv4: messages, and the answers of a server. Bytes and sockets are the affair of netio. */
export { DECLINED_MS, OFFER_HOLD_MS, answerDhcp4 } from './answer.js';
export { macOf } from './client.js';
export { OPTION as OPTION4, OPTION_KINDS, optionKind, type OptionKind, type OptionShape } from './option-table.js';
export {
  addressOctets,
  readAddress,
  readSuboptions,
  readText,
  readUint16,
  readUint32,
  textOctets,
  uint16Octets,
  uint32Octets,
} from './option-value.js';
export {
  BOOTREPLY,
  BOOTREQUEST,
  CLIENT_PORT as DHCP4_CLIENT_PORT,
  FLAG_BROADCAST,
  HTYPE_ETHERNET,
  MESSAGE_TYPES,
  NO_ADDRESS as NO_ADDRESS4,
  PROXY_PORT as PROXY_DHCP4_PORT,
  SERVER_PORT as DHCP4_SERVER_PORT,
  messageType,
  type Dhcp4Packet,
  type MessageType,
  type Octets,
  type Options4,
} from './packet.js';
export type { Dhcp4Answer, Dhcp4Arrival, Dhcp4Destination, Dhcp4Sources, Dhcp4View } from './question.js';
export { SILENCE_REASONS, type SilenceReason } from './silence.js';
export { answeredWith, askedOf, reasonsOf } from './summary.js';
