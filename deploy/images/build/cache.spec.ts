import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kept, locked } from './cache.js';
import { describeFile } from './described-file.js';
import { neededBy } from './libraries.js';
import { placeBootFiles } from './place-boot-files.js';

describe('what is built once', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anneal-cache-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const make = (inputs: unknown, text = 'made') =>
    kept('thing', inputs, async (target) => writeFileSync(join(target, 'file'), text), folder);

  it('is made again only when something that goes in has changed', async () => {
    const first = await make(['a', 1]);
    expect(first.fresh).toBe(true);
    expect(await make(['a', 1], 'not this')).toEqual({ ...first, fresh: false });
    expect((await make(['a', 2])).folder).not.toBe(first.folder);
    expect(readFileSync(join(first.folder, 'file'), 'utf8')).toBe('made');
  });

  it('has no name when making it failed, and leaves nothing behind', async () => {
    await expect(
      kept('thing', 1, async (target) => Promise.reject(new Error(`no room in ${target}`)), folder),
    ).rejects.toThrow('no room');
    expect(readdirSync(folder)).toEqual([]);
    expect((await make(1)).fresh).toBe(true);
  });

  it('is made by one of two that ask at once', async () => {
    const both = await Promise.all([make('same'), make('same')]);
    expect(both.map(({ fresh }) => fresh).sort()).toEqual([false, true]);
  });

  it('waits for nobody whose process is gone', async () => {
    // No process has this number: it is above the highest that Linux gives.
    writeFileSync(join(folder, 'lock'), '4194305\n');
    expect(await locked(join(folder, 'lock'), async () => 'done')).toBe('done');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});

describe('a build among the boot files', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'anneal-home-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const place = async (text: string) => {
    writeFileSync(join(home, 'built'), text);
    return await placeBootFiles(home, 'discovery', { initrd: await describeFile(join(home, 'built')) });
  };

  it('lies in a folder of its version, under the name that it is told by', async () => {
    const [file] = await place('one');
    expect(file).toMatchObject({ path: expect.stringMatching(/^discovery\/[0-9a-f]{16}\/initrd$/), bytes: 3 });
    expect(readFileSync(join(home, 'boot/files', file!.path), 'utf8')).toBe('one');
    expect(await place('one')).toEqual([file]);
  });

  it('leaves the one before it to machines that are just loading that, and no heap of older ones', async () => {
    const paths: string[] = [];
    for (const text of ['one', 'two', 'three', 'four', 'five']) paths.push((await place(text))[0]!.path);
    const there = paths.filter((path) => existsSync(join(home, 'boot/files', path)));
    expect(there).toHaveLength(3);
    expect(there).toContain(paths[4]);
  });
});

describe('the libraries that a program asks for', () => {
  it('are read out of it without running it', async () => {
    expect(await neededBy(process.execPath)).toContain('libc.so.6');
    expect(await neededBy(new URL(import.meta.url).pathname)).toEqual([]);
  });
});
