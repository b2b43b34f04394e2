import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltImage } from './build.js';

/**
 * Puts the content of a built image where an installation takes it in: below its boot files, in the folder `images`, under
 * the digest that it has. Returns whether it had to; content that was taken in before is not put there again.
 */
export async function placeOsImage(home: string, { content, manifest }: BuiltImage): Promise<boolean> {
  const boot = join(home, 'boot');
  if (await isThere(join(boot, 'content', 'sha256', manifest.sha256), manifest.bytes)) return false;
  const folder = join(boot, 'files', 'images');
  await mkdir(folder, { recursive: true });
  const target = join(folder, manifest.sha256);
  if (await isThere(target, manifest.bytes)) return false;
  const fresh = `${target}.new-${process.pid}`;
  await copyFile(content, fresh, constants.COPYFILE_FICLONE);
  await chmod(fresh, 0o644);
  await rename(fresh, target);
  return true;
}

const isThere = (path: string, bytes: number): Promise<boolean> =>
  stat(path).then(
    ({ size }) => size === bytes,
    () => false,
  );
