import koffi from 'koffi';
import {
  AF_INET,
  AF_INET6,
  bindSocket,
  closeSocket,
  onlyIpv6,
  openSocket,
  setOption,
  setReceiveBuffer,
  SOCK_DGRAM,
  writeNativeUint16,
} from '../socket/native.js';
import { addressValue } from '#core';
import type { ClientKey } from './client.js';
import { BATCH, RECEIVE_BUFFER_BYTES, REQUEST_BYTES_MAX, UDP_PAYLOAD_MAX } from './limits.js';

/**
 * A UDP socket that takes in and sends out many datagrams with one system call each (recvmmsg, sendmmsg). The structures
 * of the kernel lie in memory of our own, laid out once: on the way of a datagram nothing is allocated. Linux with 64-bit
 * pointers alone; the offsets below are those of its headers.
 */

const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

/** struct mmsghdr: msg_name 0, msg_namelen 8, msg_iov 16, msg_iovlen 24, msg_flags 48, msg_len 56. */
const HEADER = 64;
const HEADER_WORDS = HEADER / 4;
const VECTOR = 16;
/** Room for struct sockaddr_in6. */
const NAME = 32;
const NAME_LENGTH = 28;
/** A reply, and what an unlikely writer might put beyond it. */
const REPLY = UDP_PAYLOAD_MAX + 816;

type Call = (...args: unknown[]) => number;
let loaded: { readonly recvmmsg: Call; readonly sendmmsg: Call; readonly getsockname: Call } | null = null;
const libc = (): NonNullable<typeof loaded> => {
  if (loaded) return loaded;
  const library = koffi.load(null);
  const declare = (prototype: string): Call => library.func(prototype) as unknown as Call;
  return (loaded = {
    recvmmsg: declare('int recvmmsg(int fd, void *headers, unsigned int count, int flags, void *timeout)'),
    sendmmsg: declare('int sendmmsg(int fd, void *headers, unsigned int count, int flags)'),
    getsockname: declare('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint32_t *length)'),
  });
};

/** Answers one datagram: writes the reply at `outAt` and returns its length, 0 for none. */
export type AnswerDatagram = (
  bytes: Uint8Array,
  begin: number,
  end: number,
  client: ClientKey,
  out: Uint8Array,
  outAt: number,
  /** Where the sender's sockaddr begins in `bytes`, for an answer later. */
  nameAt: number,
) => number;

/** Octets of the sockaddr at `nameAt`. */
export const nameLengthAt = (bytes: Uint8Array, nameAt: number): number =>
  (bytes[nameAt] as number) + (bytes[nameAt + 1] as number) === AF_INET6 ? NAME_LENGTH : 16;

export class BatchSocket {
  readonly descriptor: number;
  readonly port: number;
  private readonly memory: unknown;
  private readonly bytes: Uint8Array;
  private readonly buffer: Buffer;
  private readonly words: Uint32Array;
  private readonly v6 = new Map<string, string>();
  private readonly sendHeaders: bigint;

