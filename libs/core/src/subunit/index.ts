export { SubunitDecoder, type SubunitItem } from './decoder.js';
export { encodePacket } from './encode.js';
export { PACKET_BYTES_MAX, SUBUNIT_STATUSES, type SubunitPacket, type SubunitStatus } from './packet.js';
export type { PacketFaultCode } from './read-packet.js';
