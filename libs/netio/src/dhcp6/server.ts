import type { Socket } from 'node:dgram';
import { NoPacketSink, type PacketSink } from '#app';
import { answer6, type Answer6, type Arrival6, type Reply6, type Silence6, type World6 } from '#core';
import type { LeaseJournal } from '../lease/journal.js';
import { localInterfaces } from '../socket/interfaces.js';
import { Backlog, type Waiting } from './backlog.js';
import { describeAnswer, describeQuestion, reasonsOf } from './describe.js';
import { openDhcp6Sockets, type Dhcp6Sockets } from './sockets.js';

/**
 * DHCPv6 on the wire: takes packets in, lets core decide, makes leases durable, and only then answers. It decides nothing
 * itself, except what to leave out when there is too much to do.
 */

export interface Dhcp6Interface {
  readonly name: string;
  /** The link of the networks that are on it; null where only relays are heard. */
  readonly link: string | null;
}

/** Where leases are made durable before a client hears of them. */
export type LeaseWriter = Pick<LeaseJournal, 'write' | 'waitedMs'>;

export interface Dhcp6ServerOptions {
  readonly interfaces: readonly Dhcp6Interface[];
  readonly world: Omit<World6, 'addresses'>;
  readonly leases: LeaseWriter;
  readonly sink?: PacketSink;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Told of what should not happen: a lease that cannot be written, a message that cannot be answered. It goes on. */
  readonly onTrouble?: (error: Error) => void;
  /** Another one than 547 in tests alone. */
  readonly port?: number;
}

export interface Dhcp6Counts {
  readonly received: number;
  readonly answered: number;
  /** By reason. */
  readonly silent: Readonly<Partial<Record<Silence6, number>>>;
}

interface Opened {
  readonly name: string;
  readonly link: string | null;
  readonly sockets: Dhcp6Sockets;
  world: World6;
}

interface From {
  readonly opened: Opened;
  readonly source: string;
  readonly port: number;
  readonly multicast: boolean;
}

/** A disk that is further behind makes clients ask again anyway (RFC 8415 §15): what comes then is not served. */
const DISK_BEHIND_MS_MAX = 1_000;
/** Addresses of our interfaces change seldom, and an old one in a boot URL is only a failed boot. */
const ADDRESSES_MS = 10_000;
/** How long `stop` waits for leases that are being written. */
const STOP_MS_MAX = 5_000;

export class Dhcp6Server {
  private readonly opened: Opened[] = [];
  private readonly backlog: Backlog<From>;
  private readonly now: () => number;
  private readonly sink: PacketSink | null;
  private readonly silent: Partial<Record<Silence6, number>> = {};
  private addressTimer: NodeJS.Timeout | null = null;
  private received = 0;
  private answered = 0;
  private unwritten = 0;
  private allWritten: (() => void) | null = null;
  private stopped = false;

  constructor(private readonly options: Dhcp6ServerOptions) {
    this.now = options.now ?? Date.now;
    // Words are made for a reader only: making them costs as much as the answer.
    this.sink = options.sink && !(options.sink instanceof NoPacketSink) ? options.sink : null;
    this.backlog = new Backlog(
      (waiting) => this.serve(waiting),
      () => this.countSilence('overload'),
      this.now,
    );
  }

  get counts(): Dhcp6Counts {
    return { received: this.received, answered: this.answered, silent: { ...this.silent } };
  }

