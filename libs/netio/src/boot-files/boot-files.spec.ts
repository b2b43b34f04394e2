import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContentStore } from './content-store.js';
import { findLoaders } from './loaders.js';
import { plainName } from './locate.js';
import { placeLoaders } from './place-loaders.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('boot files', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'anneal-files-'));
    await mkdir(join(root, 'files'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('have names below their root and no others', () => {
    expect(plainName('/a//b/./c')).toBe('a/b/c');
    expect(plainName('a\\b')).toBe('a/b');
    for (const name of ['', '/', '..', 'a/../b', 'a\\..\\b', 'a\0b', 'x'.repeat(2_000)])
      expect(plainName(name), name).toBeNull();
  });

  it('keep content under the digest that it has, and nothing that was announced as something else', async () => {
    const store = new ContentStore(root);
    expect(await store.put(Readable.from([Buffer.from('he'), Buffer.from('llo')]))).toEqual({
      sha256: sha256('hello'),
      bytes: 5,
    });
    await expect(store.put(Readable.from([Buffer.from('x')]), sha256('y'))).rejects.toThrow(/should have/);
    expect(await readdir(store.folder)).toEqual([sha256('hello')]);
    expect(store.pathOf('../x')).toBeNull();
  });

  it('are taken over by digest when they are what they should be, and then stay so', async () => {
    const store = new ContentStore(root);
    await writeFile(join(root, 'files', 'kernel'), 'kernel');
    const file = { path: 'kernel', sha256: sha256('kernel'), bytes: 6 };
    expect(await store.adopt({ ...file, bytes: 7 })).toContain('has 6 bytes');
    expect(await store.adopt({ ...file, sha256: sha256('other') })).toContain('is expected');
    expect(await store.adopt({ ...file, path: '../kernel' })).toContain('not among the boot files');
    expect(await readdir(store.folder)).toEqual([]);
    expect(await store.adopt(file)).toBeNull();
    await writeFile(join(root, 'files', 'kernel'), 'changed');
    expect(await readFile(join(store.folder, file.sha256), 'utf8')).toBe('kernel');
  });

  it('get the loaders of the packages, and keep what somebody has put in their place', async () => {
    const from = (text: string): Promise<string> =>
      writeFile(join(root, 'package'), text).then(() => join(root, 'package'));
    const place = async (text: string) =>
      (
        await placeLoaders(root, [
          ['snponly.efi', await from(text)],
          ['undionly.kpxe', join(root, 'absent')],
        ])
      )[0]?.was;
    expect(await findLoaders(root)).toEqual(new Set());
    expect(await place('one')).toBe('placed');
    expect(await place('one')).toBe('there');
    expect(await place('two')).toBe('placed');
    expect(await findLoaders(root)).toEqual(new Set(['snponly.efi']));
    expect(await readFile(join(root, 'files', 'SHA256SUMS'), 'utf8')).toBe(`${sha256('two')}  snponly.efi\n`);
    await writeFile(join(root, 'files', 'snponly.efi'), 'mine');
    expect(await place('three')).toBe('theirs');
    expect(await readFile(join(root, 'files', 'snponly.efi'), 'utf8')).toBe('mine');
  });
});
