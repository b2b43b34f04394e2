/** The two upper bits of the first byte say how many bytes follow it, none to three. */
export const NUMBER_MAX = 0x3fff_ffff;

export function writeNumber(value: number): number[] {
  if (!Number.isInteger(value) || value < 0 || value > NUMBER_MAX)
    throw new RangeError(`${value} is no number that subunit can write`);
  if (value < 0x40) return [value];
  if (value < 0x4000) return [0x40 | (value >>> 8), value & 0xff];
  if (value < 0x40_0000) return [0x80 | (value >>> 16), (value >>> 8) & 0xff, value & 0xff];
  return [0xc0 | (value >>> 24), (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** How many bytes a number has that begins with this one. */
export const numberBytes = (first: number): number => (first >>> 6) + 1;

/** The number at a place, or null where the bytes end before it does. */
export function readNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const next = at + numberBytes(first);
  if (next > bytes.length) return null;
  let value = first & 0x3f;
  for (let index = at + 1; index < next; index += 1) value = value * 256 + bytes[index]!;
  return { value, next };
}
