import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { usage } from '../exit.js';

/**
 * Makes a tar archive (POSIX ustar) of a folder, to send it to the server in one piece. What is hidden is left out, as the
 * server would; links and devices are refused here, where their name says where they are. The same folder always gives the
 * same bytes.
 */

/** Tar counts in blocks of 512 bytes and ends with two of zeros. */
const BLOCK = 512;
/** The server unpacks no more than this (docs/adding): a folder that is not a barclamp is noticed here. */
const BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 2_000;
/** Lengths of the two fields that a path is written into. */
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** The folder as a gzipped archive; paths begin with the folder's own name. */
export const packFolder = async (folder: string): Promise<Uint8Array<ArrayBuffer>> => {
  const blocks: Buffer[] = [];
  let bytes = 0;
  const files = await filesBelow(folder);
  if (files.length > FILES_MAX)
    throw usage(`${folder} holds more than ${FILES_MAX} files.`, 'Is this the folder of a barclamp?');
  const top = basename(resolve(folder));
  for (const path of files) {
    const content = await readFile(join(folder, path));
    bytes += content.length;
    if (bytes > BYTES_MAX)
      throw usage(`${folder} holds more than ${BYTES_MAX / 1024 / 1024} MiB.`, 'Is this the folder of a barclamp?');
    blocks.push(
      headerOf(`${top}/${path}`, content.length),
      content,
      Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    );
  }
  return new Uint8Array(gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])));
};

/** Paths of all files below a folder, sorted. */
const filesBelow = async (folder: string, below = ''): Promise<string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else if (entry.isFile()) found.push(path);
    else throw usage(`${join(folder, path)} is a link or a device.`, 'Put a copy of the file there.');
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
};

/** POSIX.1-1988: one block; the checksum is the sum of its bytes with its own field as spaces. */
const headerOf = (path: string, size: number): Buffer => {
  const header = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(path);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
};

const splitPath = (path: string): { name: string; prefix: string } => {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= NAME_BYTES && Buffer.byteLength(prefix) <= PREFIX_BYTES) return { name, prefix };
  }
  throw usage(`The path ${path} is too long.`, `Keep it below ${PREFIX_BYTES} characters.`);
};

export const isFolder = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => null))?.isDirectory() ?? false;
