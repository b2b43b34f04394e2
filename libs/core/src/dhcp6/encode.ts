import { invariant } from '../base/invariant.js';
import { ADDRESS6_BYTES, parseAddress6 } from './address.js';
import { encodeName } from './domain-name.js';
import type { Message6, Option6 } from './message.js';
import { MESSAGE6_BYTES_MAX, OPTION6 } from './numbers.js';

/**
 * Writes DHCPv6 messages (RFC 8415 §8, §9). It throws for what is no address or no name: whoever builds a message has
 * made sure of those.
 */
export const encodeMessage6 = (message: Message6): Uint8Array => {
  const writer = new Writer();
  writer.message(message);
  return writer.bytes();
};

/** Most messages are shorter; a longer one makes the buffer grow. */
const FIRST_BYTES = 512;
/** Text of addresses comes again and again: our own, those of name servers, those of machines. */
const PARSED_MAX = 4_096;
const parsed = new Map<string, Uint8Array>();

const bytesOfAddress = (text: string): Uint8Array => {
  const known = parsed.get(text);
  if (known) return known;
  const bytes = parseAddress6(text);
  invariant(bytes, `"${text}" is no IPv6 address and cannot be written to a DHCPv6 message`);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, bytes);
  return bytes;
};

class Writer {
  private buffer = new Uint8Array(FIRST_BYTES);
  private at = 0;

  bytes(): Uint8Array {
    invariant(this.at <= MESSAGE6_BYTES_MAX, `a DHCPv6 message of ${this.at} bytes does not fit a datagram`);
    return this.buffer.subarray(0, this.at);
  }

  message(message: Message6): void {
    this.u8(message.type);
    if (message.kind === 'client') {
      this.u8(message.transaction >>> 16);
      this.u16(message.transaction & 0xffff);
    } else {
      this.u8(message.hops);
      this.put(bytesOfAddress(message.link));
      this.put(bytesOfAddress(message.peer));
    }
    this.options(message.options);
  }

  private options(options: readonly Option6[]): void {
    for (let at = 0; at < options.length; at += 1) this.option(options[at] as Option6);
  }

  private option(option: Option6): void {
    const begin = this.at;
    this.u32(0);
    const code = this.value(option);
    const length = this.at - begin - 4;
    invariant(length <= 0xffff, `option ${code} of ${length} bytes is too long`);
    this.set16(begin, code);
    this.set16(begin + 2, length);
  }

  /** Writes what the option holds; returns its code. */
  private value(option: Option6): number {
    switch (option.is) {
      case 'client-id':
        this.put(option.duid);
        return OPTION6.clientId;
      case 'server-id':
        this.put(option.duid);
        return OPTION6.serverId;
      case 'ia-na':
      case 'ia-pd':
        this.u32(option.iaid);
        this.u32(option.t1);
        this.u32(option.t2);
        this.options(option.options);
        return option.is === 'ia-na' ? OPTION6.iaNa : OPTION6.iaPd;
      case 'ia-ta':
        this.u32(option.iaid);
        this.options(option.options);
        return OPTION6.iaTa;
      case 'ia-address':
        this.put(bytesOfAddress(option.address));
        this.u32(option.preferred);
        this.u32(option.valid);
        this.options(option.options);
        return OPTION6.iaAddress;
      case 'option-request':
        for (const code of option.codes) this.u16(code);
        return OPTION6.optionRequest;
      case 'preference':
        this.u8(option.value);
        return OPTION6.preference;
      case 'elapsed-time':
        this.u16(option.hundredths);
        return OPTION6.elapsedTime;
      case 'relay-message':
        this.message(option.message);
        return OPTION6.relayMessage;
      case 'server-unicast':
        this.put(bytesOfAddress(option.address));
        return OPTION6.serverUnicast;
      case 'status':
        this.u16(option.code);
        this.text(option.text);
        return OPTION6.status;
      case 'rapid-commit':
        return OPTION6.rapidCommit;
      case 'user-class':
        for (const piece of option.classes) this.piece(piece);
        return OPTION6.userClass;
      case 'vendor-class':
        this.u32(option.enterprise);
        for (const piece of option.classes) this.piece(piece);
        return OPTION6.vendorClass;
      case 'interface-id':
        this.put(option.value);
        return OPTION6.interfaceId;
      case 'name-servers':
      case 'sntp-servers':
        for (const address of option.addresses) this.put(bytesOfAddress(address));
        return option.is === 'name-servers' ? OPTION6.nameServers : OPTION6.sntpServers;
      case 'domain-search':
        for (const name of option.names) this.name(name, true);
        return OPTION6.domainSearch;
      case 'information-refresh':
        this.u32(option.seconds);
        return OPTION6.informationRefresh;
      case 'client-name':
        this.u8(option.flags);
        this.name(option.name, option.whole);
        return OPTION6.clientName;
      case 'ntp-servers':
        for (const address of option.addresses) {
          // RFC 5908 §4.1: suboption 1 holds the address of a server.
          this.u16(1);
          this.u16(ADDRESS6_BYTES);
          this.put(bytesOfAddress(address));
        }
        return OPTION6.ntpServers;
      case 'boot-file-url':
        this.text(option.url);
        return OPTION6.bootFileUrl;
      case 'boot-file-params':
        for (const param of option.params) {
          this.u16(param.length);
          this.text(param);
        }
        return OPTION6.bootFileParams;
      case 'architecture':
        for (const code of option.codes) this.u16(code);
        return OPTION6.architecture;
      case 'network-interface':
        this.u8(option.type);
        this.u8(option.major);
        this.u8(option.minor);
        return OPTION6.networkInterface;
      case 'client-link-layer':
        this.u16(option.hardware);
        this.put(option.address);
        return OPTION6.clientLinkLayer;
      case 'relay-source-port':
        this.u16(option.port);
        return OPTION6.relaySourcePort;
      case 'other':
        this.put(option.value);
        return option.code;
    }
  }

  private name(name: string, whole: boolean): void {
    const bytes = encodeName(name, !whole);
    invariant(bytes, `"${name}" is no name that DHCPv6 can carry`);
    this.put(bytes);
  }

  private piece(piece: Uint8Array): void {
    this.u16(piece.length);
    this.put(piece);
  }

  private text(text: string): void {
    this.room(text.length);
    for (let at = 0; at < text.length; at += 1) this.buffer[this.at + at] = text.charCodeAt(at);
    this.at += text.length;
  }

  private put(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  private u8(value: number): void {
    this.room(1);
    this.buffer[this.at] = value;
    this.at += 1;
  }

  private u16(value: number): void {
    this.room(2);
    this.set16(this.at, value);
    this.at += 2;
  }

  private u32(value: number): void {
    this.room(4);
    this.set16(this.at, value >>> 16);
    this.set16(this.at + 2, value & 0xffff);
    this.at += 4;
  }

  private set16(at: number, value: number): void {
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value & 0xff;
  }

  private room(more: number): void {
    if (this.at + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.at + more));
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
  }
}
