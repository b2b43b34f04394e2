import { crc32 } from './crc32.js';
import { numberBytes, readNumber } from './number.js';
import {
  FLAG,
  PACKET_BYTES_MAX,
  PACKET_BYTES_MIN,
  SUBUNIT_STATUSES,
  VERSION,
  type SubunitPacket,
  type SubunitTime,
} from './packet.js';

/** What is wrong with something that begins like a packet. */
export type PacketFaultCode =
  /** Another version than 2, or the bit that is reserved in it. */
  | 'version'
  /** It says that it is longer than packets may be, or shorter than they can be. */
  | 'length'
  | 'crc'
  /** Its checksum is right, and its fields are not. */
  | 'malformed'
  /** The stream ended within it. */
  | 'cut';

export interface PacketFault {
  readonly code: PacketFaultCode;
  readonly says: string;
}

/** How long the packet is that begins here; `null` where more bytes are needed to tell. The signature was seen already. */
export function measurePacket(bytes: Uint8Array): number | PacketFault | null {
  if (bytes.length < 2) return null;
  const high = bytes[1]!;
  if (high >>> 4 !== VERSION) return fault('version', `it is of version ${high >>> 4}, not ${VERSION}`);
  if (bytes.length < 3) return null;
  if (bytes[2]! & FLAG.reserved) return fault('version', 'it has a flag that its version does not know');
  if (bytes.length < 4) return null;
  const first = bytes[3]!;
  if (numberBytes(first) > 3) return fault('length', `it claims more than ${PACKET_BYTES_MAX} bytes`);
  const length = readNumber(bytes, 3);
  if (length === null) return null;
  if (length.value < PACKET_BYTES_MIN)
    return fault('length', `it claims ${length.value} bytes, less than any packet has`);
  return length.value;
}

/** Reads one packet from exactly its bytes, as `measurePacket` has measured them. */
export function readPacket(bytes: Uint8Array): SubunitPacket | PacketFault {
  const end = bytes.length - 4;
  const stored = wordAt(bytes, end);
  const computed = crc32(bytes.subarray(0, end));
  if (stored !== computed) return fault('crc', `its checksum is ${hex(computed)} and it says ${hex(stored)}`);
  try {
    return readFields(bytes.subarray(0, end));
  } catch (error) {
    if (error instanceof Malformed) return fault('malformed', error.message);
    throw error;
  }
}

export const isFault = (value: object): value is PacketFault => 'code' in value;

export const fault = (code: PacketFaultCode, says: string): PacketFault => ({ code, says });

/** Kept within this file: it leads out of the fields of one packet. */
class Malformed extends Error {}

function readFields(bytes: Uint8Array): SubunitPacket {
  const flags = (bytes[1]! << 8) | bytes[2]!;
  const fields = new Fields(bytes, 3);
  fields.number('length');
  const timestamp = flags & FLAG.timestamp ? fields.time() : null;
  const testId = flags & FLAG.testId ? fields.text('test id') : null;
  const tags = flags & FLAG.tags ? fields.texts('tag') : [];
  const mimeType = flags & FLAG.mimeType ? fields.text('MIME type') : null;
  const file = flags & FLAG.file ? { name: fields.text('file name'), content: fields.bytes('file').slice() } : null;
  const routeCode = flags & FLAG.routeCode ? fields.text('route code') : null;
  fields.end();
  return {
    status: SUBUNIT_STATUSES[flags & FLAG.status]!,
    testId,
    runnable: (flags & FLAG.runnable) !== 0,
    tags,
    timestamp,
    mimeType,
    file,
    endOfFile: (flags & FLAG.endOfFile) !== 0,
    routeCode,
  };
}

class Fields {
  constructor(
    private readonly all: Uint8Array,
    private at: number,
  ) {}

  number(what: string): number {
    const number = readNumber(this.all, this.at);
    if (number === null) throw new Malformed(`its ${what} goes beyond its end`);
    this.at = number.next;
    return number.value;
  }

  time(): SubunitTime {
    if (this.at + 4 > this.all.length) throw new Malformed('its timestamp goes beyond its end');
    const seconds = wordAt(this.all, this.at);
    this.at += 4;
    return { seconds, nanoseconds: this.number('timestamp') };
  }

  bytes(what: string): Uint8Array {
    const length = this.number(what);
    if (this.at + length > this.all.length)
      throw new Malformed(`its ${what} claims ${length} bytes, and ${this.all.length - this.at} are left`);
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }

  text(what: string): string {
    const bytes = this.bytes(what);
    if (bytes.includes(0)) throw new Malformed(`its ${what} has a NUL byte in it`);
    try {
      return decoder.decode(bytes);
    } catch {
      throw new Malformed(`its ${what} is not UTF-8`);
    }
  }

  texts(what: string): string[] {
    const count = this.number(`number of ${what}s`);
    // Each takes a byte at least, so that a wild number ends here and not in memory.
    if (count > this.all.length - this.at) throw new Malformed(`it claims ${count} ${what}s, more than it has bytes`);
    return Array.from({ length: count }, () => this.text(what));
  }

  end(): void {
    if (this.at !== this.all.length)
      throw new Malformed(`${this.all.length - this.at} of its bytes belong to no field`);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
