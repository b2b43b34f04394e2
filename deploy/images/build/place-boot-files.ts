import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from './cache.js';
import type { BuiltFile } from './described-file.js';

/**
 * Puts what was built among the boot files of an installation, where TFTP and HTTP serve it. Every version has a folder of
 * its own, so that a machine that is just loading one never gets half of the next; the newest few stay.
 */

/** Folders of one image that stay: the one in use, and those that machines may still be loading. */
const VERSIONS_KEPT = 3;

/** A file among the boot files, as a boot environment names it. */
export interface PlacedFile {
  /** Below the boot files, without a leading slash. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** `home` is ANNEAL_HOME. Files get the names given, below `image/VERSION`. */
export async function placeBootFiles(
  home: string,
  image: string,
  files: Readonly<Record<string, BuiltFile>>,
): Promise<readonly PlacedFile[]> {
  const version = digestOf(Object.entries(files).map(([name, { sha256 }]) => [name, sha256]));
  const base = join(home, 'boot', 'files', image);
  const folder = join(base, version);
  await mkdir(folder, { recursive: true });
  const placed: PlacedFile[] = [];
  for (const [name, { path, sha256, bytes }] of Object.entries(files)) {
    await place(path, bytes, join(folder, name));
    placed.push({ path: `${image}/${version}/${name}`, sha256, bytes });
  }
  await removeOld(base, version);
  return placed;
}

/** A single file directly among the boot files, as loaders are: firmware asks for them by name. */
export async function placeLoader(home: string, name: string, file: BuiltFile): Promise<void> {
  const folder = join(home, 'boot', 'files');
  await mkdir(folder, { recursive: true });
  await place(file.path, null, join(folder, name));
}

/** Whole or not at all. A file of the length that it should have is taken for the one. */
async function place(from: string, bytes: number | null, to: string): Promise<void> {
  if (bytes !== null && (await stat(to).catch(() => null))?.size === bytes) return;
  const fresh = `${to}.new-${process.pid}`;
  await copyFile(from, fresh, constants.COPYFILE_FICLONE);
  await chmod(fresh, 0o644);
  await rename(fresh, to);
}

async function removeOld(base: string, current: string): Promise<void> {
  const versions = await Promise.all(
    (await readdir(base)).map(async (name) => ({ name, since: (await stat(join(base, name))).ctimeMs })),
  );
  const others = versions.filter(({ name }) => name !== current).sort((a, b) => b.since - a.since);
  for (const { name } of others.slice(VERSIONS_KEPT - 1)) await rm(join(base, name), { recursive: true, force: true });
}
