import { ADDRESS6_BYTES, formatAddress6 } from './address.js';
import { decodeName } from './domain-name.js';
import type { ClientMessage6, Message6, Option6, RelayMessage6 } from './message.js';
import { MESSAGE6, OPTION6, RELAY_HOPS_MAX } from './numbers.js';

/**
 * Reads DHCPv6 messages (RFC 8415 §8, §9). An option that has not the form its document gives it makes the whole message
 * malformed where a server acts on that option, and is kept as bytes where it does not. Nothing is thrown: packets come
 * from anybody. The work is linear in the length of the packet, and nesting is bounded.
 */

/** Why a packet is no message. `at` counts bytes from the beginning of the packet. */
export interface Malformed6 {
  readonly malformed: string;
  readonly at: number;
}

/** A packet with more options is an attack on our memory: no client sends more than some dozen. */
const OPTIONS_MAX = 512;
/** An option in a message within an option: IA, address in it, status in that. */
const NESTED_OPTIONS_MAX = 4;
const CLIENT_HEADER_BYTES = 4;
const RELAY_HEADER_BYTES = 34;

/** RFC 5908 §4.1: the suboption of an NTP option that carries the address of a server. */
const NTP_SERVER_ADDRESS = 1;

export const decodeMessage6 = (packet: Uint8Array): Message6 | Malformed6 => new Reader(packet).message();

export const isMalformed6 = (read: Message6 | Malformed6): read is Malformed6 => 'malformed' in read;

class Reader {
  private options = 0;
  private problem: Malformed6 | null = null;

  constructor(private readonly bytes: Uint8Array) {}

  message(): Message6 | Malformed6 {
    const message = this.messageAt(0, this.bytes.length, 0);
    return message ?? this.problem ?? { malformed: 'empty', at: 0 };
  }

  private messageAt(from: number, end: number, depth: number): Message6 | null {
    const { bytes } = this;
    if (end - from < CLIENT_HEADER_BYTES) return this.fail('too short for a message', from);
    const type = bytes[from] as number;
    if (type !== MESSAGE6.relayForward && type !== MESSAGE6.relayReply) {
      const transaction =
        ((bytes[from + 1] as number) << 16) | ((bytes[from + 2] as number) << 8) | (bytes[from + 3] as number);
      const options = this.optionsAt(from + CLIENT_HEADER_BYTES, end, depth, 0);
      return options && ({ kind: 'client', type, transaction, options } satisfies ClientMessage6);
    }
    if (depth > RELAY_HOPS_MAX) return this.fail('nested in too many relay messages', from);
    if (end - from < RELAY_HEADER_BYTES) return this.fail('too short for a relay message', from);
    const options = this.optionsAt(from + RELAY_HEADER_BYTES, end, depth, 0);
    return (
      options &&
      ({
        kind: 'relay',
        type,
        hops: bytes[from + 1] as number,
        link: formatAddress6(bytes, from + 2),
        peer: formatAddress6(bytes, from + 18),
        options,
      } satisfies RelayMessage6)
    );
  }

  private optionsAt(from: number, end: number, depth: number, nested: number): Option6[] | null {
    const { bytes } = this;
    const options: Option6[] = [];
    let at = from;
    while (at < end) {
      if (end - at < 4) return this.fail('an option without length', at);
      if (++this.options > OPTIONS_MAX) return this.fail('too many options', at);
      const code = this.u16(at);
      const value = at + 4;
      const next = value + this.u16(at + 2);
      if (next > end) return this.fail(`option ${code} goes beyond what holds it`, at);
      const option = this.option(code, value, next, depth, nested);
      if (option === null) return null;
      options.push(option ?? { is: 'other', code, value: bytes.slice(value, next) });
      at = next;
    }
    return options;
  }

