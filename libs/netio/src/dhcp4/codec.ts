import packageOptions from 'dhcp/lib/options.js';
import protocol from 'dhcp/lib/protocol.js';
import SeqBuffer from 'dhcp/lib/seqbuffer.js';
import { HTYPE_ETHERNET, type Dhcp4Packet, type Octets } from '#core';
import {
  FILE_AT,
  FILE_BYTES,
  OPTIONS_AT,
  SNAME_AT,
  SNAME_BYTES,
  optionBytes,
  readOptionArea,
  writeEnd,
  writeOption,
} from './option-area.js';

/**
 * DHCPv4 on the wire, by the codec of the npm package `dhcp`. The package reads and writes the fixed fields and plain
 * options. What it gets wrong never reaches it: messages are checked first, and those with pads, pieces, overload or
 * other links than Ethernet are laid out plainly for it, or taken apart here. All options are registered with it as bytes,
 * so that none is lost, guessed at or complained about. Its server and its client are not used.
 */

for (let code = 1; code < 255; code += 1) packageOptions.addOption(code, { name: `option ${code}`, type: 'UInt8s' });

/** What a BOOTP relay may rely on (RFC 1542 §2.1). */
const MESSAGE_BYTES_MIN = 300;
/** What the package makes room for. */
const MESSAGE_BYTES_MAX = 1_500;
const CHADDR_AT = 28;
const CHADDR_BYTES = 16;
const COOKIE_AT = 236;
const COOKIE = [99, 130, 83, 99];
const ETHERNET_BYTES = 6;
/** Longest content that one piece of an option holds, which is all that the package writes. */
const PIECE_BYTES_MAX = 255;
const RELAY_AGENT = 82;
const OVERLOAD = 52;
const MESSAGE_TYPE = 53;
const NO_MAC = '00-00-00-00-00-00';

export interface Malformed4 {
  readonly malformed: string;
}

export const isMalformed4 = (decoded: Dhcp4Packet | Malformed4): decoded is Malformed4 => 'malformed' in decoded;

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

export function decodePacket4(bytes: Uint8Array): Dhcp4Packet | Malformed4 {
  if (bytes.length < OPTIONS_AT) return { malformed: `it has ${bytes.length} bytes, and no message has less than 240` };
  if (bytes.length > MESSAGE_BYTES_MAX) return { malformed: `it has ${bytes.length} bytes, more than a frame carries` };
  for (let at = 0; at < 4; at += 1)
    if (bytes[COOKIE_AT + at] !== COOKIE[at]) return { malformed: 'it has no magic cookie (RFC 2131 §3)' };
  const [, htype, hlen] = bytes as unknown as [number, number, number];
  if (hlen > CHADDR_BYTES) return { malformed: `its hardware address is said to have ${hlen} bytes` };
  const area = readOptionArea(bytes);
  if (typeof area === 'string') return { malformed: area };

  const ethernet = htype === HTYPE_ETHERNET && hlen === ETHERNET_BYTES;
  const message = protocol.parse(area.plain && ethernet ? toBuffer(bytes) : laidOutPlainly(bytes, area.options));
  let chaddr = '';
  for (let at = 0; at < hlen; at += 1) {
    if (at > 0) chaddr += ':';
    chaddr += HEX[bytes[CHADDR_AT + at] as number];
  }
  const options = message.options as Record<number, Octets>;
  if (!area.plain) for (const code in area.options) options[code] ??= area.options[code] as Octets;
  return {
    op: message.op,
    htype,
    hops: message.hops,
    xid: message.xid,
    secs: message.secs,
    flags: message.flags,
    ciaddr: message.ciaddr,
    yiaddr: message.yiaddr,
    siaddr: message.siaddr,
    giaddr: message.giaddr,
    chaddr,
    sname: area.snameTaken ? '' : message.sname,
    file: area.fileTaken ? '' : message.file,
    options,
  };
}

/** The package calls methods of Buffer. */
const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The same message with every option once and without pads, as an Ethernet client would have sent it; long ones left out. */
function laidOutPlainly(bytes: Uint8Array, options: Readonly<Record<number, Octets>>): Buffer {
  let length = OPTIONS_AT + 1;
  for (const code in options) length += optionBytes(options[code] as Octets);
  const plain = Buffer.alloc(length);
  plain.set(bytes.subarray(0, OPTIONS_AT));
  plain[1] = HTYPE_ETHERNET;
  plain[2] = ETHERNET_BYTES;
  let at = OPTIONS_AT;
  for (const code in options) {
    const octets = options[code] as Octets;
    if (octets.length <= PIECE_BYTES_MAX) at = writeOption(plain, at, Number(code), octets);
  }
  return plain.subarray(0, writeEnd(plain, at));
}

/**
 * The bytes of a message, at least 300. Where they would be more than `bytesMax`, options move into `file` and `sname`
 * as far as those are empty; where even that does not help, the message is longer than was asked for. The relay's option
 * comes last (RFC 3046 §2.1). Throws for a message that no frame carries, which the engine never makes.
 */
