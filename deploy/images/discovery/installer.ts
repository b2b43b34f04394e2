import { copyFile, chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestsBelow, sha256Of } from '../build/cache.js';
import { copySources } from '../build/copy-sources.js';
import { IMAGE_SOURCES } from '../build/sources.js';

/**
 * What installs an operating system, as both discovery systems carry it: `anneal-install` with its parts, and the program
 * by which an installed system reports itself. That program is the one of the installers of distributions as well, and
 * lies with their boot environments.
 */
const INSTALLER_SOURCES = join(IMAGE_SOURCES, 'install');
const SHARED_SOURCES = join(IMAGE_SOURCES, '../../libs/catalog/bootenvs/shared');
const JOIN: Readonly<Record<string, number>> = { 'anneal-join.sh': 0o755, 'anneal-join.service': 0o644 };

/** `anneal-install` becomes a command; whatever else lies beside it comes below /usr/lib/anneal/install. */
export async function copyInstaller(root: string): Promise<void> {
  const target = join(root, 'usr/lib/anneal/install');
  await copySources(INSTALLER_SOURCES, target);
  await mkdir(join(target, 'join'));
  for (const [name, mode] of Object.entries(JOIN)) {
    await copyFile(join(SHARED_SOURCES, name), join(target, 'join', name));
    await chmod(join(target, 'join', name), mode);
  }
  await symlink('../lib/anneal/install/anneal-install', join(root, 'usr/sbin/anneal-install'));
}

/** Digests of all that `copyInstaller` copies, for the inputs of what is cached. */
export async function installerDigests(): Promise<readonly unknown[]> {
  const shared = Object.keys(JOIN).map(async (name) => [name, await sha256Of(join(SHARED_SOURCES, name))]);
  return [...(await digestsBelow(INSTALLER_SOURCES)), ...(await Promise.all(shared))];
}
