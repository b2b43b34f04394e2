import type { Octets } from '#core';

/**
 * The variable part of a DHCP message: code, length, content, one after the other (RFC 2132 §2), up to 312 bytes and
 * more, and on demand in the fields `sname` and `file` as well (§9.3).
 */

/** Fixed fields and cookie (RFC 2131 §2, figure 1). */
export const OPTIONS_AT = 240;
export const SNAME_AT = 44;
export const SNAME_BYTES = 64;
export const FILE_AT = 108;
export const FILE_BYTES = 128;
const PAD = 0;
const END = 255;
const OVERLOAD = 52;
/** Of one piece; a longer option comes in several (RFC 3396 §5). */
const PIECE_BYTES_MAX = 255;

export interface OptionArea {
  readonly options: Record<number, Octets>;
  /** True when the package's parser reads the message as it stands: no pads within, no pieces, no overload. */
  readonly plain: boolean;
  readonly fileTaken: boolean;
  readonly snameTaken: boolean;
}

interface Gathering {
  readonly options: Record<number, Octets>;
  plain: boolean;
  joined: boolean;
}

/** Gathers the options of a message; a sentence when an option does not end within its area. */
export function readOptionArea(bytes: Uint8Array): OptionArea | string {
  const gathering: Gathering = { options: {}, plain: true, joined: false };
  const flaw = gather(bytes, OPTIONS_AT, bytes.length, gathering);
  if (flaw !== null) return flaw;
  const overload = gathering.options[OVERLOAD]?.[0] ?? 0;
  // RFC 2132 §9.3: 1 file, 2 sname, 3 both; RFC 3396 §5: they follow the options in this order.
  const fileTaken = (overload & 1) === 1;
  const snameTaken = (overload & 2) === 2;
  if (overload !== 0) gathering.plain = false;
  const more =
    (fileTaken ? gather(bytes, FILE_AT, FILE_AT + FILE_BYTES, gathering) : null) ??
    (snameTaken ? gather(bytes, SNAME_AT, SNAME_AT + SNAME_BYTES, gathering) : null);
  if (more !== null) return more;
  if (overload !== 0) delete gathering.options[OVERLOAD];
  return { options: gathering.options, plain: gathering.plain, fileTaken, snameTaken };
}

function gather(bytes: Uint8Array, from: number, to: number, into: Gathering): string | null {
  for (let at = from; at < to;) {
    const code = bytes[at] as number;
    if (code === END) return null;
    if (code === PAD) {
      into.plain = false;
      at += 1;
      continue;
    }
    const length = at + 1 < to ? (bytes[at + 1] as number) : Number.POSITIVE_INFINITY;
    const end = at + 2 + length;
    if (end > to) return `option ${code} does not end within the message`;
    const content: number[] = [];
    for (let index = at + 2; index < end; index += 1) content.push(bytes[index] as number);
    const former = into.options[code];
    if (former === undefined) into.options[code] = content;
    else {
      into.options[code] = [...former, ...content];
      into.plain = false;
    }
    at = end;
  }
  return null;
}

/** Bytes that an option takes with its codes and lengths. */
export const optionBytes = (octets: Octets): number =>
  octets.length + 2 * Math.max(1, Math.ceil(octets.length / PIECE_BYTES_MAX));

/** Writes an option, in pieces where it is long; returns where the next one goes. */
export function writeOption(target: Uint8Array, at: number, code: number, octets: Octets): number {
  let position = at;
  let taken = 0;
  do {
    const length = Math.min(octets.length - taken, PIECE_BYTES_MAX);
    target[position] = code;
    target[position + 1] = length;
    for (let index = 0; index < length; index += 1) target[position + 2 + index] = octets[taken + index] as number;
    position += 2 + length;
    taken += length;
  } while (taken < octets.length);
  return position;
}

export function writeEnd(target: Uint8Array, at: number): number {
  target[at] = END;
  return at + 1;
}
