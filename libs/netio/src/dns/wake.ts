import koffi from 'koffi';
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SocketCallError } from '../socket/native.js';

/**
 * How a thread waits for datagrams and for its owner at the same time: the owner pokes an eventfd, the thread polls it
 * beside its sockets. No timer is needed to see what is new.
 */

type Call = (...args: unknown[]) => number;
let loaded: { readonly eventfd: Call; readonly write: Call; readonly read: Call; readonly poll: Call } | null = null;
const libc = (): NonNullable<typeof loaded> => {
  if (loaded) return loaded;
  const library = koffi.load(null);
  const declare = (prototype: string): Call => library.func(prototype) as unknown as Call;
  return (loaded = {
    eventfd: declare('int eventfd(unsigned int initial, int flags)'),
    write: declare('long write(int fd, const void *data, unsigned long length)'),
    read: declare('long read(int fd, void *data, unsigned long length)'),
    poll: declare('int poll(void *descriptors, unsigned long count, int timeout)'),
  });
};

export const openWake = (): number => {
  const descriptor = libc().eventfd(0, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) throw new SocketCallError('open an eventfd', koffi.errno());
  return descriptor;
};

const ONE = Buffer.from(new BigUint64Array([1n]).buffer);
export const poke = (descriptor: number): void => {
  libc().write(descriptor, ONE, ONE.length);
};

/** struct pollfd: fd, events, revents. */
const POLL_OCTETS = 8;
const POLLIN = 1;

export class Waiter {
  private readonly descriptors: Int32Array;
  private readonly taken = Buffer.alloc(8);

  constructor(
    private readonly wake: number,
    sockets: readonly number[],
  ) {
    this.descriptors = new Int32Array(((sockets.length + 1) * POLL_OCTETS) / 4);
    for (const [index, descriptor] of [wake, ...sockets].entries()) {
      this.descriptors[index * 2] = descriptor;
      new Int16Array(this.descriptors.buffer)[index * 4 + 2] = POLLIN;
    }
  }

  /** Waits until something can be read. Returns whether the owner has poked, which is taken note of thereby. */
  wait(timeoutMs: number): boolean {
    libc().poll(Buffer.from(this.descriptors.buffer), this.descriptors.length / 2, timeoutMs);
    return this.poked();
  }

  /** Whether the owner has poked since the last look. */
  poked(): boolean {
    return libc().read(this.wake, this.taken, this.taken.length) > 0;
  }
}