  /** Opens the sockets. Fails as a whole when one of them cannot be had. */
  async start(): Promise<void> {
    try {
      for (const { name, link } of this.options.interfaces) {
        const sockets = await openDhcp6Sockets(name, this.options.port);
        const opened: Opened = { name, link, sockets, world: { ...this.options.world, addresses: [] } };
        this.opened.push(opened);
        for (const socket of sockets.groups) this.hear(socket, opened, { multicast: true });
        this.hear(sockets.own, opened, { multicast: false });
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.readAddresses();
    this.addressTimer = setInterval(() => this.readAddresses(), ADDRESSES_MS);
  }

  /** Closes the sockets at once, and ends when leases that were being written are on the disk. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    if (this.addressTimer) clearInterval(this.addressTimer);
    this.backlog.close();
    for (const { sockets } of this.opened) for (const socket of sockets.groups) socket.close();
    if (this.unwritten > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS_MAX)));
      await Promise.race([late, new Promise<void>((resolve) => (this.allWritten = resolve))]);
      clearTimeout(timer);
    }
    for (const { sockets } of this.opened) sockets.own.close();
  }

  /** The first address of the interface in question stands first; those of the others follow. */
  private readAddresses(): void {
    const local = localInterfaces();
    const of = (keep: (name: string) => boolean): string[] =>
      local
        .filter(({ name }) => keep(name))
        .flatMap(({ addresses }) => addresses)
        .filter(({ family, address }) => family === 6 && !address.toLowerCase().startsWith('fe80:'))
        .map(({ address }) => address);
    for (const opened of this.opened) {
      const addresses = [...of((name) => name === opened.name), ...of((name) => name !== opened.name)];
      opened.world = { ...this.options.world, addresses };
    }
  }

  private hear(socket: Socket, opened: Opened, { multicast }: { multicast: boolean }): void {
    socket.on('message', (packet, { address, port }) => {
      this.received += 1;
      this.backlog.take(packet, { opened, source: withoutZone(address), port, multicast });
    });
    // What cannot be sent or received is the network's affair; clients ask again.
    socket.on('error', () => undefined);
  }

  private serve({ packet, from, at }: Waiting<From>): void {
    if (this.stopped) return;
    if (this.unwritten > 0 && this.options.leases.waitedMs(at) > DISK_BEHIND_MS_MAX) {
      this.countSilence('overload');
      return;
    }
    const { opened, source, port, multicast } = from;
    const arrival: Arrival6 = { link: opened.link, source, sourcePort: port, multicast };
    let answer: Answer6;
    try {
      answer = answer6(packet, arrival, opened.world, at);
    } catch (cause) {
      this.options.onTrouble?.(new Error(`answer a DHCPv6 message from ${source} on ${opened.name}`, { cause }));
      return;
    }
    if (answer.kind === 'silence') {
      this.countSilence(answer.reason);
      this.note(from, at, answer);
      return;
    }
    if (answer.leases.length === 0) {
      this.send(opened, answer);
      this.note(from, at, answer);
      return;
    }
    let left = answer.leases.length;
    let failure: Error | null = null;
    this.unwritten += 1;
    for (const lease of answer.leases)
      this.options.leases.write(lease, (error) => {
        failure ??= error;
        left -= 1;
        if (left === 0) this.written(from, at, answer, failure);
      });
  }

  /** The leases of an answer are on the disk, or could not be brought there. */
  private written(from: From, at: number, answer: Reply6, failure: Error | null): void {
    this.unwritten -= 1;
    if (this.unwritten === 0) this.allWritten?.();
    if (failure) {
      this.options.onTrouble?.(failure);
      this.countSilence('not-durable');
      this.note(from, at, { kind: 'silence', reason: 'not-durable', detail: null, about: answer.about });
      return;
    }
    this.send(from.opened, answer);
    this.note(from, at, answer);
  }

  private send({ sockets }: Opened, { bytes, to }: Reply6): void {
    try {
      sockets.own.send(bytes, to.port, to.address);
      this.answered += 1;
    } catch {
      // The socket was closed while the lease was written: the client asks again, and gets the same.
    }
  }

  private countSilence(reason: Silence6): void {
    this.silent[reason] = (this.silent[reason] ?? 0) + 1;
  }

  private note({ opened, source }: From, at: number, answer: Answer6): void {
    this.sink?.note({
      at,
      service: 'dhcp6',
      mac: answer.about.mac,
      node: answer.about.machine?.node ?? null,
      from: source,
      on: opened.name,
      asked: describeQuestion(answer.about),
      answered: describeAnswer(answer),
      why: reasonsOf(answer),
    });
  }
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}
