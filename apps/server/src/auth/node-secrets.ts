import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secrets, type MadeSecret } from '#app';

/** Tells our tokens from others, for people and for scanners of leaked secrets. */
export const TOKEN_MARK = 'anneal_';
const SECRET_BYTES = 32;
/** Characters that lists show, mark included: enough to recognise, useless to guess from. */
export const PREFIX_LENGTH = TOKEN_MARK.length + 6;

/** Letters that cannot be taken for one another when a person copies them from a screen. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 32 letters, so 80 bits: ample for something that can only be tried online. */
const CODE_LENGTH = 16;

/** Secrets from the chance and the digests of Node itself. */
export class NodeSecrets extends Secrets {
  override make(): MadeSecret {
    const secret = TOKEN_MARK + randomBytes(SECRET_BYTES).toString('base64url');
    return { secret, hash: this.hashOf(secret), prefix: secret.slice(0, PREFIX_LENGTH) };
  }

  override hashOf(secret: string): Uint8Array {
    return createHash('sha256').update(secret).digest();
  }

  override isSeal(key: string, text: string, seal: string): boolean {
    const made = createHmac('sha256', key).update(text).digest();
    const shown = Buffer.from(seal, 'base64url');
    return made.length === shown.length && timingSafeEqual(made, shown);
  }

  override makeCode(): string {
    const letters = [...randomBytes(CODE_LENGTH)].map((byte) => CODE_LETTERS[byte % CODE_LETTERS.length]!).join('');
    return letters.match(/.{4}/g)!.join('-');
  }

  /** Case and dashes do not matter. */
  override digestOfCode(code: string): string {
    return createHash('sha256')
      .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
      .digest('hex');
  }

  override isCode(digest: string, code: string): boolean {
    const [kept, shown] = [Buffer.from(digest, 'hex'), Buffer.from(this.digestOfCode(code), 'hex')];
    return kept.length === shown.length && timingSafeEqual(kept, shown);
  }
}
