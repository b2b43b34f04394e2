import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { copySources } from '../build/copy-sources.js';
import { IMAGE_SOURCES } from '../build/sources.js';

/** What installs an operating system, from `deploy/images/install`; both discovery systems carry it. */
export const INSTALLER_SOURCES = join(IMAGE_SOURCES, 'install');

/** `anneal-install` becomes a command; whatever else lies beside it comes below /usr/lib/anneal/install. */
export async function copyInstaller(root: string): Promise<void> {
  if (!existsSync(INSTALLER_SOURCES)) return;
  await copySources(INSTALLER_SOURCES, join(root, 'usr/lib/anneal/install'));
  if (existsSync(join(INSTALLER_SOURCES, 'anneal-install')))
    await symlink('../lib/anneal/install/anneal-install', join(root, 'usr/sbin/anneal-install'));
}
