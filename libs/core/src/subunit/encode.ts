import { crc32 } from './crc32.js';
import { writeNumber } from './number.js';
import {
  EMPTY_PACKET,
  FLAG,
  PACKET_BYTES_MAX,
  SIGNATURE,
  SUBUNIT_STATUSES,
  VERSION,
  type SubunitPacket,
} from './packet.js';

/** The bytes of a packet; what is not given is left out. Throws where it would be longer than `PACKET_BYTES_MAX`. */
export function encodePacket(given: Partial<SubunitPacket>): Uint8Array {
  const packet = { ...EMPTY_PACKET, ...given };
  const parts: (readonly number[] | Uint8Array)[] = [];
  let flags = (VERSION << 12) | SUBUNIT_STATUSES.indexOf(packet.status);
  const has = (flag: number, ...fields: (readonly number[] | Uint8Array)[]): void => {
    flags |= flag;
    parts.push(...fields);
  };
  if (packet.timestamp) has(FLAG.timestamp, word(packet.timestamp.seconds), writeNumber(packet.timestamp.nanoseconds));
  if (packet.testId !== null) has(FLAG.testId, ...text(packet.testId));
  if (packet.tags.length > 0) has(FLAG.tags, writeNumber(packet.tags.length), ...packet.tags.flatMap(text));
  if (packet.mimeType !== null) has(FLAG.mimeType, ...text(packet.mimeType));
  if (packet.file) {
    const { name, content } = packet.file;
    has(FLAG.file, ...text(name), writeNumber(content.length), content);
  }
  if (packet.routeCode !== null) has(FLAG.routeCode, ...text(packet.routeCode));
  if (packet.runnable) has(FLAG.runnable);
  if (packet.endOfFile) has(FLAG.endOfFile);
  return frame(flags, parts);
}

function frame(flags: number, parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  const inner = parts.reduce((sum, part) => sum + part.length, 0);
  const around = 1 + 2 + 4;
  const lengthBytes = [1, 2, 3].find((bytes) => around + inner + bytes < 2 ** (8 * bytes - 2));
  if (lengthBytes === undefined)
    throw new RangeError(
      `a packet of ${around + inner} bytes is more than the ${PACKET_BYTES_MAX} that subunit allows`,
    );
  const bytes = new Uint8Array(around + lengthBytes + inner);
  let at = 0;
  const put = (part: readonly number[] | Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  put([SIGNATURE, flags >>> 8, flags & 0xff]);
  put(writeNumber(bytes.length));
  parts.forEach(put);
  put(word(crc32(bytes.subarray(0, at))));
  return bytes;
}

const encoder = new TextEncoder();

function text(value: string): [number[], Uint8Array] {
  const bytes = encoder.encode(value);
  return [writeNumber(bytes.length), bytes];
}

const word = (value: number): number[] => [
  (value >>> 24) & 0xff,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];
