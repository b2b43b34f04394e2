import { createPublicKey, createVerify, generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '#core';
import { KeyFileSigner } from './key-file-signer.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'anneal-signer-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function given<T extends object>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.detail);
  return value;
}

const bytes = Buffer.from('what was found');

describe('the key of an installation', () => {
  it('is made once, readable for its owner alone, and signs the same the same', () => {
    const first = given(new KeyFileSigner(home).sign(bytes));
    expect(given(new KeyFileSigner(home).sign(bytes))).toEqual(first);
    expect(statSync(join(home, 'signing.key')).mode & 0o777).toBe(0o600);
    const key = createPublicKey({
      key: Buffer.from(`302a300506032b6570032100${first.public_key}`, 'hex'),
      ...{ format: 'der', type: 'spki' },
    });
    expect(verify(null, bytes, key, Buffer.from(first.signature, 'hex'))).toBe(true);
    expect(verify(null, Buffer.from('something else'), key, Buffer.from(first.signature, 'hex'))).toBe(false);
  });

  it('is not used when others can read it', () => {
    given(new KeyFileSigner(home).sign(bytes));
    chmodSync(join(home, 'signing.key'), 0o644);
    expect(() => new KeyFileSigner(home).sign(bytes)).toThrow(/chmod 600/);
  });

  it('is none where there is no folder for it', () => {
    expect(new KeyFileSigner(null).sign(bytes)).toMatchObject({ code: 'unavailable' });
  });
});

describe('the key for RefStack', () => {
  const put = (pem: string | Buffer): void => writeFileSync(join(home, 'refstack.pem'), pem, { mode: 0o600 });

  it('signs as its server checks it: RSA with SHA-256, PKCS #1 v1.5, in hex', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    put(privateKey.export({ format: 'pem', type: 'pkcs1' }));
    const signed = given(new KeyFileSigner(home).signRefstack('{"cpid":"x"}'));
    expect(createVerify('RSA-SHA256').update('{"cpid":"x"}').verify(publicKey, signed.signature, 'hex')).toBe(true);
    expect(signed.publicKey).toMatch(/^ssh-rsa AAAAB3NzaC1yc2E/);
  });

  it('is the operator’s to put there, and told apart from what is none', () => {
    expect(new KeyFileSigner(home).signRefstack('x')).toMatchObject({ code: 'unavailable' });
    put('no key');
    expect(new KeyFileSigner(home).signRefstack('x')).toMatchObject({ code: 'invalid' });
    put(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
    expect(new KeyFileSigner(home).signRefstack('x')).toMatchObject({ detail: expect.stringContaining('no RSA key') });
  });
});
