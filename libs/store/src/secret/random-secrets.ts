import { randomBytes, randomInt } from 'node:crypto';
import { SecretMaker } from '#app';
import type { Generate } from '#core';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** By the generator of the operating system, every character as likely as any other. */
export class RandomSecrets extends SecretMaker {
  override make({ length, alphabet }: Generate): string {
    switch (alphabet) {
      case 'alnum':
        return Array.from({ length }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join('');
      case 'hex':
        return randomBytes(Math.ceil(length / 2))
          .toString('hex')
          .slice(0, length);
      case 'base64':
        return randomBytes(length).toString('base64');
      default:
        return alphabet satisfies never;
    }
  }
}
