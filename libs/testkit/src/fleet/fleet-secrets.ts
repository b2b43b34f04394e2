import { createHash, createHmac } from 'node:crypto';
import { IdSource, OrderTokens, Secrets, type MadeSecret, type OrderToken } from '#app';
import { idOf, type Branded } from '#core';
import type { Chance } from '../world/chance.js';

/** Ids, secrets and tokens from a seed: the same run makes the same ones. For nothing but tests. */
export class FleetSecrets extends Secrets {
  constructor(private readonly chance: Chance) {
    super();
  }

  override make(): MadeSecret {
    const secret = `anneal_${this.chance.uuid()}`;
    return { secret, hash: this.hashOf(secret), prefix: secret.slice(0, 13) };
  }

  override hashOf(secret: string): Uint8Array {
    return createHash('sha256').update(secret).digest();
  }

  override isSeal(key: string, text: string, seal: string): boolean {
    return sealWith(key)(text) === seal;
  }

  override makeCode(): string {
    return this.chance.uuid();
  }

  override digestOfCode(code: string): string {
    return createHash('sha256').update(code).digest('hex');
  }

  override isCode(digest: string, code: string): boolean {
    return this.digestOfCode(code) === digest;
  }
}

export const sealWith =
  (key: string) =>
  (text: string): string =>
    createHmac('sha256', key).update(text).digest('base64url');

export class FleetTokens extends OrderTokens {
  constructor(private readonly chance: Chance) {
    super();
  }

  override make(): OrderToken {
    const token = `anneal_install_${this.chance.uuid()}`;
    return { token, hash: this.hashOf(token) };
  }

  override hashOf(token: string): string {
    return createHash('sha256').update(token).digest('hex');
  }
}

export class FleetIds extends IdSource {
  constructor(private readonly chance: Chance) {
    super();
  }

  override next<Id extends Branded<string>>(): Id {
    return idOf(this.chance.uuid()) as unknown as Id;
  }
}
