import { createHash, randomBytes } from 'node:crypto';
import { OrderTokens, type OrderToken } from '#app';

/** Tells tokens of installs from others, for people and for scanners of leaked secrets. */
const MARK = 'anneal_install_';
/** 256 bits: there is nothing to guess, and a plain digest will do. */
const SECRET_BYTES = 32;

export class RandomOrderTokens extends OrderTokens {
  override make(): OrderToken {
    const token = MARK + randomBytes(SECRET_BYTES).toString('base64url');
    return { token, hash: this.hashOf(token) };
  }

  override hashOf(token: string): string {
    return createHash('sha256').update(token).digest('hex');
  }
}
