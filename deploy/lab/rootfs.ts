import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { apart } from '#images';
import { command, succeeds } from './command.js';
import { cacheFolder } from './folders.js';
import { LAB_RECIPE, type RootfsRecipe } from './rootfs-recipe.js';

/**
 * Builds the root file system of the nodes once and keeps it in the cache under the digest of its recipe: a changed
 * recipe is another folder, and a build that was cut short leaves nothing under the final name. Nodes mount the folder
 * read-only below a layer of their own; nobody writes into it after the rename.
 */
const BUILD_DEADLINE_MS = 900_000;

/** Returns the folder of the root file system, building it when the cache does not have it. ANNEAL_LAB_MIRROR names another mirror. */
export async function buildRootfs(
  progress: (line: string) => void,
  recipe: RootfsRecipe = LAB_RECIPE,
  cache: string = cacheFolder(),
): Promise<string> {
  const folder = join(cache, `rootfs-${recipe.suite}-${digest(recipe)}`);
  if (await succeeds('test', ['-x', join(folder, 'usr/sbin/sshd')])) return folder;

  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const building = `${folder}.building-${process.pid}`;
  try {
    progress(`building the root file system of the nodes (${recipe.packages.length} packages, once)`);
    await bootstrap(building, recipe, progress);
    await finish(building, recipe);
    await rename(building, folder).catch(async (cause: NodeJS.ErrnoException) => {
      // Another command built the same in the meantime; either will do.
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } catch (cause) {
    throw new Error(`build the root file system in ${cache}`, { cause });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

function digest(recipe: RootfsRecipe): string {
  return createHash('sha256')
    .update(JSON.stringify([process.arch, recipe]))
    .digest('hex')
    .slice(0, 16);
}

async function bootstrap(folder: string, recipe: RootfsRecipe, progress: (line: string) => void): Promise<void> {
  const mirror = process.env['ANNEAL_LAB_MIRROR'];
  const args = [
    '--variant=minbase',
    '--components=main',
    `--include=${recipe.packages.join(',')}`,
    recipe.suite,
    folder,
  ];
  await command(...(await apart('mmdebstrap', mirror === undefined ? args : [...args, mirror])), {
    deadlineMs: BUILD_DEADLINE_MS,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line) => {
      if (line.startsWith('I: ')) progress(line.slice(3));
    },
  });
}

async function finish(folder: string, recipe: RootfsRecipe): Promise<void> {
  await command('systemctl', ['--quiet', '--root', folder, 'disable', ...recipe.disabledUnits]);
  for (const unit of recipe.maskedUnits)
    await replace(join(folder, 'etc/systemd/system', unit), (path) => symlink('/dev/null', path));
  for (const [path, content] of Object.entries(recipe.files))
    await replace(join(folder, path), (file) => writeFile(file, content));
  // Host keys belong to a node, never to what all nodes share.
  const ssh = join(folder, 'etc/ssh');
  for (const name of await readdir(ssh)) if (name.startsWith('ssh_host_')) await rm(join(ssh, name));
}

async function replace(path: string, write: (path: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await write(path);
}

/** Removes what a build left behind whose process is gone. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /\.building-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (await succeeds('kill', ['-0', pid]))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}
