import { constants } from 'node:os';
import koffi from 'koffi';
import { ROUTER_SOLICITATION, formatAddress6 } from '#core';
import { sockaddrOf } from '../dhcp6/sockets.js';
import {
  AF_INET6,
  IPPROTO_ICMPV6,
  IPPROTO_IPV6,
  SOCK_RAW,
  SocketCallError,
  bindToInterface,
  closeSocket,
  interfaceIndex,
  openSocket,
  sendNow,
  setOption,
} from '../socket/native.js';

/**
 * A raw ICMPv6 socket on one interface that sends router advertisements and hears router solicitations. The kernel fills
 * in checksums and throws wrong ones away. A filter in the kernel lets nothing else pass, and nothing that has crossed a
 * router: its hop limit would be less than 255 (RFC 4861 §6.1.1). Linux only; needs root or CAP_NET_RAW.
 *
 * Node cannot wait for such a socket. It is looked into on a timer instead: answers are delayed by some hundred
 * milliseconds anyway (RFC 4861 §6.2.6), and a look that finds nothing is one system call.
 */

// linux/in6.h, icmpv6.h and filter.h.
const IPV6_UNICAST_HOPS = 16;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
const IPV6_ADD_MEMBERSHIP = 20;
const ICMPV6_FILTER = 1;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const MSG_DONTWAIT = 0x40;

/** RFC 4861 §6.1: what has crossed no router has this hop limit. */
const HOP_LIMIT = 255;
/** No solicitation is longer: its one option tells a link-layer address. */
const PACKET_BYTES_MAX = 256;
const SOCKADDR_BYTES = 28;

type Call = (...args: unknown[]) => number;
let loaded: { readonly recvfrom: Call; readonly attach: Call } | null = null;
const libc = (): NonNullable<typeof loaded> => {
  if (loaded) return loaded;
  const library = koffi.load(null);
  const declare = (prototype: string): Call => library.func(prototype) as unknown as Call;
  koffi.struct('anneal_sock_fprog', { length: 'uint16_t', program: 'void *' });
  return (loaded = {
    recvfrom: declare(
      'intptr_t recvfrom(int fd, _Out_ uint8_t *data, size_t length, int flags, _Out_ uint8_t *from, _Inout_ uint32_t *fromLength)',
    ),
    attach: declare('int setsockopt(int fd, int level, int name, const anneal_sock_fprog *value, uint32_t length)'),
  });
};

/** Classic BPF: load the hop limit, which is byte 7 of the IPv6 header; keep the packet if it is 255. */
const HOP_LIMIT_FILTER: readonly (readonly [code: number, yes: number, no: number, value: number])[] = [
  // SKF_NET_OFF, counted from the network header.
  [0x30, 0, 0, 0xfff0_0000 + 7],
  [0x15, 0, 1, HOP_LIMIT],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

export interface HeardIcmp6 {
  readonly packet: Uint8Array;
  /** Canonical text without zone. */
  readonly source: string;
}

export class Icmp6Socket {
  private readonly descriptor: number;
  private readonly index: number;
  private readonly packet = Buffer.alloc(PACKET_BYTES_MAX);
  private readonly from = Buffer.alloc(SOCKADDR_BYTES);
  private closed = false;

  constructor(interfaceName: string) {
    this.index = interfaceIndex(interfaceName);
    this.descriptor = openSocket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
    try {
      bindToInterface(this.descriptor, interfaceName);
      setOption(this.descriptor, IPPROTO_ICMPV6, ICMPV6_FILTER, onlySolicitations());
      this.attachHopLimitFilter();
      setOption(this.descriptor, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOP_LIMIT);
      setOption(this.descriptor, IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOP_LIMIT);
      setOption(this.descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, this.index);
      // Our own host is told by its own configuration what to do.
      setOption(this.descriptor, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
      this.joinAllRouters();
    } catch (error) {
      closeSocket(this.descriptor);
      throw error;
    }
  }

  /** False when the kernel did not take it: the interface is down, or its address is not ready yet. */
  send(packet: Uint8Array, to: string): boolean {
    if (this.closed) return false;
    try {
      return sendNow(this.descriptor, Buffer.from(packet), packet.length, sockaddrOf(to, 0, this.index));
    } catch (error) {
      if (error instanceof SocketCallError && NOT_NOW.has(error.code)) return false;
      throw error;
    }
  }

  /** The next packet that waits; null when none does. */
  receive(): HeardIcmp6 | null {
    if (this.closed) return null;
    const { packet, from } = this;
    const length = libc().recvfrom(this.descriptor, packet, packet.length, MSG_DONTWAIT, from, [SOCKADDR_BYTES]);
    // Nothing waits, or the interface went away: it is looked at again.
    if (length <= 0) return null;
    return { packet: Uint8Array.from(packet.subarray(0, length)), source: formatAddress6(from, 8) };
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSocket(this.descriptor);
  }

  private attachHopLimitFilter(): void {
    const program = Buffer.alloc(8 * HOP_LIMIT_FILTER.length);
    const native = new DataView(program.buffer, program.byteOffset, program.length);
    for (const [at, [code, yes, no, value]] of HOP_LIMIT_FILTER.entries()) {
      native.setUint16(8 * at, code, LITTLE_ENDIAN);
      native.setUint8(8 * at + 2, yes);
      native.setUint8(8 * at + 3, no);
      native.setUint32(8 * at + 4, value, LITTLE_ENDIAN);
    }
    // struct sock_fprog: a count, and where the program lies; 16 bytes with the gap between.
    const taken = libc().attach(
      this.descriptor,
      SOL_SOCKET,
      SO_ATTACH_FILTER,
      { length: HOP_LIMIT_FILTER.length, program },
      16,
    );
    if (taken < 0) throw new SocketCallError('filter solicitations by their hop limit', koffi.errno());
  }

  /** struct ipv6_mreq: the group, and the interface. */
  private joinAllRouters(): void {
    const request = Buffer.alloc(20);
    request.set([0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    new DataView(request.buffer, request.byteOffset).setInt32(16, this.index, LITTLE_ENDIAN);
    setOption(this.descriptor, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request);
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** struct icmp6_filter: 256 bits in words of the machine; one that is set blocks its type. */
function onlySolicitations(): Buffer {
  const filter = new Uint32Array(8).fill(0xffff_ffff);
  const word = ROUTER_SOLICITATION >> 5;
  filter[word] = (filter[word] as number) & ~(1 << (ROUTER_SOLICITATION & 31));
  return Buffer.from(filter.buffer);
}

const { errno } = constants;
/** The link-local address is still being tested (RFC 4862 §5.4), or there is no route yet. */
const NOT_NOW: ReadonlySet<string> = new Set(
  (['EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH', 'EPERM'] as const).filter((code) => errno[code] !== undefined),
);
