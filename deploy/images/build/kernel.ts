import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ARCHITECTURES, type KernelFlavour } from './architecture.js';
import { kept } from './cache.js';
import { command } from './command.js';
import type { DebianArchive, DebianPackage } from './debian-archive.js';
import { unpack } from './unpack.js';

/** Debian's kernel, unpacked and never installed, and the modules of it that an image wants. */
export interface UnpackedKernel {
  /** As `uname -r` will say it. */
  readonly release: string;
  readonly image: string;
  /** Folder with `lib/modules/RELEASE`, whose dependencies are known. */
  readonly root: string;
}

/** The newest kernel of a suite, by the flavour's package. */
export const newestKernel = (archive: DebianArchive, flavour: KernelFlavour): Promise<DebianPackage> =>
  archive.dependencyOf(ARCHITECTURES[archive.architecture].kernel[flavour], /^linux-image-[0-9]/);

export async function unpackKernel(
  archive: DebianArchive,
  kernel: DebianPackage,
  cache?: string,
): Promise<UnpackedKernel> {
  const { folder: root } = await kept(
    'kernel',
    [kernel.file],
    async (folder) => {
      const [deb] = await archive.fetch([kernel]);
      await unpack(deb!, folder);
      await command('depmod', ['-b', folder, await releaseIn(folder)]);
    },
    cache,
  );
  const release = await releaseIn(root);
  return { release, image: join(root, 'boot', `vmlinuz-${release}`), root };
}

async function releaseIn(root: string): Promise<string> {
  const [release] = await readdir(join(root, 'lib', 'modules'));
  if (release === undefined) throw new Error(`${root} holds no kernel modules`);
  return release;
}

/**
 * Copies modules with all that they depend on below `root/usr/lib/modules`, and writes the tables by which modprobe finds
 * them. A name that this kernel does not have (it may be built in, or of another architecture) is left out. Returns how many.
 */
export async function copyModules(kernel: UnpackedKernel, wanted: readonly string[], root: string): Promise<number> {
  const paths = await modulePaths(kernel, wanted);
  for (const path of paths) {
    const target = join(root, 'usr', relative(kernel.root, path));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target);
  }
  const from = join(kernel.root, 'lib', 'modules', kernel.release);
  const to = join(root, 'usr', 'lib', 'modules', kernel.release);
  await mkdir(to, { recursive: true });
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    if (existsSync(join(from, name))) await copyFile(join(from, name), join(to, name));
  if (!existsSync(join(root, 'lib'))) await symlink('usr/lib', join(root, 'lib'));
  await command('depmod', ['-b', root, kernel.release]);
  return paths.length;
}

/** Modules by name, or by folder with a slash at the end: `drivers/net/ethernet/intel/`. */
async function modulePaths(kernel: UnpackedKernel, wanted: readonly string[]): Promise<readonly string[]> {
  const base = join(kernel.root, 'lib', 'modules', kernel.release);
  const dependencies = new Map<string, readonly string[]>();
  for (const line of (await readFile(join(base, 'modules.dep'), 'utf8')).split('\n')) {
    const [path, rest = ''] = line.split(':');
    if (path) dependencies.set(path, rest.split(' ').filter(Boolean));
  }
  const byName = new Map([...dependencies.keys()].map((path) => [nameOf(path), path]));
  const taken = new Set<string>();
  for (const each of wanted) {
    const paths = each.endsWith('/')
      ? [...dependencies.keys()].filter((path) => path.startsWith(`kernel/${each}`))
      : [byName.get(each.replaceAll('-', '_'))];
    for (const path of paths) {
      if (path === undefined) continue;
      taken.add(path);
      for (const dependency of dependencies.get(path) ?? []) taken.add(dependency);
    }
  }
  return [...taken].sort().map((path) => join(base, path));
}

const nameOf = (path: string): string =>
  (path.split('/').at(-1) ?? '').replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');

/** A text that says which kernel an image holds, beside it. */
export const writeRelease = (folder: string, release: string): Promise<void> =>
  writeFile(join(folder, 'release'), `${release}\n`);
