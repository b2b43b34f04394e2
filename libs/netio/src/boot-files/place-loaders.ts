import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts the loaders that Debian's packages bring among the boot files. Each is hashed on its way, and `SHA256SUMS` beside
 * them says what was placed, for `sha256sum -c`. A file that somebody has put there under the same name, of which
 * `SHA256SUMS` knows nothing, is theirs and stays.
 */
export interface PlacedLoader {
  readonly name: string;
  readonly sha256: string;
  /** `theirs`: another file of that name stays in its place. */
  readonly was: 'placed' | 'there' | 'theirs';
}

/** Where the packages ipxe, shim-signed and grub-efi-amd64-signed put what firmware loads, and under which name it asks. */
const SOURCES: readonly (readonly [name: string, path: string])[] = [
  ['undionly.kpxe', '/usr/lib/ipxe/undionly.kpxe'],
  ['snponly.efi', '/usr/lib/ipxe/snponly.efi'],
  ['shimx64.efi', '/usr/lib/shim/shimx64.efi.signed'],
  ['grubx64.efi', '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed'],
];
const SUMS = 'SHA256SUMS';

/** `root` is the folder of all boot files. Packages that are not installed are passed over. */
export const placeLoaders = async (root: string, sources = SOURCES): Promise<readonly PlacedLoader[]> => {
  const folder = join(root, 'files');
  await mkdir(folder, { recursive: true });
  const sums = readSums((await contentOf(join(folder, SUMS)))?.toString() ?? '');
  const placed: PlacedLoader[] = [];
  for (const [name, path] of sources) {
    const content = await contentOf(path);
    if (!content) continue;
    const sha256 = digestOf(content);
    const there = await contentOf(join(folder, name));
    const thereIs = there && digestOf(there);
    if (thereIs === sha256) placed.push({ name, sha256, was: 'there' });
    else if (thereIs && sums.get(name) !== thereIs) placed.push({ name, sha256: thereIs, was: 'theirs' });
    else {
      await write(join(folder, name), content);
      placed.push({ name, sha256, was: 'placed' });
    }
    if (placed.at(-1)?.was !== 'theirs') sums.set(name, sha256);
  }
  const text = [...sums].map(([name, sha256]) => `${sha256}  ${name}\n`).join('');
  await write(join(folder, SUMS), Buffer.from(text));
  return placed;
};

const readSums = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, sha256, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
      return sha256 && name ? [[name, sha256]] : [];
    }),
  );

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const contentOf = async (path: string): Promise<Buffer | null> => {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`read ${path}`, { cause: error });
  }
};

/** Whole or not at all: a machine may be asking for it. */
const write = async (path: string, content: Buffer): Promise<void> => {
  const fresh = `${path}.new-${process.pid}`;
  await writeFile(fresh, content);
  await chmod(fresh, 0o644);
  await rename(fresh, path);
};
