import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFile, placeBootFiles } from '#images';
import type { LabApi } from '../api.js';
import { command } from '../command.js';
import { annealHome, cacheFolder } from '../folders.js';

/**
 * Debian's installer as a medium for machines of the lab: kernel and initrd of its netboot, which Debian has in a package.
 * They are unpacked and never installed.
 */
export const INSTALLER_PACKAGE = 'debian-installer-12-netboot-amd64';
const INSIDE = 'usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64';
const DOWNLOAD_MS_MAX = 300_000;
const UNPACK_MS_MAX = 60_000;

/** The folder with `linux` and `initrd.gz`, fetched once; null where the host's sources have no such package. */
export async function fetchDebianInstaller(): Promise<string | null> {
  const folder = join(cacheFolder(), INSTALLER_PACKAGE);
  const files = join(folder, INSIDE);
  if (await stat(join(files, 'initrd.gz')).catch(() => null)) return files;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const fetched = await command('sh', ['-c', 'cd "$0" && apt-get -q download "$1"', folder, INSTALLER_PACKAGE], {
    deadlineMs: DOWNLOAD_MS_MAX,
  }).catch(() => null);
  if (fetched === null) return null;
  await command('sh', ['-c', 'cd "$0" && dpkg-deb -x ./*.deb . && rm ./*.deb', folder], { deadlineMs: UNPACK_MS_MAX });
  return files;
}

/** Puts it among the boot files, and registers it as an image of this name that nodes may be installed with. */
export async function publishDebianInstaller(api: LabApi, folder: string, name: string): Promise<void> {
  const [kernel, ...initrds] = await placeBootFiles(annealHome(), 'debian-installer', {
    linux: await describeFile(join(folder, 'linux')),
    'initrd.gz': await describeFile(join(folder, 'initrd.gz')),
  });
  await api.patch('bootenvs/debian-install', { kernel, initrds });
  await api.post('images', {
    ...{ name, kind: 'installer', bootenv: 'debian-install', layouts: ['plain', 'lvm'] },
    os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
  });
}
