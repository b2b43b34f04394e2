import {
  DHCP4_SERVER_PORT,
  OPTION4,
  SILENCE_REASONS,
  answerDhcp4,
  answeredWith,
  askedOf,
  macOf,
  messageType,
  readAddress,
  reasonsOf,
  type Dhcp4Answer,
  type Dhcp4Packet,
  type Dhcp4Sources,
  type SilenceReason,
} from '#core';
import type { PacketSink } from '#app';
import type { LeaseJournal } from '../lease/journal.js';
import type { LocalInterface } from '../socket/interfaces.js';
import { Backlog, WAITED_MS_MAX, type Arrived } from './backlog.js';
import { decodePacket4, encodePacket4, isMalformed4 } from './codec.js';
import { Dhcp4Listener, WELL_KNOWN_PORTS, type Dhcp4Ports, type Way } from './listener.js';
import { RogueWatch, type RogueServer } from './rogue-watch.js';

/**
 * Ties sockets, engine and journal together: what comes is answered in turn, an OFFER from memory, an ACK when its lease is
 * durable. It decides nothing about addresses. Under too much load it drops what would be answered too late.
 */
export interface Dhcp4ServerOptions extends Omit<Dhcp4Sources, 'ours'> {
  readonly journal: Pick<LeaseJournal, 'write' | 'waitedMs'>;
  readonly sink: PacketSink;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly ports?: Dhcp4Ports;
  readonly onRogue?: (rogue: RogueServer) => void;
  /** Told of what should not happen: a socket that fails, a lease that cannot be written. The server goes on. */
  readonly onTrouble?: (error: Error) => void;
}

/**
 * Messages that are answered between two looks at the sockets. So few, because a look takes at most 32 from each: when
 * more comes than can be answered, it gathers here, where it can be chosen from, and not in the kernel, where it cannot.
 */
const ANSWERS_PER_TURN = 16;

export class Dhcp4Server {
  private readonly listeners = new Map<string, Dhcp4Listener>();
  private readonly backlog = new Backlog<Way>();
  private readonly sources: Dhcp4Sources;
  private readonly counted = new Map<string, number>();
  private readonly rogues: RogueWatch;
  private ours: ReadonlySet<string> = new Set();
  /** One change of interfaces after the other. */
  private changing: Promise<void> = Promise.resolve();
  private scheduled = false;
  private stopped = false;

  constructor(private readonly options: Dhcp4ServerOptions) {
    const { view, book, decideBoot, servesNames } = options;
    const ours = (): ReadonlySet<string> => this.ours;
    this.sources = {
      view,
      book,
      decideBoot,
      ...(servesNames ? { servesNames } : {}),
      get ours() {
        return ours();
      },
    };
    this.rogues = new RogueWatch((rogue) => options.onRogue?.(rogue));
  }

  /**
   * Listens on these interfaces, and on no others from now on; those that stay as they were are not touched. One that
   * cannot be opened is told of, and does not keep the others away.
   */
  serve(interfaces: readonly LocalInterface[]): Promise<void> {
    this.changing = this.changing.then(() => this.listenOn(interfaces));
    return this.changing;
  }

  private async listenOn(interfaces: readonly LocalInterface[]): Promise<void> {
    const wanted = new Map(interfaces.filter(hasIpv4).map((local) => [JSON.stringify(local), local]));
    for (const [key, listener] of this.listeners)
      if (!wanted.has(key)) {
        this.listeners.delete(key);
        listener.close();
      }
    for (const [key, local] of wanted) {
      if (this.stopped || this.listeners.has(key)) continue;
      try {
        this.listeners.set(key, await Dhcp4Listener.open(local, this.options.ports ?? WELL_KNOWN_PORTS, this.hears));
      } catch (cause) {
        this.options.onTrouble?.(new Error(`serve DHCPv4 on ${local.name}`, { cause }));
      }
    }
    this.ours = new Set([...this.listeners.values()].flatMap(({ addresses }) => addresses));
  }

  /** Names of the interfaces that are listened on. */
  get serving(): readonly string[] {
    return [...this.listeners.values()].map(({ local }) => local.name);
  }

  /** How many messages there were so far, by what became of them: `OFFER`, `ACK`, `NAK`, or the reason of a silence. */
  counts(): Readonly<Record<string, number>> {
    return { ...Object.fromEntries(this.counted), overload: (this.counted.get('overload') ?? 0) + this.backlog.shed };
  }

