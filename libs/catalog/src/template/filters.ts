import { stringify } from 'yaml';
import { sha512Crypt } from './sha512-crypt.js';

/** What templates may do to a value, beside what LiquidJS brings. Each writes for one reader: a shell, JSON, YAML, crypt(3). */
export const FILTERS: Readonly<Record<string, (value: unknown, ...args: unknown[]) => string>> = {
  /** One word for a POSIX shell, whatever it holds; a list becomes as many words. */
  shell_quote: (value) => (Array.isArray(value) ? value.map(quote).join(' ') : quote(value)),
  /** JSON; with a number, indented by as many spaces. */
  json: (value, spaces = 0) => {
    if (value === undefined) throw new Error('there is no value to write as JSON');
    return JSON.stringify(value, null, whole(spaces, 0, 10, 'json'));
  },
  /** YAML without a last newline; give `indent` what stands before it. */
  yaml: (value) => stringify(value, { lineWidth: 0 }).trimEnd(),
  /** All lines but the first are moved to the right. */
  indent: (value, spaces = 2) => text(value).replaceAll('\n', `\n${' '.repeat(whole(spaces, 0, 80, 'indent'))}`),
  /** For languages that read line by line: a value with a line break or another character of control in it is a fault. */
  one_line: (value) => {
    const line = text(value);
    if (/[\p{Cc}\u2028\u2029]/u.test(line)) throw new Error(`${JSON.stringify(line)} is not one line`);
    return line;
  },
  /** For lists of words, such as packages: what is no plain word is a fault. */
  word: (value) => {
    const word = text(value);
    if (!/^[A-Za-z0-9][-A-Za-z0-9.+:_=/,]*$/.test(word)) throw new Error(`${JSON.stringify(word)} is no plain word`);
    return word;
  },
  /** A password as `$6$`, salted with what is given: the same twice, because a template has no chance. */
  crypt: (value, salt) => {
    if (typeof salt !== 'string' || !/^[./0-9A-Za-z]{8,16}$/.test(salt))
      throw new Error('crypt needs a salt of 8 to 16 letters, digits, dots and slashes: {{ password | crypt: salt }}');
    return sha512Crypt(text(value), salt);
  },
};

const quote = (value: unknown): string => `'${text(value).replaceAll("'", `'\\''`)}'`;

const text = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${value === null || value === undefined ? 'nothing' : 'a list or an object'} is no text`);
};

const whole = (value: unknown, from: number, to: number, of: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < from || number > to)
    throw new Error(`${of} takes a whole number from ${from} to ${to}`);
  return number;
};
