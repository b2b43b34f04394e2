/**
 * IPv6 addresses between sixteen bytes and canonical text (RFC 5952). A DHCP server does this for every packet, several
 * times; therefore it is done here with plain numbers, and without the address objects that the rest of core uses.
 */

export const ADDRESS6_BYTES = 16;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal, two digits a byte. */
export const hexOf = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 1) text += HEX[bytes[at] as number];
  return text;
};

/** Canonical text of the sixteen bytes at `from`. The caller has made sure that they are there. */
export const formatAddress6 = (bytes: Uint8Array, from = 0): string => {
  let longest = 1;
  let longestAt = -1;
  let run = 0;
  for (let group = 0; group < 8; group += 1) {
    if (bytes[from + 2 * group] === 0 && bytes[from + 2 * group + 1] === 0) {
      run += 1;
      // RFC 5952 §4.2.3: the longest run of zeros, and of equal ones the first. One group alone stays (§4.2.2).
      if (run > longest) {
        longest = run;
        longestAt = group - run + 1;
      }
    } else run = 0;
  }
  let text = '';
  for (let group = 0; group < 8; group += 1) {
    if (group === longestAt) {
      text += '::';
      group += longest - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += (((bytes[from + 2 * group] as number) << 8) | (bytes[from + 2 * group + 1] as number)).toString(16);
  }
  return text;
};

/** Sixteen bytes of an address in text, with or without a zone; null when it is none. */
export const parseAddress6 = (text: string): Uint8Array | null => {
  const bytes = new Uint8Array(ADDRESS6_BYTES);
  /** Bytes written so far, and where `::` stood among them. */
  let written = 0;
  let gap = -1;
  let value = 0;
  let digits = 0;
  let from = 0;
  let at = 0;
  for (; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter === PERCENT) break;
    if (letter === DOT) {
      if (written > 12 || !writeQuad(text, from, bytes, written)) return null;
      written += 4;
      digits = 0;
      at = text.length;
      break;
    }
    if (letter === COLON) {
      const doubled = digits === 0;
      // A single colon stands between two groups; a doubled one may also stand at either end.
      if (doubled && (gap >= 0 || (at === 0 ? text.charCodeAt(1) !== COLON : text.charCodeAt(at - 1) !== COLON)))
        return null;
      if (doubled && at > 0) gap = written;
      else if (!doubled) {
        if (written > 14) return null;
        bytes[written] = value >> 8;
        bytes[written + 1] = value & 255;
        written += 2;
        // What follows is a group, or the second colon; never the end.
        if (at + 1 === text.length || text.charCodeAt(at + 1) === PERCENT) return null;
      }
      value = 0;
      digits = 0;
      from = at + 1;
      continue;
    }
    const digit = digitOf(letter);
    if (digit < 0 || digits === 4) return null;
    value = (value << 4) | digit;
    digits += 1;
  }
  if (digits > 0) {
    if (written > 14) return null;
    bytes[written] = value >> 8;
    bytes[written + 1] = value & 255;
    written += 2;
  }
  if (gap < 0) return written === ADDRESS6_BYTES ? bytes : null;
  if (written > 14) return null;
  bytes.copyWithin(ADDRESS6_BYTES - (written - gap), gap, written);
  bytes.fill(0, gap, ADDRESS6_BYTES - (written - gap));
  return bytes;
};

const COLON = 58;
const DOT = 46;
const PERCENT = 37;

const digitOf = (letter: number): number => {
  if (letter >= 48 && letter <= 57) return letter - 48;
  const lower = letter | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** The IPv4 address that ends the text (RFC 4291 §2.2), into four bytes. */
const writeQuad = (text: string, from: number, bytes: Uint8Array, at: number): boolean => {
  const zone = text.indexOf('%', from);
  const dotted = DOTTED.exec(zone < 0 ? text.slice(from) : text.slice(from, zone));
  for (let octet = 0; octet < 4; octet += 1) {
    const value = Number(dotted?.[octet + 1] ?? 256);
    if (value > 255) return false;
    bytes[at + octet] = value;
  }
  return true;
};

/** Without leading zeros, which some take for octal. */
const DOTTED = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Whether two addresses agree in their first `length` bits. */
export const samePrefix6 = (one: Uint8Array, other: Uint8Array, length: number): boolean => {
  const whole = length >> 3;
  for (let at = 0; at < whole; at += 1) if (one[at] !== other[at]) return false;
  const rest = length & 7;
  if (rest === 0) return true;
  const mask = (0xff00 >> rest) & 0xff;
  return ((one[whole] as number) & mask) === ((other[whole] as number) & mask);
};

/** fe80::/10 (RFC 4291 §2.5.6). */
export const isLinkLocal6 = (bytes: Uint8Array): boolean => bytes[0] === 0xfe && ((bytes[1] as number) & 0xc0) === 0x80;

/** `52:54:00:12:34:56` for six bytes at `from`. */
export const formatMac = (bytes: Uint8Array, from = 0): string => {
  let text = HEX[bytes[from] as number] as string;
  for (let at = 1; at < 6; at += 1) text += ':' + (HEX[bytes[from + at] as number] as string);
  return text;
};

/**
 * The MAC inside of an interface identifier that was made from one (RFC 4291 appendix A), or null: the `ff:fe` in the
 * middle is missing, or the identifier says of itself that it is not from a MAC given world-wide or locally.
 */
export const macOfAddress6 = (bytes: Uint8Array): string | null => {
  if (bytes[11] !== 0xff || bytes[12] !== 0xfe) return null;
  const mac = Uint8Array.of(
    (bytes[8] as number) ^ 0x02,
    bytes[9] as number,
    bytes[10] as number,
    bytes[13] as number,
    bytes[14] as number,
    bytes[15] as number,
  );
  return formatMac(mac);
};

/** A subnet, ready to be compared with. */
export interface Prefix6 {
  readonly base: Uint8Array;
  readonly length: number;
}

/** `fd00:1::/64` as a prefix; null when it is none. */
export const parsePrefix6 = (cidr: string): Prefix6 | null => {
  const slash = cidr.indexOf('/');
  if (slash < 0) return null;
  const base = parseAddress6(cidr.slice(0, slash));
  const length = Number(cidr.slice(slash + 1));
  if (!base || !Number.isInteger(length) || length < 0 || length > 128) return null;
  return { base, length };
};
