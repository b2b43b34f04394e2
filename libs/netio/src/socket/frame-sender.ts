import {
  AF_PACKET,
  SOCK_RAW,
  closeSocket,
  interfaceIndex,
  openSocket,
  sendNow,
  writeNativeInt32,
  writeNativeUint16,
} from './native.js';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const UDP_BYTES = 8;
const HEADER_BYTES = ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES;
/** Payload of the largest frame that any Ethernet carries. */
const PAYLOAD_BYTES_MAX = 1500 - IPV4_BYTES - UDP_BYTES;
const PROTOCOL_UDP = 17;
const HOPS = 64;

export interface Udp4Frame {
  /** Bytes of the hardware address of whom it is for. */
  readonly toMac: ArrayLike<number>;
  /** Dotted quads. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly payload: Uint8Array;
}

/**
 * Sends UDP to a machine that has no address yet, and so answers no ARP (RFC 2131 §4.1): as an Ethernet frame that names
 * its hardware address. One buffer serves all frames, since the kernel copies it before the call returns.
 */
export class FrameSender {
  private readonly descriptor: number;
  private readonly link: Buffer;
  private readonly frame = Buffer.alloc(HEADER_BYTES + PAYLOAD_BYTES_MAX);
  private identification = 0;
  private closed = false;

  /** `mac`: the interface's own hardware address. Needs CAP_NET_RAW. */
  constructor(interfaceName: string, mac: ArrayLike<number>) {
    // Protocol 0: it hears nothing.
    this.descriptor = openSocket(AF_PACKET, SOCK_RAW, 0);
    this.link = Buffer.alloc(20);
    writeNativeUint16(this.link, AF_PACKET, 0);
    this.link.writeUInt16BE(ETHERTYPE_IPV4, 2);
    try {
      writeNativeInt32(this.link, interfaceIndex(interfaceName), 4);
    } catch (error) {
      closeSocket(this.descriptor);
      throw error;
    }
    this.link[11] = 6;
    const { frame } = this;
    for (let at = 0; at < 6; at += 1) frame[6 + at] = mac[at] as number;
    frame.writeUInt16BE(ETHERTYPE_IPV4, 12);
    frame[ETHERNET_BYTES] = 0x45;
    frame[ETHERNET_BYTES + 8] = HOPS;
    frame[ETHERNET_BYTES + 9] = PROTOCOL_UDP;
  }

  /** False when the frame is too long or the kernel had no room for it: send it some other way, or not at all. */
  send({ toMac, from, to, fromPort, toPort, payload }: Udp4Frame): boolean {
    if (this.closed || payload.length > PAYLOAD_BYTES_MAX || toMac.length < 6) return false;
    const { frame, link } = this;
    for (let at = 0; at < 6; at += 1) {
      frame[at] = toMac[at] as number;
      link[12 + at] = toMac[at] as number;
    }
    const ip = ETHERNET_BYTES;
    const udp = ip + IPV4_BYTES;
    const udpBytes = UDP_BYTES + payload.length;
    frame.writeUInt16BE(IPV4_BYTES + udpBytes, ip + 2);
    this.identification = (this.identification + 1) & 0xffff;
    frame.writeUInt16BE(this.identification, ip + 4);
    writeQuad(frame, from, ip + 12);
    writeQuad(frame, to, ip + 16);
    frame.writeUInt16BE(0, ip + 10);
    frame.writeUInt16BE(~fold(sum(frame, ip, udp)) & 0xffff, ip + 10);
    frame.writeUInt16BE(fromPort, udp);
    frame.writeUInt16BE(toPort, udp + 2);
    frame.writeUInt16BE(udpBytes, udp + 4);
    frame.writeUInt16BE(0, udp + 6);
    frame.set(payload, udp + UDP_BYTES);
    const end = udp + udpBytes;
    frame[end] = 0;
    // The pseudo header of RFC 768: both addresses, the protocol, the length.
    const checksum = ~fold(sum(frame, ip + 12, ip + 20) + PROTOCOL_UDP + udpBytes + sum(frame, udp, end)) & 0xffff;
    frame.writeUInt16BE(checksum === 0 ? 0xffff : checksum, udp + 6);
    return sendNow(this.descriptor, frame, end, link);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSocket(this.descriptor);
  }
}

function writeQuad(target: Buffer, quad: string, offset: number): void {
  let octet = 0;
  let at = offset;
  for (let index = 0; index < quad.length; index += 1) {
    const code = quad.charCodeAt(index);
    if (code === 46) {
      target[at++] = octet;
      octet = 0;
    } else octet = octet * 10 + code - 48;
  }
  target[at] = octet;
}

/** Sum of 16-bit words; a byte beyond an odd end counts as it stands, so it must be zero. */
function sum(bytes: Buffer, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += 2) total += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return total;
}

function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
