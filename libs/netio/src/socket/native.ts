import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

/**
 * The socket calls of the C library that Node has no door to: binding to an interface, frames with our own addresses in
 * them, raw protocols. Linux only. Nothing here knows a protocol; whoever opens a descriptor closes it.
 */

/** Numbers of linux/socket.h, in.h and if_packet.h that are the same on all architectures Anneal runs on. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
/** Closed in children, and never blocking. */
export const SOCK_CLOEXEC = 0o2000000;
export const SOCK_NONBLOCK = 0o4000;
export const IPPROTO_IPV6 = 41;
export const IPPROTO_ICMPV6 = 58;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_BROADCAST = 6;
const SO_BINDTODEVICE = 25;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const IPV6_V6ONLY = 26;
/** Length of an interface name, its end included (IFNAMSIZ). */
const INTERFACE_NAME_MAX = 16;

/** A socket call that the kernel refused, with what was tried in words. */
export class SocketCallError extends Error {
  override readonly name = 'SocketCallError';
  readonly code: string;

  constructor(tried: string, errno: number) {
    const code = errno === 0 ? 'UNKNOWN' : getSystemErrorName(-errno);
    super(`${tried}: ${code}`);
    this.code = code;
  }
}

type Call = (...args: unknown[]) => number;

let loaded: Record<'socket' | 'setsockopt' | 'bind' | 'close' | 'sendto' | 'if_nametoindex' | 'flock', Call> | null =
  null;

/** Declared at first use, so that a process that opens no such socket does not load the native module's calls. */
function libc(): NonNullable<typeof loaded> {
  if (loaded) return loaded;
  const library = koffi.load(null);
  const declare = (prototype: string): Call => library.func(prototype) as unknown as Call;
  loaded = {
    socket: declare('int socket(int domain, int type, int protocol)'),
    setsockopt: declare('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    bind: declare('int bind(int fd, const void *address, uint32_t length)'),
    close: declare('int close(int fd)'),
    sendto: declare(
      'intptr_t sendto(int fd, const void *data, size_t length, int flags, const void *to, uint32_t toLength)',
    ),
    flock: declare('int flock(int fd, int operation)'),
    if_nametoindex: declare('unsigned int if_nametoindex(const char *name)'),
  };
  return loaded;
}

export function openSocket(domain: number, type: number, protocol: number): number {
  const descriptor = libc().socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (descriptor < 0) throw new SocketCallError('open a socket', koffi.errno());
  return descriptor;
}

export function setOption(descriptor: number, level: number, option: number, value: number | Buffer): void {
  let bytes: Buffer;
  if (typeof value === 'number') {
    bytes = Buffer.alloc(4);
    bytes[nativeIsLittleEndian ? 'writeInt32LE' : 'writeInt32BE'](value);
  } else bytes = value;
  if (libc().setsockopt(descriptor, level, option, bytes, bytes.length) < 0)
    throw new SocketCallError(`set option ${option} of a socket`, koffi.errno());
}

/** Lets the socket hear and speak on this interface alone; needs CAP_NET_RAW. */
export function bindToInterface(descriptor: number, name: string): void {
  if (Buffer.byteLength(name) >= INTERFACE_NAME_MAX) throw new Error(`"${name}" is no name of an interface`);
  if (libc().setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${name}\0`), name.length + 1) < 0)
    throw new SocketCallError(`bind a socket to interface ${name}`, koffi.errno());
}

export const allowReuse = (descriptor: number): void => setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
export const allowBroadcast = (descriptor: number): void => setOption(descriptor, SOL_SOCKET, SO_BROADCAST, 1);
export const onlyIpv6 = (descriptor: number): void => setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);

/** Room for packets that wait to be read, in bytes; as much as the kernel grants where we may not insist. */
export function setReceiveBuffer(descriptor: number, bytes: number): void {
  try {
    setOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  } catch {
    setOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
  }
}

/** `address` is a sockaddr in its native layout. */
export function bindSocket(descriptor: number, address: Buffer, what: string): void {
  if (libc().bind(descriptor, address, address.length) < 0) throw new SocketCallError(`bind to ${what}`, koffi.errno());
}

/** Sends at once or not at all; returns whether the kernel took it. `to` is a sockaddr in its native layout. */
export function sendNow(descriptor: number, data: Buffer, length: number, to: Buffer): boolean {
  if (libc().sendto(descriptor, data, length, 0, to, to.length) >= 0) return true;
  const errno = koffi.errno();
  if (TRANSIENT.has(errno)) return false;
  throw new SocketCallError('send a frame', errno);
}

/** The interface is down, or its queue is full: the next one may pass. */
const TRANSIENT: ReadonlySet<number> = new Set([
  constants.errno.EAGAIN,
  constants.errno.ENOBUFS,
  constants.errno.ENETDOWN,
  constants.errno.ENXIO,
  constants.errno.ENODEV,
]);

export function closeSocket(descriptor: number): void {
  libc().close(descriptor);
}

/** The kernel's number of an interface in this network namespace. */
export function interfaceIndex(name: string): number {
  const index = libc().if_nametoindex(name);
  if (index === 0) throw new SocketCallError(`find interface ${name}`, koffi.errno());
  return index;
}

const nativeIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A 16-bit number in the order of this machine, as sockaddr families are kept. */
export function writeNativeUint16(target: Buffer, value: number, offset: number): void {
  if (nativeIsLittleEndian) target.writeUInt16LE(value, offset);
  else target.writeUInt16BE(value, offset);
}

export function writeNativeInt32(target: Buffer, value: number, offset: number): void {
  if (nativeIsLittleEndian) target.writeInt32LE(value, offset);
  else target.writeInt32BE(value, offset);
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes a lock that lasts as long as the descriptor is open; false when somebody else has it. */
export const lockExclusively = (descriptor: number): boolean => libc().flock(descriptor, LOCK_EX | LOCK_NB) === 0;
