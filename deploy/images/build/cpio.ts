import { createWriteStream } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { walk } from './walk.js';

/**
 * Writes a cpio archive in the `newc` format, which the kernel unpacks as its first file system (its
 * Documentation/driver-api/early-userspace/buffer-format.rst). Sorted by path, all owned by root, all of one time: the same
 * tree makes the same bytes. Devices and hard links are not known here; the kernel fills /dev itself.
 */

/** All files are of this second: 2024-01-01, so that no program takes them for being from before its time. */
const FILE_SECONDS = 1_704_067_200;
const TYPE = { folder: 0o040_000, file: 0o100_000, link: 0o120_000 } as const;

export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

const TRAILER: CpioEntry = { path: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) };

export async function writeCpio(folder: string, output: string): Promise<void> {
  const stream = createWriteStream(output);
  const ended = finished(stream);
  let number = 1;
  for await (const entry of entriesBelow(folder)) await give(stream, recordOf(entry, number++));
  stream.end(recordOf(TRAILER, 0));
  await ended;
}

/** One archive of a few files that are given as texts. */
export const cpioOf = (files: Readonly<Record<string, string>>): Buffer => {
  const folders = new Set<string>();
  for (const path of Object.keys(files))
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  const entries: CpioEntry[] = [
    ...[...folders].map((path) => ({ path, mode: TYPE.folder | 0o755, content: Buffer.alloc(0) })),
    ...Object.entries(files).map(([path, text]) => ({ path, mode: TYPE.file | 0o644, content: Buffer.from(text) })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.concat([...entries, TRAILER].map((entry, index) => recordOf(entry, index + 1)));
};

async function* entriesBelow(folder: string): AsyncGenerator<CpioEntry> {
  for await (const { path, kind } of walk(folder)) {
    const full = join(folder, path);
    const mode = TYPE[kind] | (kind === 'link' ? 0o777 : (await lstat(full)).mode & 0o7777);
    const content = kind === 'file' ? await readFile(full) : Buffer.from(kind === 'link' ? await readlink(full) : '');
    yield { path, mode, content };
  }
}

function recordOf({ path, mode, content }: CpioEntry, number: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [number, mode, 0, 0, 1, FILE_SECONDS, content.length, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([head, name])), padded(content)]);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

async function give(stream: Writable, bytes: Buffer): Promise<void> {
  if (stream.write(bytes)) return;
  await new Promise((resolve) => stream.once('drain', resolve));
}
