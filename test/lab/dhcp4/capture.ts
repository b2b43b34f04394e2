import { messageType } from '#core';
import { decodePacket4, isMalformed4 } from '#netio';

export interface Ack {
  readonly address: string;
  readonly mac: string;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Ethernet, IPv4 without options, UDP. */
const FRAME_HEADERS = 42;

/** All addresses that were acknowledged, out of a capture of Ethernet frames as tcpdump writes it. */
export function acksIn(pcap: Buffer): readonly Ack[] {
  const acks: Ack[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= pcap.length;) {
    const length = pcap.readUInt32LE(at + 8);
    const packet = decodePacket4(pcap.subarray(at + RECORD_HEADER + FRAME_HEADERS, at + RECORD_HEADER + length));
    if (!isMalformed4(packet) && messageType(packet) === 'ACK')
      acks.push({ address: packet.yiaddr, mac: packet.chaddr });
    at += RECORD_HEADER + length;
  }
  return acks;
}
