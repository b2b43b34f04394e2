import { createPublicKey, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/refusal.js';
import type { Json } from '../base/json.js';
import type { TestOutcome } from './outcome.js';
import { checkRefstack, opensshRsaKey, printRefstack, refstackDocument, type RefstackDocument } from './refstack.js';

const outcome = (name: string, status: TestOutcome['status'], id: string | null = null): TestOutcome => ({
  ...{ name, id, status, seconds: 1, worker: null },
  ...{ reason: null, traceback: null },
});
const uuid = '0cff7fff-6896-4e16-a85d-2c1a2fdb4e3a';
const cpid = 'a0b1'.repeat(8);

function made(found: RefstackDocument | Refusal): RefstackDocument {
  if (isRefusal(found)) throw new Error(found.detail);
  return found;
}

describe('a RefStack document', () => {
  const document = made(
    refstackDocument({
      cpid,
      seconds: 61.6,
      outcomes: [
        outcome('a.B.test_two(ipv6)', 'passed', 'id-of-another-kind'),
        outcome('a.B.test_one', 'passed', `id-${uuid}`),
        outcome('a.B.test_fails', 'failed', 'id-1'),
        outcome('a.B.test_skips', 'skipped'),
        outcome('a.B.test_setup', 'setup-failed'),
        outcome('a.B.test_waits', 'not-run'),
        outcome('a.B.test_one', 'passed', `id-${uuid}`),
      ],
    }),
  );

  it('has what passed, by name and UUID, and no other word', () => {
    expect(document).toEqual({
      cpid,
      duration_seconds: 62,
      results: [{ name: 'a.B.test_one', uuid }, { name: 'a.B.test_two(ipv6)' }],
    });
    expect(checkRefstack(JSON.parse(printRefstack(document)) as Json)).toEqual([]);
  });

  it('is refused where there is nothing that it could say, or no cloud', () => {
    expect(refstackDocument({ cpid, seconds: 1, outcomes: [outcome('a', 'failed')] })).toMatchObject({ refused: true });
    expect(refstackDocument({ cpid: 'cloud', seconds: 1, outcomes: [outcome('a', 'passed')] })).toMatchObject({
      code: 'invalid',
    });
  });

  it.each<[string, Json, string]>([
    ['another key', { ...document, more: 1 } as unknown as Json, '/more'],
    ['no cloud', { ...document, cpid: ' ' } as unknown as Json, '/cpid'],
    ['half seconds', { ...document, duration_seconds: 1.5 } as unknown as Json, '/duration_seconds'],
    ['no result', { ...document, results: [] } as unknown as Json, '/results'],
    ['a result without name', { ...document, results: [{ uuid }] } as unknown as Json, '/results/0/name'],
    [
      'an id with its mark',
      { ...document, results: [{ name: 'a', uuid: `id-${uuid}` }] } as unknown as Json,
      '/results/0/uuid',
    ],
    ['a list', [], ''],
  ])('with %s is not one', (_, value, at) => {
    expect(checkRefstack(value).map((problem) => problem.at)).toEqual([at]);
  });

  it('can be signed as its server wants, and the key is one that OpenSSH reads', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const body = printRefstack(document);
    const signature = createSign('RSA-SHA256').update(body).sign(privateKey, 'hex');
    expect(createVerify('RSA-SHA256').update(body).verify(publicKey, signature, 'hex')).toBe(true);
    expect(createVerify('RSA-SHA256').update(`${body} `).verify(publicKey, signature, 'hex')).toBe(false);
    const jwk = publicKey.export({ format: 'jwk' }) as { n: string; e: string };
    const [type, blob] = opensshRsaKey(jwk, 'operator').split(' ') as [string, string];
    expect(type).toBe('ssh-rsa');
    // RFC 4253 §6.6: the name, the exponent, the modulus, each with its length.
    const bytes = Buffer.from(blob, 'base64');
    const fields: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at))
      fields.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
    expect(fields[0]!.toString()).toBe('ssh-rsa');
    expect(fields[2]![0]).toBe(0);
    const again = createPublicKey({
      key: { kty: 'RSA', e: fields[1]!.toString('base64url'), n: fields[2]!.subarray(1).toString('base64url') },
      format: 'jwk',
    });
    expect(again.equals(publicKey)).toBe(true);
  });
});
