/** More addresses than this are told as a power of two: nobody reads twenty digits. */
const DIGITS_MAX = 9;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** How many addresses a range has: `89`, or `about 2⁶⁴`. */
export const sizeOf = (size: string): string =>
  size.length <= DIGITS_MAX
    ? size
    : `about 2${[...String(Math.round(Math.log2(Number(size))))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`;
