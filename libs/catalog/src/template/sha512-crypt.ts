import { createHash } from 'node:crypto';

/**
 * The password hash `$6$` that installers and shadow files take: SHA-crypt of Ulrich Drepper, version 0.6, with SHA-512
 * and 5000 rounds. crypt(3) offers it to C alone.
 */
const ROUNDS = 5_000;
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Which bytes of the digest make each group of four characters (§22 of the description). */
const ORDER: readonly (readonly [number, number, number])[] = Array.from({ length: 21 }, (_, index) => {
  const turn = [index, index + 21, index + 42] as [number, number, number];
  for (let times = index % 3; times > 0; times -= 1) turn.push(turn.shift() as number);
  return turn;
});

/** `salt` has 1 to 16 characters of the alphabet; what is longer is cut, as crypt(3) does. */
export const sha512Crypt = (password: string, saltText: string): string => {
  const key = Buffer.from(password);
  const salt = Buffer.from(saltText.slice(0, 16));
  const digest = (...parts: readonly Uint8Array[]): Buffer => {
    const hash = createHash('sha512');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const alternate = digest(key, salt, key);
  const parts: Uint8Array[] = [key, salt, stretch(alternate, key.length)];
  for (let left = key.length; left > 0; left >>= 1) parts.push(left & 1 ? alternate : key);
  let state = digest(...parts);
  const keyBytes = stretch(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const saltTimes = 16 + (state[0] as number);
  const saltBytes = stretch(digest(...Array.from({ length: saltTimes }, () => salt)), salt.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const odd = (round & 1) === 1;
    state = digest(
      odd ? keyBytes : state,
      round % 3 === 0 ? Buffer.alloc(0) : saltBytes,
      round % 7 === 0 ? Buffer.alloc(0) : keyBytes,
      odd ? state : keyBytes,
    );
  }
  const text = ORDER.map(([a, b, c]) =>
    letters(((state[a] as number) << 16) | ((state[b] as number) << 8) | (state[c] as number), 4),
  );
  return `$6$${salt.toString()}$${text.join('')}${letters(state[63] as number, 2)}`;
};

const stretch = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes);

const letters = (value: number, count: number): string =>
  Array.from({ length: count }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join('');