  constructor(address: string, port: number, { shared }: { readonly shared: boolean }) {
    const v6 = address.includes(':');
    this.descriptor = openSocket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
    try {
      if (v6) onlyIpv6(this.descriptor);
      if (shared) setOption(this.descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
      setReceiveBuffer(this.descriptor, RECEIVE_BUFFER_BYTES);
      bindSocket(this.descriptor, sockaddrOf(address, port), `${address} port ${port} for DNS`);
      const bound = Buffer.alloc(NAME_LENGTH);
      libc().getsockname(this.descriptor, bound, [NAME_LENGTH]);
      this.port = bound.readUInt16BE(2);
    } catch (error) {
      closeSocket(this.descriptor);
      throw error;
    }
    this.memory = koffi.alloc('uint8_t', TOTAL);
    const base = koffi.address(this.memory);
    const view = koffi.view(this.memory, TOTAL);
    this.bytes = new Uint8Array(view).fill(0);
    this.buffer = Buffer.from(view);
    this.words = new Uint32Array(view);
    this.sendHeaders = base + BigInt(SEND);
    this.layOut(new BigUint64Array(view), base);
  }

  /**
   * Takes in what waits, up to a batch, and sends the answers. Returns how many were taken in; a full batch means that
   * more may wait.
   */
  turn(answer: AnswerDatagram): number {
    const { bytes, words } = this;
    const count = libc().recvmmsg(this.descriptor, this.memory, BATCH, MSG_DONTWAIT, null);
    // Nothing waits, or an earlier datagram came back (ECONNREFUSED): both are no news.
    if (count <= 0) return 0;
    let replies = 0;
    for (let slot = 0; slot < count; slot += 1) {
      const header = (slot * HEADER) / 4;
      const length = words[header + 14] as number;
      const truncated = ((words[header + 12] as number) & MSG_TRUNC) !== 0;
      words[header + 2] = NAME_LENGTH;
      const name = NAMES + slot * NAME;
      const fromPort = ((bytes[name + 2] as number) << 8) | (bytes[name + 3] as number);
      if (truncated || fromPort === 0) continue;
      const begin = REQUESTS + slot * REQUEST_BYTES_MAX;
      const outAt = REPLIES + slot * REPLY;
      const replied = answer(bytes, begin, begin + length, this.clientAt(name), bytes, outAt, name);
      if (replied > 0) {
        this.queue(replies, slot, replied);
        replies += 1;
      }
    }
    this.send(replies);
    return count;
  }

  close(): void {
    closeSocket(this.descriptor);
    koffi.free(this.memory);
  }

  private send(count: number): void {
    let sent = 0;
    while (sent < count) {
      const taken = libc().sendmmsg(
        this.descriptor,
        this.sendHeaders + BigInt(sent * HEADER),
        count - sent,
        MSG_DONTWAIT,
      );
      // One that cannot be sent is left out, and the rest goes on; whoever waits for it asks again.
      sent += taken > 0 ? taken : 1;
    }
  }

  /** Makes header `at` of those to send the reply of a slot, to whom its request came from. Pointers are copied as words. */
  private queue(at: number, slot: number, length: number): void {
    const { words } = this;
    const to = SEND / 4 + at * HEADER_WORDS;
    const from = slot * HEADER_WORDS;
    words[to] = words[from] as number;
    words[to + 1] = words[from + 1] as number;
    words[to + 2] = nameLengthAt(this.bytes, NAMES + slot * NAME);
    const vector = (SEND_VECTORS + slot * VECTOR) / 4;
    words[to + 4] = words[POINTERS / 4 + slot * 2] as number;
    words[to + 5] = words[POINTERS / 4 + slot * 2 + 1] as number;
    words[vector + 2] = length;
  }

  private clientAt(name: number): ClientKey {
    const { bytes } = this;
    if ((bytes[name] as number) + (bytes[name + 1] as number) === AF_INET)
      return (
        (((bytes[name + 4] as number) << 24) |
          ((bytes[name + 5] as number) << 16) |
          ((bytes[name + 6] as number) << 8) |
          (bytes[name + 7] as number)) >>>
        0
      );
    const raw = this.buffer.toString('latin1', name + 8, name + 24);
    let text = this.v6.get(raw);
    if (text === undefined) {
      if (this.v6.size > V6_TEXTS_MAX) this.v6.clear();
      text = textOfV6(bytes.subarray(name + 8, name + 24));
      this.v6.set(raw, text);
    }
    return text;
  }

  private layOut(pointers: BigUint64Array, base: bigint): void {
    for (let slot = 0; slot < BATCH; slot += 1) {
      const receive = (slot * HEADER) / 8;
      pointers[receive] = base + BigInt(NAMES + slot * NAME);
      this.words[receive * 2 + 2] = NAME_LENGTH;
      pointers[receive + 2] = base + BigInt(VECTORS + slot * VECTOR);
      pointers[receive + 3] = 1n;
      pointers[(VECTORS + slot * VECTOR) / 8] = base + BigInt(REQUESTS + slot * REQUEST_BYTES_MAX);
      pointers[(VECTORS + slot * VECTOR) / 8 + 1] = BigInt(REQUEST_BYTES_MAX);
      const send = (SEND + slot * HEADER) / 8;
      pointers[send + 3] = 1n;
      pointers[(SEND_VECTORS + slot * VECTOR) / 8] = base + BigInt(REPLIES + slot * REPLY);
      pointers[POINTERS / 8 + slot] = base + BigInt(SEND_VECTORS + slot * VECTOR);
    }
  }
}

/** Texts of IPv6 senders that are remembered, at the most. */
const V6_TEXTS_MAX = 16_384;

// Where the parts lie, in octets from the start: headers first, because recvmmsg is given the start itself.
const SEND = BATCH * HEADER;
const VECTORS = SEND + BATCH * HEADER;
const SEND_VECTORS = VECTORS + BATCH * VECTOR;
const POINTERS = SEND_VECTORS + BATCH * VECTOR;
const NAMES = POINTERS + BATCH * 8;
const REQUESTS = NAMES + BATCH * NAME;
const REPLIES = REQUESTS + BATCH * REQUEST_BYTES_MAX;
const TOTAL = REPLIES + BATCH * REPLY;

/** struct sockaddr_in or sockaddr_in6. */
const sockaddrOf = (address: string, port: number): Buffer => {
  const value = addressValue(address);
  if (value === null) throw new Error(`"${address}" is no address to listen on`);
  const name = Buffer.alloc(typeof value === 'number' ? 16 : NAME_LENGTH);
  writeNativeUint16(name, typeof value === 'number' ? AF_INET : AF_INET6, 0);
  name.writeUInt16BE(port, 2);
  if (typeof value === 'number') name.writeUInt32BE(value, 4);
  else name.write(value.toString(16).padStart(32, '0'), 8, 'hex');
  return name;
};

const textOfV6 = (octets: Uint8Array): string => {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((octets[at * 2] as number) << 8) | (octets[at * 2 + 1] as number)).toString(16),
  );
  return groups.join(':');
};