  /** Hears nothing more. Leases that wait in the journal are still written, and nobody is told of them. */
  stop(): void {
    this.stopped = true;
    for (const listener of this.listeners.values()) listener.close();
    this.listeners.clear();
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private readonly hears = {
    message: (bytes: Buffer, { address, port }: { address: string; port: number }, way: Way): void => {
      this.backlog.push({ bytes, from: address, fromPort: port, at: this.now(), source: way });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(this.work);
    },
    answer: (bytes: Buffer, listener: Dhcp4Listener): void => this.overhear(bytes, listener),
    failed: (error: Error): void => this.options.onTrouble?.(error),
  };

  private readonly work = (): void => {
    this.scheduled = false;
    if (this.stopped) return;
    const now = this.now();
    for (let answered = 0; answered < ANSWERS_PER_TURN; answered += 1) {
      const arrived = this.backlog.shift(now);
      if (!arrived) return;
      try {
        this.answer(arrived, now);
      } catch (cause) {
        this.options.onTrouble?.(new Error(`answer a DHCPv4 message from ${arrived.from}`, { cause }));
      }
    }
    if (this.backlog.length === 0) return;
    this.scheduled = true;
    setImmediate(this.work);
  };

  private answer(arrived: Arrived<Way>, now: number): void {
    const { listener, port, unicast } = arrived.source;
    const packet = decodePacket4(arrived.bytes);
    if (isMalformed4(packet)) {
      this.count('malformed');
      this.note(arrived, null, 'a malformed message', null, [packet.malformed, SILENCE_REASONS.malformed]);
      return;
    }
    if (this.options.journal.waitedMs(now) > WAITED_MS_MAX) return this.silent('overload', packet, arrived);
    const { from, fromPort } = arrived;
    const answer = answerDhcp4(packet, { local: listener.addresses, from, fromPort, port, unicast }, this.sources, now);
    this.count(answer.kind === 'reply' ? (messageType(answer.packet) ?? 'reply') : answer.reason);
    this.note(arrived, answer, askedOf(packet), answeredWith(answer), reasonsOf(answer));
    if (answer.kind === 'silence') {
      if (answer.lease) this.options.journal.write(answer.lease, null);
      if (answer.otherServer !== null)
        this.rogues.saw({
          server: answer.otherServer,
          interface: listener.local.name,
          how: 'chosen',
          mac: answer.mac,
          at: now,
        });
      return;
    }
    const bytes = encodePacket4(answer.packet, answer.bytesMax);
    const server = readAddress(answer.packet.options[OPTION4.serverIdentifier]) ?? '';
    if (!answer.lease) return listener.send(bytes, answer.to, server);
    this.options.journal.write(answer.lease, (error) => {
      if (this.stopped) return;
      if (error === null) return listener.send(bytes, answer.to, server);
      this.options.onTrouble?.(error);
      this.silent('not-durable', packet, arrived);
    });
  }

  private silent(reason: SilenceReason, packet: Dhcp4Packet, arrived: Arrived<Way>): void {
    this.count(reason);
    this.note(arrived, null, askedOf(packet), null, [SILENCE_REASONS[reason]], macOf(packet));
  }

  private count(outcome: string): void {
    this.counted.set(outcome, (this.counted.get(outcome) ?? 0) + 1);
  }

  private note(
    arrived: Arrived<Way>,
    answer: Dhcp4Answer | null,
    asked: string,
    answered: string | null,
    why: readonly string[],
    mac: string | null = null,
  ): void {
    const { at, from, source } = arrived;
    const node = answer?.machine?.node ?? null;
    this.options.sink.note({
      at,
      service: source.port === DHCP4_SERVER_PORT ? 'dhcp4' : 'proxy-dhcp4',
      mac: answer?.mac ?? mac,
      node,
      from,
      on: source.listener.local.name,
      asked,
      answered,
      why,
    });
  }

  /** An OFFER or ACK on the client's port that is not ours. Only broadcasts are heard; choices are seen besides. */
  private overhear(bytes: Buffer, listener: Dhcp4Listener): void {
    const packet = decodePacket4(bytes);
    if (isMalformed4(packet) || packet.op !== 2) return;
    const server = readAddress(packet.options[OPTION4.serverIdentifier]);
    if (server === null || this.ours.has(server) || !this.givesAddresses(listener)) return;
    this.rogues.saw({ server, interface: listener.local.name, how: 'heard', mac: macOf(packet), at: this.now() });
  }

  /** Where another server is expected, it is not reported. */
  private givesAddresses(listener: Dhcp4Listener): boolean {
    return listener.addresses.some((address) => this.options.view.networkHolding(address)?.network.dhcp === 'serve');
  }
}

const hasIpv4 = ({ addresses }: LocalInterface): boolean => addresses.some(({ family }) => family === 4);
