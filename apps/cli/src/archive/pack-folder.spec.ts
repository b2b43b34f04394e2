import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTar } from '#catalog';
import { packFolder } from './pack-folder.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anneal-pack-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder that is packed', () => {
  const LONG = `roles/${'a'.repeat(60)}/${'b'.repeat(60)}.sh`;

  const fill = (): void => {
    for (const path of ['barclamp.yml', 'roles/web/10-begin.sh', '.git/config', LONG]) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), `content of ${path} ü\n`);
    }
  };

  it('is read by the server as it was, without what is hidden', async () => {
    fill();
    const read = await readTar(await packFolder(folder));
    const files = 'files' in read ? read.files : [];
    expect(files.map(({ path }) => path).sort()).toEqual(['barclamp.yml', LONG, 'roles/web/10-begin.sh'].sort());
    expect(files.find(({ path }) => path === LONG)?.content).toBe(`content of ${LONG} ü\n`);
  });

  it('is read by tar', async () => {
    fill();
    const names = execFileSync('tar', ['-tzf', '-'], { input: await packFolder(folder), encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(names).toHaveLength(3);
    expect(names[0]).toMatch(/\/barclamp\.yml$/);
  });

  it('always gives the same bytes', async () => {
    fill();
    expect(Buffer.compare(await packFolder(folder), await packFolder(folder))).toBe(0);
  });

  it('is refused by name when it holds a link', async () => {
    fill();
    symlinkSync('/etc/passwd', join(folder, 'roles', 'passwd'));
    await expect(packFolder(folder)).rejects.toThrow('roles/passwd is a link or a device');
  });
});
