import { copyFile, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageArchitecture, KernelFlavour } from '../build/architecture.js';
import { digestsBelow, kept } from '../build/cache.js';
import { command } from '../build/command.js';
import { copySources } from '../build/copy-sources.js';
import { writeCpio } from '../build/cpio.js';
import { describeFile, type BuiltFile } from '../build/described-file.js';
import { DebianArchive } from '../build/debian-archive.js';
import { copyModules, newestKernel, unpackKernel } from '../build/kernel.js';
import { refuseMissingLibraries } from '../build/libraries.js';
import { IMAGE_SOURCES } from '../build/sources.js';
import { prepareRoot, unpack } from '../build/unpack.js';
import { copyInstaller, installerDigests } from './installer.js';
import { DISCOVERY } from './recipe.js';

/**
 * Builds the small discovery system: a kernel, and a first file system in memory. The same packages, scripts and kernel
 * make the same bytes, and are built once.
 */
export interface DiscoveryOptions {
  readonly architecture?: ImageArchitecture;
  readonly kernel?: KernelFlavour;
  /** The cache; else ANNEAL_CACHE. */
  readonly cache?: string;
  /** Look for newer packages even when the lists are fresh. */
  readonly refresh?: boolean;
  readonly log?: (line: string) => void;
}

export interface DiscoveryImage {
  readonly architecture: ImageArchitecture;
  readonly flavour: KernelFlavour;
  /** As `uname -r` says it there. */
  readonly release: string;
  readonly kernel: BuiltFile;
  readonly initrd: BuiltFile;
  /** Whether it was built now, or taken out of the cache. */
  readonly fresh: boolean;
}

/** Better costs minutes and saves four in a hundred bytes. */
const ZSTD_LEVEL = 12;
/** Grows when the builder itself makes something else of the same inputs. */
const BUILDER = 1;

/** Scripts and lists of the small system; the second stage has the scripts too. */
export const DISCOVERY_SOURCES = join(IMAGE_SOURCES, 'discovery');

export async function buildDiscovery(options: DiscoveryOptions = {}): Promise<DiscoveryImage> {
  const {
    architecture = 'amd64',
    kernel: flavour = 'generic',
    cache,
    refresh = false,
    log = () => undefined,
  } = options;
  const place = cache === undefined ? {} : { cache };
  const archive = await DebianArchive.open({ suite: DISCOVERY.suite, architecture, refresh, log, ...place });
  const kernel = await newestKernel(archive, flavour);
  const leftOut = new Set<string>(DISCOVERY.leftOut);
  const packages = (await archive.resolve(DISCOVERY.packages)).filter(({ name }) => !leftOut.has(name));
  const inputs = [
    BUILDER,
    DISCOVERY,
    await digestsBelow(DISCOVERY_SOURCES),
    await installerDigests(),
    kernel.file,
    packages.map(({ file }) => file),
  ];
  const { folder, fresh } = await kept(
    `discovery-${architecture}-${flavour}`,
    inputs,
    async (target) => {
      log(`building the discovery image: ${packages.length} packages, kernel ${kernel.version}`);
      const unpacked = await unpackKernel(archive, kernel, cache);
      const root = join(target, 'root');
      await prepareRoot(root);
      for (const deb of await archive.fetch(packages)) await unpack(deb, root, DISCOVERY.exclude);
      await linkApplets(root);
      await copyModules(unpacked, await wantedModules(), root);
      await copySources(join(DISCOVERY_SOURCES, 'root'), root);
      await copyInstaller(root);
      await refuseMissingLibraries(root, architecture);
      log('packing it');
      const archived = join(target, 'initrd.cpio');
      await writeCpio(root, archived);
      await command('zstd', ['-q', `-${ZSTD_LEVEL}`, '-T0', '--rm', archived, '-o', join(target, 'initrd')]);
      await copyFile(unpacked.image, join(target, 'vmlinuz'));
      await writeFile(join(target, 'release'), `${unpacked.release}\n`);
      await rm(root, { recursive: true });
    },
    cache,
  );
  return {
    architecture,
    flavour,
    release: (await readFile(join(folder, 'release'), 'utf8')).trim(),
    kernel: await describeFile(join(folder, 'vmlinuz')),
    initrd: await describeFile(join(folder, 'initrd')),
    fresh,
  };
}

async function wantedModules(): Promise<readonly string[]> {
  const groups = JSON.parse(await readFile(join(DISCOVERY_SOURCES, 'kernel-modules.json'), 'utf8')) as Record<
    string,
    string[]
  >;
  return Object.values(groups).flat();
}

/** Programs of busybox, where no package brings the real one. */
async function linkApplets(root: string): Promise<void> {
  const applets = JSON.parse(await readFile(join(DISCOVERY_SOURCES, 'busybox-applets.json'), 'utf8')) as string[];
  const taken = new Set([...(await readdir(join(root, 'usr/bin'))), ...(await readdir(join(root, 'usr/sbin')))]);
  for (const applet of applets) if (!taken.has(applet)) await symlink('busybox', join(root, 'usr/bin', applet));
  if (!taken.has('sh')) await symlink('dash', join(root, 'usr/bin/sh'));
}
