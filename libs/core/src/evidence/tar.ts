/**
 * Tar archives (POSIX.1-1988 ustar) of plain files, in memory, so that the same files are always the same bytes: no times,
 * no owners, entries in the order given. The reader takes what the writer writes and nothing else, byte for byte; whatever
 * differs from that was changed by somebody. Archives of other programs are read elsewhere.
 */
export interface TarFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Tar counts in blocks of 512 bytes and ends with two of zeros. */
const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Eleven octal digits. */
const CONTENT_BYTES_MAX = 8 ** 11 - 1;

const encoder = new TextEncoder();

export function writeTar(files: readonly TarFile[]): Uint8Array {
  const bytes = new Uint8Array(files.reduce((sum, { content }) => sum + BLOCK + padded(content.length), 2 * BLOCK));
  let at = 0;
  for (const { path, content } of files) {
    bytes.set(header(path, content.length), at);
    bytes.set(content, at + BLOCK);
    at += BLOCK + padded(content.length);
  }
  return bytes;
}

/** What is in an archive, and what is wrong with it, in sentences that name the file. */
export function readTar(bytes: Uint8Array): {
  readonly files: readonly TarFile[];
  readonly problems: readonly string[];
} {
  const files: TarFile[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (let at = 0; ;) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length < BLOCK) return { files, problems: [...problems, 'the archive ends too early'] };
    if (block.every((byte) => byte === 0)) {
      const rest = bytes.subarray(at);
      if (rest.length !== 2 * BLOCK || rest.some((byte) => byte !== 0))
        problems.push('after its last file the archive is not as it was written');
      return { files, problems };
    }
    const entry = readHeader(block);
    if (entry === null)
      return { files, problems: [...problems, `the header at byte ${at} is damaged, so what follows cannot be read`] };
    const { path, size } = entry;
    const begin = at + BLOCK;
    at = begin + padded(size);
    if (at > bytes.length) return { files, problems: [...problems, `${path} is cut off: the archive ends too early`] };
    if (!same(block, header(path, size))) problems.push(`the header of ${path} is not as it was written`);
    if (bytes.subarray(begin + size, at).some((byte) => byte !== 0))
      problems.push(`what fills up after ${path} was changed`);
    if (seen.has(path)) problems.push(`${path} is there twice`);
    seen.add(path);
    files.push({ path, content: bytes.slice(begin, begin + size) });
  }
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

function header(path: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  if (size > CONTENT_BYTES_MAX) throw new RangeError(`${path} is too large for an archive`);
  const { name, prefix } = splitPath(path);
  const put = (text: string, at: number): void => block.set(encoder.encode(text), at);
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        0', 148);
  put('ustar\u000000', 257);
  put(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  const fits = (text: string, max: number): boolean => encoder.encode(text).length <= max;
  if (fits(path, NAME_BYTES)) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (fits(path.slice(at + 1), NAME_BYTES) && fits(path.slice(0, at), PREFIX_BYTES))
      return { name: path.slice(at + 1), prefix: path.slice(0, at) };
  throw new RangeError(`the path ${path} is too long for an archive`);
}

/** Path and size, when both can be read; null otherwise. Whether the rest is right shows when it is written again. */
function readHeader(block: Uint8Array): { readonly path: string; readonly size: number } | null {
  const size = /^([0-7]{11})\0$/.exec(latin(block.subarray(124, 136)))?.[1];
  const name = text(block.subarray(0, NAME_BYTES));
  const prefix = text(block.subarray(345, 345 + PREFIX_BYTES));
  if (size === undefined || !name || prefix === null) return null;
  const path = prefix === '' ? name : `${prefix}/${name}`;
  try {
    splitPath(path);
  } catch {
    return null;
  }
  return { path, size: Number.parseInt(size, 8) };
}

function text(field: Uint8Array): string | null {
  const end = field.indexOf(0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(end < 0 ? field : field.subarray(0, end));
  } catch {
    return null;
  }
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, index) => byte === b[index]);