  /** The option; undefined when it stays bytes; null when the message is malformed. */
  private option(code: number, from: number, end: number, depth: number, nested: number): Option6 | null | undefined {
    const { bytes } = this;
    const length = end - from;
    switch (code) {
      case OPTION6.clientId:
      case OPTION6.serverId:
        // RFC 8415 §11.1: a type of two bytes, then at most 128.
        if (length < 3 || length > 130) return this.fail(`option ${code} holds no DUID`, from);
        return { is: code === OPTION6.clientId ? 'client-id' : 'server-id', duid: bytes.slice(from, end) };
      case OPTION6.iaNa: {
        if (length < 12) return this.fail('an IA_NA is too short', from);
        const options = this.nestedAt(from + 12, end, depth, nested);
        return (
          options && { is: 'ia-na', iaid: this.u32(from), t1: this.u32(from + 4), t2: this.u32(from + 8), options }
        );
      }
      case OPTION6.iaTa: {
        if (length < 4) return this.fail('an IA_TA is too short', from);
        const options = this.nestedAt(from + 4, end, depth, nested);
        return options && { is: 'ia-ta', iaid: this.u32(from), options };
      }
      case OPTION6.iaPd: {
        if (length < 12) return this.fail('an IA_PD is too short', from);
        const options = this.nestedAt(from + 12, end, depth, nested);
        return (
          options && { is: 'ia-pd', iaid: this.u32(from), t1: this.u32(from + 4), t2: this.u32(from + 8), options }
        );
      }
      case OPTION6.iaAddress: {
        if (length < 24) return this.fail('an address of an IA is too short', from);
        const options = this.nestedAt(from + 24, end, depth, nested);
        return (
          options && {
            is: 'ia-address',
            address: formatAddress6(bytes, from),
            preferred: this.u32(from + 16),
            valid: this.u32(from + 20),
            options,
          }
        );
      }
      case OPTION6.optionRequest: {
        const codes = this.numbers(from, end);
        return codes ? { is: 'option-request', codes } : this.fail('an option request of odd length', from);
      }
      case OPTION6.relayMessage: {
        const message = this.messageAt(from, end, depth + 1);
        return message && { is: 'relay-message', message };
      }
      case OPTION6.rapidCommit:
        return length === 0 ? { is: 'rapid-commit' } : undefined;
      case OPTION6.elapsedTime:
        return length === 2 ? { is: 'elapsed-time', hundredths: this.u16(from) } : undefined;
      case OPTION6.preference:
        return length === 1 ? { is: 'preference', value: bytes[from] as number } : undefined;
      case OPTION6.serverUnicast:
        return length === ADDRESS6_BYTES ? { is: 'server-unicast', address: formatAddress6(bytes, from) } : undefined;
      case OPTION6.status: {
        if (length < 2) return undefined;
        const text = textOf(bytes, from + 2, end);
        return text === null ? undefined : { is: 'status', code: this.u16(from), text };
      }
      case OPTION6.userClass: {
        const classes = this.pieces(from, end);
        return classes ? { is: 'user-class', classes } : undefined;
      }
      case OPTION6.vendorClass: {
        const classes = length < 4 ? null : this.pieces(from + 4, end);
        return classes ? { is: 'vendor-class', enterprise: this.u32(from), classes } : undefined;
      }
      case OPTION6.interfaceId:
        return { is: 'interface-id', value: bytes.slice(from, end) };
      case OPTION6.nameServers:
      case OPTION6.sntpServers: {
        if (length % ADDRESS6_BYTES !== 0) return undefined;
        const addresses: string[] = [];
        for (let at = from; at < end; at += ADDRESS6_BYTES) addresses.push(formatAddress6(bytes, at));
        return { is: code === OPTION6.nameServers ? 'name-servers' : 'sntp-servers', addresses };
      }
      case OPTION6.domainSearch: {
        const names: string[] = [];
        for (let at = from; at < end;) {
          const read = decodeName(bytes, at, end);
          if (!read?.whole || read.name === '') return undefined;
          names.push(read.name);
          at = read.next;
        }
        return { is: 'domain-search', names };
      }
      case OPTION6.informationRefresh:
        return length === 4 ? { is: 'information-refresh', seconds: this.u32(from) } : undefined;
      case OPTION6.clientName: {
        if (length < 1) return undefined;
        if (length === 1) return { is: 'client-name', flags: bytes[from] as number, name: '', whole: false };
        const read = decodeName(bytes, from + 1, end);
        return read && read.next === end
          ? { is: 'client-name', flags: bytes[from] as number, name: read.name, whole: read.whole }
          : undefined;
      }
      case OPTION6.ntpServers: {
        const addresses: string[] = [];
        for (let at = from; at < end; at += 4 + ADDRESS6_BYTES) {
          if (end - at < 4 + ADDRESS6_BYTES || this.u16(at) !== NTP_SERVER_ADDRESS) return undefined;
          if (this.u16(at + 2) !== ADDRESS6_BYTES) return undefined;
          addresses.push(formatAddress6(bytes, at + 4));
        }
        return { is: 'ntp-servers', addresses };
      }
      case OPTION6.bootFileUrl: {
        const url = textOf(bytes, from, end);
        return url === null ? undefined : { is: 'boot-file-url', url };
      }
      case OPTION6.bootFileParams: {
        const params = this.pieces(from, end)?.map((piece) => textOf(piece, 0, piece.length));
        return params && !params.includes(null) ? { is: 'boot-file-params', params: params as string[] } : undefined;
      }
      case OPTION6.architecture: {
        const codes = this.numbers(from, end);
        return codes ? { is: 'architecture', codes } : undefined;
      }
      case OPTION6.networkInterface:
        return length === 3
          ? {
              is: 'network-interface',
              type: bytes[from] as number,
              major: bytes[from + 1] as number,
              minor: bytes[from + 2] as number,
            }
          : undefined;
      case OPTION6.clientLinkLayer:
        return length > 2
          ? { is: 'client-link-layer', hardware: this.u16(from), address: bytes.slice(from + 2, end) }
          : undefined;
      case OPTION6.relaySourcePort:
        return length === 2 ? { is: 'relay-source-port', port: this.u16(from) } : undefined;
      default:
        return undefined;
    }
  }

  private nestedAt(from: number, end: number, depth: number, nested: number): Option6[] | null {
    return nested >= NESTED_OPTIONS_MAX
      ? this.fail('options nested too deep', from)
      : this.optionsAt(from, end, depth, nested + 1);
  }

  private numbers(from: number, end: number): number[] | null {
    if ((end - from) % 2 !== 0) return null;
    const numbers: number[] = [];
    for (let at = from; at < end; at += 2) numbers.push(this.u16(at));
    return numbers;
  }

  /** Byte strings that each have their length in two bytes before them. */
  private pieces(from: number, end: number): Uint8Array[] | null {
    const pieces: Uint8Array[] = [];
    let at = from;
    while (at < end) {
      if (end - at < 2) return null;
      const next = at + 2 + this.u16(at);
      if (next > end) return null;
      pieces.push(this.bytes.slice(at + 2, next));
      at = next;
    }
    return pieces;
  }

  private u16(at: number): number {
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  private u32(at: number): number {
    return this.u16(at) * 65_536 + this.u16(at + 2);
  }

  private fail(malformed: string, at: number): null {
    this.problem ??= { malformed, at };
    return null;
  }
}

/** Printable ASCII: what we show and compare. Other text stays bytes. */
function textOf(bytes: Uint8Array, from: number, end: number): string | null {
  let text = '';
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte > 0x7e) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
