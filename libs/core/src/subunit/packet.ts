/**
 * Subunit version 2: how test suites tell of their tests while they run, as a stream of packets. This folder reads and
 * writes the bytes; it knows no suite and keeps no results. What the packets mean for tests is said in outcomes.ts.
 *
 * A packet: the signature 0xB3; 16 bits of flags, the version in the upper four; the length of the whole packet; then, as
 * far as the flags announce them and in this order, timestamp, test id, tags, MIME type, file, route code; and CRC-32 of all
 * that stands before it. Numbers are big-endian, lengths take one to four bytes, texts are UTF-8 with their length first.
 */
export const SIGNATURE = 0xb3;
export const VERSION = 2;

/** Statuses by their number in the flags. */
export const SUBUNIT_STATUSES = [
  null,
  'exists',
  'inprogress',
  'success',
  'uxsuccess',
  'skip',
  'fail',
  'xfail',
] as const;
export type SubunitStatus = NonNullable<(typeof SUBUNIT_STATUSES)[number]>;

export const FLAG = {
  testId: 0x0800,
  routeCode: 0x0400,
  timestamp: 0x0200,
  runnable: 0x0100,
  tags: 0x0080,
  file: 0x0040,
  mimeType: 0x0020,
  endOfFile: 0x0010,
  /** Zero in this version. */
  reserved: 0x0008,
  status: 0x0007,
} as const;

/** A packet's own length has three bytes at most, of which two bits say so. */
export const PACKET_BYTES_MAX = 0x3f_ffff;
/** Signature, flags, length, CRC. */
export const PACKET_BYTES_MIN = 8;

export interface SubunitPacket {
  readonly status: SubunitStatus | null;
  readonly testId: string | null;
  /** False for what is no test of its own, such as a whole class. */
  readonly runnable: boolean;
  readonly tags: readonly string[];
  readonly timestamp: SubunitTime | null;
  readonly mimeType: string | null;
  /** A piece of an attachment; its pieces come in order, one packet each. */
  readonly file: { readonly name: string; readonly content: Uint8Array } | null;
  readonly endOfFile: boolean;
  readonly routeCode: string | null;
}

/** Since 1970 in UTC, until the year 2106. */
export interface SubunitTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export const EMPTY_PACKET: SubunitPacket = {
  status: null,
  testId: null,
  runnable: false,
  tags: [],
  timestamp: null,
  mimeType: null,
  file: null,
  endOfFile: false,
  routeCode: null,
};