export function encodePacket4(packet: Dhcp4Packet, bytesMax = MESSAGE_BYTES_MAX): Buffer {
  const { plain, file, sname, tail } = layOut(packet, Math.min(bytesMax, MESSAGE_BYTES_MAX));
  const hardware = packet.chaddr === '' ? [] : packet.chaddr.split(':');
  const ethernet = packet.htype === HTYPE_ETHERNET && hardware.length === ETHERNET_BYTES;
  const bytes = SCRATCH.fill(0);
  let end = format(packet, hardware.length, ethernet ? packet.chaddr : NO_MAC, plain);
  if (!ethernet) for (const [index, octet] of hardware.entries()) bytes[CHADDR_AT + index] = Number.parseInt(octet, 16);
  if (file) writeInto(bytes, FILE_AT, file);
  if (sname) writeInto(bytes, SNAME_AT, sname);
  if (tail.length > 0) {
    // Over the end mark that the package has set.
    end -= 1;
    for (const [code, octets] of tail) {
      if (end + optionBytes(octets) >= MESSAGE_BYTES_MAX)
        throw new Error(`a DHCP message has no room for option ${code}`);
      end = writeOption(bytes, end, code, octets);
    }
    end = writeEnd(bytes, end);
  }
  return Buffer.from(bytes.subarray(0, Math.max(end, MESSAGE_BYTES_MIN)));
}

/** Every message is put together here and copied out, since the package would make 1,500 bytes of room for each. */
const SCRATCH = Buffer.alloc(MESSAGE_BYTES_MAX);

/** What `format` of the package does, into a buffer that is there already; returns where the message ends. */
function format(packet: Dhcp4Packet, hlen: number, chaddr: string, options: Readonly<Record<number, Octets>>): number {
  const writer = new SeqBuffer(SCRATCH);
  writer.addUInt8(packet.op);
  writer.addUInt8(packet.htype);
  writer.addUInt8(hlen);
  writer.addUInt8(packet.hops);
  writer.addUInt32(packet.xid);
  writer.addUInt16(packet.secs);
  writer.addUInt16(packet.flags);
  writer.addIP(packet.ciaddr);
  writer.addIP(packet.yiaddr);
  writer.addIP(packet.siaddr);
  writer.addIP(packet.giaddr);
  writer.addMac(chaddr);
  writer.addASCIIPad(packet.sname, SNAME_BYTES);
  writer.addASCIIPad(packet.file, FILE_BYTES);
  for (const octet of COOKIE) writer.addUInt8(octet);
  writer.addOptions(options);
  return writeEnd(SCRATCH, writer._w);
}

type Entry = readonly [code: number, octets: Octets];

interface Layout {
  readonly plain: Record<number, Octets>;
  readonly file: readonly Entry[] | null;
  readonly sname: readonly Entry[] | null;
  /** Options that are written here, behind those of the package. */
  readonly tail: readonly Entry[];
}

function layOut(packet: Dhcp4Packet, bytesMax: number): Layout {
  const { options } = packet;
  let needed = OPTIONS_AT + 1;
  let hasTail = false;
  for (const code in options) {
    const octets = options[code] as Octets;
    needed += optionBytes(octets);
    if (octets.length > PIECE_BYTES_MAX || code === '82') hasTail = true;
  }
  if (needed <= bytesMax && !hasTail) return { plain: options, file: null, sname: null, tail: [] };

  const plain: Record<number, Octets> = { ...options };
  const tail: Entry[] = [];
  const relay = plain[RELAY_AGENT];
  delete plain[RELAY_AGENT];
  for (const code in plain) {
    const octets = plain[code] as Octets;
    if (octets.length <= PIECE_BYTES_MAX) continue;
    tail.push([Number(code), octets]);
    delete plain[code];
  }
  if (relay) tail.push([RELAY_AGENT, relay]);
  if (needed <= bytesMax) return { plain, file: null, sname: null, tail };

  // Option 52 itself takes three bytes.
  const excess = needed + 3 - bytesMax;
  const file = packet.file === '' ? moveOut(plain, excess, FILE_BYTES - 1) : null;
  const sname = packet.sname === '' ? moveOut(plain, excess - bytesOf(file), SNAME_BYTES - 1) : null;
  const overload = (file ? 1 : 0) + (sname ? 2 : 0);
  if (overload > 0) plain[OVERLOAD] = [overload];
  return { plain, file, sname, tail };
}

/** Takes options of together at least `excess` bytes out, if so many have room; null when there is nothing to take. */
function moveOut(options: Record<number, Octets>, excess: number, room: number): Entry[] | null {
  const moved: Entry[] = [];
  let free = room;
  let left = excess;
  for (const code in options) {
    if (left <= 0) break;
    const octets = options[code] as Octets;
    const bytes = optionBytes(octets);
    // The message type stays where everybody looks first.
    if (Number(code) === MESSAGE_TYPE || bytes > free) continue;
    moved.push([Number(code), octets]);
    delete options[code];
    free -= bytes;
    left -= bytes;
  }
  return moved.length > 0 ? moved : null;
}

const bytesOf = (entries: readonly Entry[] | null): number =>
  (entries ?? []).reduce((sum, [, octets]) => sum + optionBytes(octets), 0);

function writeInto(bytes: Buffer, at: number, entries: readonly Entry[]): void {
  let position = at;
  for (const [code, octets] of entries) position = writeOption(bytes, position, code, octets);
  writeEnd(bytes, position);
}
