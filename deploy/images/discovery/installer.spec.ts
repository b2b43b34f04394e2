import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyInstaller, installerDigests } from './installer.js';

describe('what installs an operating system', () => {
  let root: string;
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'anneal-installer-')));
    await mkdir(join(root, 'usr/sbin'), { recursive: true });
    await copyInstaller(root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is a command in the image, with the files that its steps take from beside them', () => {
    const command = realpathSync(join(root, 'usr/sbin/anneal-install'));
    expect(command).toBe(join(root, 'usr/lib/anneal/install/anneal-install'));
    expect(statSync(command).mode & 0o111).toBe(0o111);
    const step = join(root, 'usr/lib/anneal/install/parts/step-identity.sh');
    const taken = [...readFileSync(step, 'utf8').matchAll(/<"\$PARTS\/([^"]+)"/g)].map(([, path]) => path as string);
    expect(taken).toHaveLength(2);
    for (const path of taken)
      expect(readFileSync(join(root, 'usr/lib/anneal/install/parts', path), 'utf8')).toContain('Tell');
  });

  it('has a digest for each of its files, so that a change makes another image', async () => {
    const names = (await installerDigests()).map((each) => (each as readonly string[])[0]);
    expect(names).toEqual(expect.arrayContaining(['anneal-install', 'anneal-join.sh', 'anneal-join.service']));
    expect(new Set(names).size).toBe(names.length);
  });
});
