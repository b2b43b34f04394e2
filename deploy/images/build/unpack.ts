import { execa } from 'execa';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Unpacks Debian packages into a folder without running anything of theirs. */
const UNPACK_MS_MAX = 120_000;

/** Folders that Debian has joined: `/bin` is `usr/bin`. Packages of bookworm still name the old places. */
const JOINED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/** Makes a folder in which packages of either habit meet. */
export async function prepareRoot(root: string): Promise<void> {
  for (const name of JOINED) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
}

/** Unpacks a .deb; `exclude` are patterns of tar(1), beginning with `./`. */
export async function unpack(deb: string, root: string, exclude: readonly string[] = []): Promise<void> {
  const unpacked = await execa('dpkg-deb', ['--fsys-tarfile', deb], { buffer: false, timeout: UNPACK_MS_MAX })
    .pipe('tar', tarArguments(root, exclude), { timeout: UNPACK_MS_MAX, reject: false, all: true })
    .catch((error: unknown) => error as { readonly shortMessage: string });
  if ('failed' in unpacked && unpacked.failed === false) return;
  throw new Error(`${deb} cannot be unpacked`, { cause: unpacked });
}

const tarArguments = (root: string, exclude: readonly string[]): string[] => [
  ...['-x', '-C', root, '--keep-directory-symlink', '--no-same-owner'],
  ...exclude.map((each) => `--exclude=${each}`),
];
