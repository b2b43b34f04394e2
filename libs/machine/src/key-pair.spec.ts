import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureKeyPair } from './key-pair.js';

describe('ensureKeyPair', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'anneal-key-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('makes a key that only its owner can read, and the public half beside it', () => {
    const pair = ensureKeyPair(home);
    expect(statSync(pair.privateKeyPath).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'ssh')).mode & 0o777).toBe(0o700);
    expect(pair.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+ anneal$/);
    expect(readFileSync(`${pair.privateKeyPath}.pub`, 'utf8')).toBe(`${pair.publicKey}\n`);
  });

  it('gives the same key every time', () => {
    expect(ensureKeyPair(home)).toEqual(ensureKeyPair(home));
  });

  it('refuses a file that is no key instead of replacing it', () => {
    const { privateKeyPath } = ensureKeyPair(home);
    writeFileSync(privateKeyPath, 'no key\n');
    expect(() => ensureKeyPair(home)).toThrow(/not a private key/);
  });
});
