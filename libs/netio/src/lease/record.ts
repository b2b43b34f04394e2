import { crc32 } from 'node:zlib';
import type { Lease } from '#core';

/**
 * One lease as one line: eight hex digits of a checksum, a space, the lease as JSON. Whoever looks into the file can read
 * it, and a line that was cut off or overwritten does not pass for one.
 */
export function leaseLine(lease: Lease): string {
  const json = JSON.stringify(lease);
  return `${checksum(json)} ${json}\n`;
}

export interface ReadLines {
  readonly leases: readonly Lease[];
  /** How far the lines are sound, in bytes. */
  readonly soundBytes: number;
  /** Bytes behind that: what was being written when the power went. */
  readonly tornBytes: number;
}

const NEWLINE = 10;

/** Reads lines up to the first that is not whole. Zero bytes at the end are room that was made beforehand. */
export function readLeaseLines(bytes: Buffer): ReadLines {
  const leases: Lease[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) break;
    const lease = leaseOf(bytes.toString('utf8', at, end));
    if (!lease) break;
    leases.push(lease);
    at = end + 1;
  }
  let written = bytes.length;
  while (written > at && bytes[written - 1] === 0) written -= 1;
  return { leases, soundBytes: at, tornBytes: written - at };
}

function leaseOf(line: string): Lease | null {
  const json = line.slice(9);
  if (line[8] !== ' ' || checksum(json) !== line.slice(0, 8)) return null;
  return JSON.parse(json) as Lease;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
