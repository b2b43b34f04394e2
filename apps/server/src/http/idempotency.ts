import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { AccessRecords, KeptAnswer } from '#app';
import type { Route } from '#api-types';
import { refuse } from '#core';
import { Refused, refusedByHttp } from './refused.js';

/**
 * Makes a repeated POST harmless. The key is claimed before the work and the answer is kept after it, so that whoever did
 * not hear the first answer gets it again. When a server ends between the two, nobody can say whether the work was done:
 * the key then stays claimed and the caller is told to look, because doing it twice would be the worse surprise.
 */

/** Longest key, in characters. */
export const KEY_LENGTH_MAX = 255;
/** How long answers are kept, in milliseconds. */
export const KEPT_MS = 24 * 3_600_000;
/** A request takes no longer than this, in milliseconds; after it, a claim without an answer was left behind. */
export const ANSWERED_WITHIN_MS = 10 * 60_000;

export class Idempotency {
  constructor(private readonly records: AccessRecords) {}

  /** The key to use for this request; null when there is none to honour. */
  keyOf(request: FastifyRequest, route: Route): string | null {
    const header = request.headers['idempotency-key'];
    if (header === undefined || route.method !== 'POST' || !request.anneal.principal) return null;
    const key = String(header);
    if (key.length === 0 || key.length > KEY_LENGTH_MAX || !/^[\x20-\x7e]+$/.test(key))
      throw new Refused(
        refuse('invalid', `Idempotency-Key must be 1 to ${KEY_LENGTH_MAX} printable ASCII characters.`, {
          errors: [{ in: 'header', at: '/idempotency-key', says: 'not a usable key' }],
        }),
      );
    return key;
  }

  /** The answer that this key stands for, or null: then the request is ours to do. */
  async claim(actor: string, key: string, request: FastifyRequest): Promise<KeptAnswer | null> {
    const claim = await this.records.claimKey(actor, key, fingerprintOf(request));
    switch (claim.kind) {
      case 'ours':
        return null;
      case 'answered':
        return claim.answer;
      case 'mismatch':
        throw new Refused(
          refuse(
            'idempotency-mismatch',
            'this Idempotency-Key was sent with another request: use a new key for a new request.',
          ),
        );
      case 'in-progress':
        if (claim.sinceMs < ANSWERED_WITHIN_MS)
          throw refusedByHttp('in-progress', 'the first request with this Idempotency-Key is still being answered.', {
            headers: { 'retry-after': '1' },
          });
        throw new Refused(
          refuse(
            'conflict',
            'the answer to the first request with this Idempotency-Key was lost when a server ended: look whether it was done, and use a new key.',
          ),
        );
      default:
        return claim satisfies never;
    }
  }

  keep(actor: string, key: string, answer: KeptAnswer): Promise<void> {
    return this.records.keepAnswer(actor, key, answer);
  }

  /** The request was refused and changed nothing: the key is free again. */
  release(actor: string, key: string): Promise<void> {
    return this.records.releaseKey(actor, key);
  }
}

/** What makes two requests the same: method, address with its query, and body. */
const fingerprintOf = (request: FastifyRequest): string => {
  const digest = createHash('sha256').update(`${request.method} ${request.url}\n`);
  const body: unknown = request.body;
  if (Buffer.isBuffer(body)) digest.update(body);
  else if (body !== undefined && body !== null) digest.update(JSON.stringify(body));
  return digest.digest('hex');
};
