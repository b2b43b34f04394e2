import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  describeProblem,
  loadBarclamp,
  loadUpload,
  readFolder,
  readTar,
  shippedFolder,
  type ReadFilesResult,
} from '#catalog';

const run = promisify(execFile);

/** Paths and contents, or what was said instead. */
const outcome = (read: ReadFilesResult): readonly string[] =>
  'files' in read ? read.files.map((file) => file.path) : read.problems.map(describeProblem);

describe('a barclamp on its way in', () => {
  let root: string;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'anneal-catalog-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = join(root, `clamp-${++count}`);
    await put('barclamp.yml', 'name: x\nroles: [{ name: web, jig: script }]\n');
    await put('roles/web/10-a.sh', 'echo größer\n');
  });

  async function put(path: string, content: string | Buffer): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  /** Packs with the tar of the system, as an operator does. */
  async function tar(...options: string[]): Promise<Buffer> {
    const archive = join(root, `archive-${count}.tar`);
    await run('tar', ['-cf', archive, ...options]);
    return readFile(archive);
  }

  describe('as a folder', () => {
    it('gives its text files, hidden ones left out', async () => {
      await put('.git/config', 'x');
      expect(await readFolder(folder)).toEqual({
        files: [
          { path: 'barclamp.yml', content: 'name: x\nroles: [{ name: web, jig: script }]\n' },
          { path: 'roles/web/10-a.sh', content: 'echo größer\n' },
        ],
      });
    });

    it('is refused with a link in it, wherever the link leads', async () => {
      await symlink('/etc/passwd', join(folder, 'roles/web/20-b.sh'));
      expect(outcome(await readFolder(folder))).toEqual([
        'roles/web/20-b.sh:1:1: error: this is a link or a device, not a file (put a copy of the file here)',
      ]);
    });

    it('is refused with a file that is not text', async () => {
      await put('roles/web/blob', Buffer.from([0xff, 0xfe, 0x00]));
      expect(outcome(await readFolder(folder))[0]).toContain('roles/web/blob:1:1: error: this file is not UTF-8 text');
    });
  });

  describe('as an archive', () => {
    const expected = ['barclamp.yml', 'roles/web/10-a.sh'];

    it.each([['ustar'], ['pax'], ['gnu'], ['v7']])('of the form %s gives the same files', async (form) => {
      const files = outcome(await readTar(await tar(`--format=${form}`, '-C', folder, '.')));
      expect([...files].sort()).toEqual(expected);
    });

    it('that was gzipped gives the same files', async () => {
      expect([...outcome(await readTar(gzipSync(await tar('-C', folder, '.'))))].sort()).toEqual(expected);
    });

    it('that was made of the folder instead of what is in it gives the same files', async () => {
      expect([...outcome(await readTar(await tar('-C', root, folder.slice(root.length + 1))))].sort()).toEqual(
        expected,
      );
    });

    it.each([['pax'], ['gnu']])('of the form %s keeps names that are longer than a header', async (form) => {
      const long = `roles/web/${'d'.repeat(90)}/${'f'.repeat(120)}.txt`;
      await put(long, 'x');
      expect(outcome(await readTar(await tar(`--format=${form}`, '-C', folder, '.')))).toContain(long);
    });

    it('keeps names with letters beyond ASCII', async () => {
      await put('roles/web/größe.txt', 'x');
      expect(outcome(await readTar(await tar('--format=pax', '-C', folder, '.')))).toContain('roles/web/größe.txt');
    });

    it('loads into the document that the folder loads into', async () => {
      const [packed, plain] = [await readTar(await tar('-C', folder, '.')), await readFolder(folder)];
      if (!('files' in packed && 'files' in plain)) throw new Error('cannot be read');
      expect(loadBarclamp(packed.files)).toEqual(loadBarclamp(plain.files));
    });

    it('is refused when an entry leads out of it', async () => {
      await put('evil', 'x');
      const archive = await tar(
        '-C',
        folder,
        '--absolute-names',
        '--transform=s,^evil$,../../evil,',
        'barclamp.yml',
        'evil',
      );
      expect(outcome(await readTar(archive))).toEqual([
        '../../evil:1:1: error: this entry of the archive is refused: it leads out of the folder (leave it out of the archive)',
      ]);
    });

    it('is refused when an entry is absolute', async () => {
      const archive = await tar('--absolute-names', join(folder, 'barclamp.yml'));
      expect(outcome(await readTar(archive))[0]).toContain('is refused: it is absolute');
    });

    it('is refused with a link in it', async () => {
      await symlink('/etc/passwd', join(folder, 'roles/web/20-b.sh'));
      expect(outcome(await readTar(await tar('-C', folder, '.')))[0]).toContain(
        'roles/web/20-b.sh:1:1: error: this entry of the archive is refused: it is a link',
      );
    });

    it('is refused when it unpacks to more than a server should hold', async () => {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
      expect(bomb.length).toBeLessThan(100_000);
      expect(outcome(await readTar(bomb))[0]).toContain('the archive unpacks to more than');
    });

    it.each([
      ['that is cut within a file', (bytes: Buffer) => bytes.subarray(0, 530), 'ends too early'],
      ['that is cut after a file', (bytes: Buffer) => bytes.subarray(0, 1024), 'ends too early'],
      [
        'with a flipped bit in a header',
        (bytes: Buffer) => Buffer.concat([Buffer.from([bytes[0]! ^ 1]), bytes.subarray(1)]),
        'not a tar archive',
      ],
      ['that is something else', () => Buffer.from('name: x\n'.repeat(100)), 'not a tar archive'],
      ['that is empty', () => Buffer.alloc(0), 'not a tar archive'],
      ['whose gzip data is damaged', (bytes: Buffer) => gzipSync(bytes).subarray(0, 60), 'gzip data is damaged'],
    ])('%s is refused', async (_, damage, message) => {
      const found = outcome(await readTar(damage(await tar('--format=ustar', '-C', folder, 'barclamp.yml'))));
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^archive:1:1: error: .*(${message})`));
    });
  });

  it('is told apart by its bytes when it is uploaded', async () => {
    const plain = await tar('-C', folder, '.');
    for (const archive of [plain, gzipSync(plain)])
      expect(await loadUpload(archive)).toHaveProperty('document.name', 'x');
    expect(await loadUpload(Buffer.from('name: y\n'))).toHaveProperty('document.name', 'y');
    expect(await loadUpload(Buffer.from([0xff, 0xfe, 0x00]))).toMatchObject({ problems: [{ code: 'not-text' }] });
  });

  it('is the same from a folder of the shipped ones and from an archive of it', async () => {
    const workload = join(shippedFolder(), 'workload');
    const [packed, plain] = [await readTar(gzipSync(await tar('-C', workload, '.'))), await readFolder(workload)];
    if (!('files' in packed && 'files' in plain)) throw new Error('cannot be read');
    expect(loadBarclamp(packed.files)).toEqual(loadBarclamp(plain.files));
  });
});
