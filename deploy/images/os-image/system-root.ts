import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from '../build/command.js';
import { sourcesOf } from '../build/debian-archive.js';
import type { ImageRecipe } from './recipe.js';

/** The system of an image as a folder: installed from packages, then freed of everything that belongs to one machine. */
const BOOTSTRAP_DEADLINE_MS = 1_800_000;
const SETTLE_DEADLINE_MS = 60_000;

/** What nobody reads on a node costs transfer time on every install. */
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

export async function bootstrapSystem(recipe: ImageRecipe, folder: string): Promise<void> {
  const options = [
    ...['--variant=minbase', '--format=dir', '--components=main', '--aptopt=APT::Install-Recommends "false"'],
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    // Licences stay.
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    `--include=${recipe.packages.join(',')}`,
  ];
  await command('mmdebstrap', ['--quiet', ...options, recipe.suite, folder, '-'], {
    apart: true,
    deadlineMs: BOOTSTRAP_DEADLINE_MS,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    input: (await sourcesOf(recipe.suite)).join('\n'),
  });
}

/** Makes the folder what each machine gets: no key, no name, no address of the mirror it was built from. */
export async function settleSystem(recipe: ImageRecipe, folder: string): Promise<void> {
  const systemctl = (...args: string[]) =>
    command('systemctl', ['--quiet', '--root', folder, ...args], { deadlineMs: SETTLE_DEADLINE_MS });
  await systemctl('enable', 'systemd-networkd.service', 'ssh.service');
  if (recipe.disabledUnits.length > 0) await systemctl('disable', ...recipe.disabledUnits);
  for (const unit of recipe.maskedUnits)
    await replace(join(folder, 'etc/systemd/system', unit), (path) => symlink('/dev/null', path));
  for (const [path, content] of Object.entries(recipe.files))
    await replace(join(folder, path), (file) => writeFile(file, content));

  const ssh = join(folder, 'etc/ssh');
  for (const name of await readdir(ssh)) if (name.startsWith('ssh_host_')) await rm(join(ssh, name));
  await rm(join(folder, 'var/lib/dbus/machine-id'), { force: true });
  for (const list of ['etc/apt/sources.list', 'etc/apt/sources.list.d', 'etc/resolv.conf'])
    await rm(join(folder, list), { recursive: true, force: true });
  for (const emptied of ['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'tmp']) await empty(join(folder, emptied));
  await mkdir(join(folder, 'etc/apt/sources.list.d'), { recursive: true });
  await mkdir(join(folder, 'boot/grub'), { recursive: true });
  await mkdir(join(folder, 'boot/efi'), { recursive: true });
}

/** Packages and their versions, as the system's own list has them. */
export async function packagesOf(folder: string): Promise<{ name: string; version: string }[]> {
  const status = await readFile(join(folder, 'var/lib/dpkg/status'), 'utf8');
  return status
    .split('\n\n')
    .flatMap((paragraph) => {
      const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
      const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
      const isInstalled = /^Status: install ok installed$/m.test(paragraph);
      return name !== undefined && version !== undefined && isInstalled ? [{ name, version }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function replace(path: string, write: (path: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await write(path);
}

async function empty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Folders of programs that log there must be there when those start.
    if (entry.isDirectory() && folder.endsWith('/log')) await empty(path);
    else await rm(path, { recursive: true, force: true });
  }
}
