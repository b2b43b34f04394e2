import {
  mkdtempSync,
  rmSync,
  writeFileSync,
  chmodSync,
  mkdirSync,
  symlinkSync,
  readFileSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpioOf, writeCpio } from './cpio.js';

/** What an archive says, by the format that the kernel documents. */
const read = (archive: Buffer) => {
  const entries: { path: string; mode: string; text: string; seconds: number }[] = [];
  for (let at = 0; ;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, seconds, length, nameLength] = [field(1), field(5), field(6), field(11)];
    const path = archive.toString('utf8', at + 110, at + 110 + nameLength - 1);
    const start = Math.ceil((at + 110 + nameLength) / 4) * 4;
    if (path === 'TRAILER!!!') return entries;
    entries.push({ path, mode: mode.toString(8), text: archive.toString('utf8', start, start + length), seconds });
    at = Math.ceil((start + length) / 4) * 4;
  }
};

describe('a cpio archive', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anneal-cpio-'));
    mkdirSync(join(folder, 'root/usr/bin'), { recursive: true });
    writeFileSync(join(folder, 'root/usr/bin/tool'), '#!/bin/sh\n');
    chmodSync(join(folder, 'root/usr/bin/tool'), 0o755);
    symlinkSync('usr/bin', join(folder, 'root/bin'));
    writeFileSync(join(folder, 'root/init'), 'init');
    chmodSync(join(folder, 'root/init'), 0o644);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const archived = async (): Promise<Buffer> => {
    await writeCpio(join(folder, 'root'), join(folder, 'archive'));
    return readFileSync(join(folder, 'archive'));
  };

  it('holds folders before their files, and links as links', async () => {
    expect(read(await archived()).map(({ path, mode, text }) => [path, mode, text])).toEqual([
      ['bin', '120777', 'usr/bin'],
      ['init', '100644', 'init'],
      ['usr', '40755', ''],
      ['usr/bin', '40755', ''],
      ['usr/bin/tool', '100755', '#!/bin/sh\n'],
    ]);
  });

  it('is the same bytes whenever the files were written', async () => {
    const before = await archived();
    utimesSync(join(folder, 'root/init'), 1, 1);
    expect((await archived()).equals(before)).toBe(true);
  });

  it('of a few texts brings the folders that they lie in', () => {
    expect(read(cpioOf({ 'etc/anneal/second-stage': 'abc 12 x\n' })).map(({ path, text }) => [path, text])).toEqual([
      ['etc', ''],
      ['etc/anneal', ''],
      ['etc/anneal/second-stage', 'abc 12 x\n'],
    ]);
  });
});
