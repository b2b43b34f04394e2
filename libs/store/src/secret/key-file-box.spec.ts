import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal } from '#core';
import { KeyFileBox, openSecretBox } from './key-file-box.js';

const BELONGS = 'bmc/1/password';
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'anneal-box-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const sealed = (box: KeyFileBox | ReturnType<typeof openSecretBox>, secret: string, belongs = BELONGS): string => {
  const value = box.seal(secret, belongs);
  if (isRefusal(value)) throw new Error(value.detail);
  return value;
};

describe('a sealed secret', () => {
  it('opens where it belongs, and its text is not in it', () => {
    const box = openSecretBox(home, undefined);
    const value = sealed(box, 'päss word');
    expect(box.open(value, BELONGS)).toBe('päss word');
    expect(value).not.toContain(Buffer.from('päss word').toString('base64url').slice(0, 6));
  });

  it('does not open in another row', () => {
    const box = openSecretBox(home, undefined);
    expect(box.open(sealed(box, 'secret'), 'bmc/2/password')).toBeNull();
  });

  it('does not open when a single bit of it was changed', () => {
    const box = openSecretBox(home, undefined);
    const value = sealed(box, 'secret');
    const [version, key, nonce, body] = value.split('.') as [string, string, string, string];
    const bytes = Buffer.from(body, 'base64url');
    bytes[0]! ^= 1;
    expect(box.open([version, key, nonce, bytes.toString('base64url')].join('.'), BELONGS)).toBeNull();
    for (const broken of ['', 'v1', `${value}.x`, 'v1.x.y.z', value.replace('v1', 'v2')])
      expect(box.open(broken, BELONGS)).toBeNull();
  });

  it('is another text each time, so that equal passwords do not show', () => {
    const box = openSecretBox(home, undefined);
    expect(sealed(box, 'same')).not.toBe(sealed(box, 'same'));
  });
});

describe('the key of an installation', () => {
  it('is made once, for its own account alone, and is the same after a restart', () => {
    const value = sealed(openSecretBox(home, undefined), 'secret');
    expect(statSync(join(home, 'secrets.key')).mode & 0o777).toBe(0o600);
    expect(openSecretBox(home, undefined).open(value, BELONGS)).toBe('secret');
  });

  it('is refused when others can read it', () => {
    openSecretBox(home, undefined);
    chmodSync(join(home, 'secrets.key'), 0o640);
    expect(() => openSecretBox(home, undefined)).toThrow('chmod 600');
  });

  it('can be replaced: the old one still opens, and says what is to be sealed anew', () => {
    const before = sealed(openSecretBox(home, undefined), 'secret');
    const path = join(home, 'secrets.key');
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n${readFileSync(path, 'utf8')}`);
    const box = openSecretBox(home, undefined);
    expect(box.open(before, BELONGS)).toBe('secret');
    expect(box.isOld(before)).toBe(true);
    expect(box.isOld(sealed(box, 'secret'))).toBe(false);
  });

  it('comes from the environment where that has one, and a key of another length is refused', () => {
    const key = randomBytes(32).toString('base64');
    const value = sealed(openSecretBox(null, key), 'secret');
    expect(openSecretBox(home, key).open(value, BELONGS)).toBe('secret');
    expect(() => openSecretBox(null, 'c2hvcnQ=')).toThrow('32 bytes');
  });

  it('without one, sealing is refused and nothing opens', () => {
    const value = sealed(openSecretBox(home, undefined), 'secret');
    const box = openSecretBox(null, undefined);
    expect(isRefusal(box.seal('secret', BELONGS))).toBe(true);
    expect(box.open(value, BELONGS)).toBeNull();
  });
});
