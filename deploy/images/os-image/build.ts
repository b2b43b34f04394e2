import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, digestOf, kept, sha256Of } from '../build/cache.js';
import { DebianArchive } from '../build/debian-archive.js';
import { makeDisk } from './disk.js';
import { DEFAULT_PARAMS, rootConfig } from './loaders.js';
import { CONTENT_FILE, MANIFEST_FILE, type ImageManifest } from './manifest.js';
import type { ImageRecipe } from './recipe.js';
import { bootstrapSystem, packagesOf, settleSystem } from './system-root.js';
import { openWorkshop } from './workshop.js';

/**
 * Builds the image of an operating system from Debian packages: one disk that starts on BIOS, on UEFI and under secure
 * boot, for whoever writes it whole, and for the installer, which takes it apart by its partitions. A built image is kept
 * in the cache under the digest of its recipe and of the versions that the mirror has, so that news of a package are
 * another image, and the same image is built once.
 */
const PACK_DEADLINE_MS = 900_000;
/** Higher costs minutes and saves little. */
const PACK_LEVEL = 9;
/** Grows when the same recipe and packages would give another disk. */
const BUILDER_VERSION = 3;

export interface BuiltImage {
  readonly folder: string;
  /** The compressed disk. */
  readonly content: string;
  readonly manifest: ImageManifest;
  /** False when the cache had it. */
  readonly isNew: boolean;
}

export interface BuildOptions {
  readonly cache?: string;
  readonly log?: (line: string) => void;
  /** Asks the mirror for news, even when the lists that are here are fresh. */
  readonly refresh?: boolean;
}

export async function buildOsImage(recipe: ImageRecipe, options: BuildOptions = {}): Promise<BuiltImage> {
  const { cache = cacheFolder(), log = () => undefined, refresh = false } = options;
  const archive = await DebianArchive.open({ suite: recipe.suite, architecture: 'amd64', cache, refresh, log });
  const packages = await archive.resolve(['?essential', 'apt', ...recipe.packages]);
  const edition = digestOf(packages.map(({ file }) => file));
  const inputs = [BUILDER_VERSION, recipe, edition];
  const make = async (folder: string): Promise<void> => {
    refuseHost();
    log(`building ${recipe.name} out of ${packages.length} packages of ${recipe.suite}`);
    const workshop = await openWorkshop({ suite: recipe.suite, edition, cache });
    const bench = await workshop.bench(digestOf(inputs));
    try {
      const root = bench.hostPath('root');
      await bootstrapSystem(recipe, root);
      await settleSystem(recipe, root);
      await writeFile(join(root, 'boot/grub/grub.cfg'), rootConfig('LABEL=root', DEFAULT_PARAMS));
      const installed = await packagesOf(root);
      log('putting the disk together');
      const rawBytes = await makeDisk(bench);
      log('packing it');
      const [disk, packed] = [bench.path('disk.raw'), bench.path(CONTENT_FILE)];
      await bench.run('zstd', ['-q', '-T0', `-${PACK_LEVEL}`, disk, '-o', packed], { deadlineMs: PACK_DEADLINE_MS });
      const content = join(folder, CONTENT_FILE);
      await rename(bench.hostPath(CONTENT_FILE), content);
      const manifest: ImageManifest = {
        name: recipe.name,
        os: { family: 'debian', version: recipe.version, codename: recipe.suite, arch: 'x86_64' },
        kernel: installed.find(({ name }) => /^linux-image-\d/.test(name))?.name ?? recipe.kernel,
        recipe: digestOf(inputs),
        sha256: await sha256Of(content),
        bytes: (await stat(content)).size,
        rawBytes,
        compression: 'zstd',
        layouts: ['plain', 'lvm', 'raid1'],
        firmware: ['bios', 'uefi'],
        packages: installed,
      };
      await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`);
    } finally {
      await bench.clear();
    }
  };
  const { folder, fresh } = await kept(`os-image-${recipe.name}`, inputs, make, cache).catch((cause: unknown) => {
    throw new Error(`the image ${recipe.name} cannot be built`, { cause });
  });
  return { folder, ...(await readBuilt(folder)), isNew: fresh };
}

/** What a folder with a built image holds. */
export async function readBuilt(
  folder: string,
): Promise<{ readonly content: string; readonly manifest: ImageManifest }> {
  const manifest = JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8')) as ImageManifest;
  return { content: join(folder, CONTENT_FILE), manifest };
}

function refuseHost(): void {
  if (process.arch !== 'x64')
    throw new Error(`this host is ${process.arch}, and images for x86_64 are built on x86_64`);
  if (process.getuid?.() !== 0) throw new Error('the files of a system belong to many users: build images as root');
}
