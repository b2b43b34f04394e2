/**
 * Reads a barclamp from a tar archive (POSIX ustar and pax, GNU long names), plain or gzipped. Nothing is written to a
 * disk: entries become text in memory, under names that cannot lead anywhere else. Links, devices and sparse files are
 * refused, since no barclamp needs them and each has been a way out of an unpacking folder.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badPath, startOf, type CatalogFile } from './check/files.js';
import { decodeText } from './decode-text.js';
import { BARCLAMP_BYTES_MAX, FILES_MAX } from './limits.js';
import { ProblemList, type Problem } from './problem.js';
import type { ReadFilesResult } from './read-folder.js';

/** Tar counts in blocks of 512 bytes. */
const BLOCK = 512;
/** Headers and padding come on top of the contents: two blocks a file and some air. */
const TAR_BYTES_MAX = BARCLAMP_BYTES_MAX + 4 * BLOCK * FILES_MAX;

/**
 * The files of an archive, by path relative to the folder that holds `barclamp.yml`: archives are as often made of the
 * folder as of what is in it.
 */
export async function readTar(archive: Uint8Array): Promise<ReadFilesResult> {
  const tar = await unzip(archive);
  if (typeof tar === 'string') return refuse(tar);
  const entries = readEntries(tar);
  if (typeof entries === 'string') return refuse(entries);
  return toFiles(entries);
}

async function unzip(archive: Uint8Array): Promise<Uint8Array | string> {
  // RFC 1952 §2.3.1: a gzip member begins with 1f 8b.
  const isGzip = archive[0] === 0x1f && archive[1] === 0x8b;
  if (!isGzip) return archive.length > TAR_BYTES_MAX ? tooLarge : archive;
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: TAR_BYTES_MAX });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge : 'the gzip data is damaged';
  }
}

const tooLarge = `the archive unpacks to more than ${TAR_BYTES_MAX} bytes`;

interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: Uint8Array;
}

/** Walks the blocks. A text is what is wrong with the archive as a whole. */
function readEntries(tar: Uint8Array): TarEntry[] | string {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let extended: ReadonlyMap<string, string> = new Map();
  for (let offset = 0; offset + BLOCK <= tar.length;) {
    const header = tar.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return entries;
    if (!checksumFits(header))
      return offset === 0 ? 'this is not a tar archive' : 'the archive is damaged: a checksum is wrong';
    const size = Number(extended.get('size') ?? octal(header, 124, 12));
    const begin = offset + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || begin + size > tar.length) return 'the archive ends too early';
    const bytes = tar.subarray(begin, begin + size);
    offset = begin + Math.ceil(size / BLOCK) * BLOCK;

    const type = String.fromCharCode(header[156]!);
    if (type === 'x') extended = paxRecords(bytes);
    else if (type === 'L') longName = text(bytes, 0, bytes.length);
    // A global pax header holds remarks, such as the commit an archive was made from.
    else if (type !== 'g') {
      const path = extended.get('path') ?? longName ?? ustarPath(header);
      const kind = type === '0' || type === '\0' ? 'file' : type === '5' ? 'folder' : 'other';
      entries.push({ path, kind, bytes });
      extended = new Map();
      longName = undefined;
      if (entries.length > FILES_MAX) return `the archive has more than ${FILES_MAX} entries`;
    }
  }
  // POSIX ends an archive with blocks of zeros. One without was cut, perhaps between two files, and would be half a barclamp.
  return entries.length > 0 ? 'the archive ends too early' : 'this is not a tar archive';
}

function toFiles(entries: readonly TarEntry[]): ReadFilesResult {
  const problems = new ProblemList();
  const named = entries
    .filter((entry) => entry.kind !== 'folder')
    .map((entry) => ({ ...entry, path: entry.path.replace(/^(\.\/)+/, '') }))
    // Companions that macOS packs beside every file, and whatever else is hidden.
    .filter((entry) => !entry.path.split('/').some((part) => /^\.[^.]/.test(part)));
  for (const { path, kind } of named) {
    const why = kind === 'other' ? 'it is a link or a device' : badPath(path);
    const shown = JSON.stringify(path).slice(1, -1);
    if (why)
      problems.error(
        startOf(shown),
        'bad-path',
        `this entry of the archive is refused: ${why}`,
        'leave it out of the archive',
      );
  }
  if (problems.hasErrors) return { problems: problems.all() };

  const top = topFolder(named.map((entry) => entry.path));
  const files: CatalogFile[] = [];
  for (const { path, bytes } of named.filter((entry) => entry.path.startsWith(top))) {
    const content = decodeText(bytes);
    if (content !== undefined) files.push({ path: path.slice(top.length), content });
    else
      problems.error(
        startOf(path),
        'not-text',
        'this file is not UTF-8 text',
        'fetch binary files from a script instead',
      );
  }
  return problems.hasErrors ? { problems: problems.all() } : { files };
}

/** The folder, with its `/`, of the shallowest `barclamp.yml`; the one folder that holds everything when there is none. */
function topFolder(paths: readonly string[]): string {
  const depth = (path: string): number => path.split('/').length;
  const main = paths.filter((path) => /(^|\/)barclamp\.ya?ml$/.test(path)).sort((a, b) => depth(a) - depth(b))[0];
  if (main !== undefined) return main.slice(0, main.lastIndexOf('/') + 1);
  const first = paths[0]?.includes('/') ? paths[0].slice(0, paths[0].indexOf('/') + 1) : '';
  return paths.every((path) => path.startsWith(first)) ? first : '';
}

/** POSIX.1-1988: the sum of the header's bytes, its own field counted as spaces. */
function checksumFits(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum === octal(header, 148, 8);
}

/** ustar splits a long path in two; old tar and GNU leave the second field to other uses, without the `ustar\0` mark. */
function ustarPath(header: Uint8Array): string {
  const name = text(header, 0, 100);
  const prefix = text(header, 257, 6) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** pax: lines of `length key=value`, the length counting the whole line in bytes. */
function paxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  const decoder = new TextDecoder();
  for (let offset = 0; offset < bytes.length;) {
    const space = bytes.indexOf(0x20, offset);
    const length = space < 0 ? NaN : Number(decoder.decode(bytes.subarray(offset, space)));
    if (!Number.isInteger(length) || length <= space - offset || offset + length > bytes.length) break;
    const record = decoder.decode(bytes.subarray(space + 1, offset + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    offset += length;
  }
  return records;
}

const octal = (bytes: Uint8Array, offset: number, length: number): number => {
  const digits = text(bytes, offset, length).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
};

/** A field of bytes up to its first NUL. */
function text(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function refuse(message: string): { problems: Problem[] } {
  const problems = new ProblemList();
  problems.error(startOf('archive'), 'bad-archive', message, 'make it with "tar -czf NAME.tar.gz -C FOLDER ."');
  return { problems: problems.all() };
}
