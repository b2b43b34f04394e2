import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, digestsBelow, kept } from '../build/cache.js';
import { command } from '../build/command.js';
import { copySources } from '../build/copy-sources.js';
import { cpioOf } from '../build/cpio.js';
import { DebianArchive } from '../build/debian-archive.js';
import { describeFile, type BuiltFile } from '../build/described-file.js';
import { newestKernel, unpackKernel } from '../build/kernel.js';
import { IMAGE_SOURCES } from '../build/sources.js';
import { buildDiscovery, DISCOVERY_SOURCES, type DiscoveryImage, type DiscoveryOptions } from '../discovery/build.js';
import { copyInstaller, installerDigests } from '../discovery/installer.js';
import { DISCOVERY_LARGE } from './recipe.js';

/**
 * Builds the second stage as a squashfs. The small system starts, fetches it, compares its digest and goes over to it. What
 * the digest must be comes with the boot, in a second archive beside the small system: whoever can change the one thing
 * that is fetched later cannot change what it is compared with.
 */
export interface DiscoveryLargeImage extends DiscoveryImage {
  readonly squashfs: BuiltFile;
}

/** `mmdebstrap` installs some hundred packages. */
const BOOTSTRAP_MS_MAX = 1_800_000;
const SQUASH_LEVEL = '9';
/** Grows when the builder itself makes something else of the same inputs. */
const BUILDER = 1;
const SOURCES = join(IMAGE_SOURCES, 'discovery-large');

export async function buildDiscoveryLarge(options: DiscoveryOptions = {}): Promise<DiscoveryLargeImage> {
  const { architecture = 'amd64', kernel: flavour = 'generic', cache = cacheFolder(), log = () => undefined } = options;
  const small = await buildDiscovery(options);
  const archive = await DebianArchive.open({ suite: DISCOVERY_LARGE.suite, architecture, cache, log });
  const kernel = await newestKernel(archive, flavour);
  const packages = await archive.resolve(DISCOVERY_LARGE.packages);
  const scripts = join(DISCOVERY_SOURCES, 'root', 'usr');
  const ours = [await digestsBelow(SOURCES), await digestsBelow(scripts), await installerDigests()];
  const { folder, fresh } = await kept(
    `discovery-large-${architecture}-${flavour}`,
    [BUILDER, DISCOVERY_LARGE, ours, kernel.file, packages.map(({ file }) => file)],
    async (target) => {
      log(`building the second stage: ${packages.length} packages, some minutes`);
      const root = join(target, 'root');
      await bootstrap(archive, root);
      const unpacked = await unpackKernel(archive, kernel, cache);
      await copyAllModules(unpacked.root, unpacked.release, root);
      await copySources(scripts, join(root, 'usr'));
      await copySources(join(SOURCES, 'root'), root);
      await copyInstaller(root);
      await settle(root);
      log('packing it');
      const pack = [
        '-noappend',
        '-comp',
        'zstd',
        '-Xcompression-level',
        SQUASH_LEVEL,
        '-quiet',
        '-no-progress',
        '-all-time',
        '0',
      ];
      await command('mksquashfs', [root, join(target, 'squashfs'), ...pack, '-mkfs-time', '0'], {
        deadlineMs: BOOTSTRAP_MS_MAX,
      });
      await rm(root, { recursive: true });
    },
    cache,
  );
  return { ...small, fresh, squashfs: await describeFile(join(folder, 'squashfs')) };
}

/**
 * The archive that goes along with the small system and tells it what its second stage is: digest, length, and the path
 * below netboot's address.
 */
export async function describeSecondStage(squashfs: BuiltFile, path: string, target: string): Promise<BuiltFile> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, cpioOf({ 'etc/anneal/second-stage': `${squashfs.sha256} ${squashfs.bytes} ${path}\n` }));
  return describeFile(target);
}

async function bootstrap(archive: DebianArchive, root: string): Promise<void> {
  const leaveOut = ['doc/*', 'man/*', 'locale/*', 'info/*'].map((path) => `--dpkgopt=path-exclude=/usr/share/${path}`);
  const apt = ['APT::Install-Recommends "false"', 'Acquire::Check-Valid-Until "false"', 'Acquire::Check-Date "false"'];
  const options = [
    `--architectures=${archive.architecture}`,
    '--variant=minbase',
    '--format=dir',
    ...apt.map((each) => `--aptopt=${each}`),
    ...leaveOut,
  ];
  await command(
    'mmdebstrap',
    ['--quiet', ...options, `--include=${DISCOVERY_LARGE.packages.join(',')}`, archive.suite, root, '-'],
    {
      apart: true,
      deadlineMs: BOOTSTRAP_MS_MAX,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      input: archive.sources.join('\n'),
    },
  );
}

async function copyAllModules(from: string, release: string, root: string): Promise<void> {
  const leftOut = DISCOVERY_LARGE.leftOutModules.map((path) => join(from, 'lib/modules', release, 'kernel', path));
  await cp(join(from, 'lib/modules'), join(root, 'usr/lib/modules'), {
    recursive: true,
    filter: (path) => !leftOut.includes(path),
  });
  await command('depmod', ['-b', root, release]);
}

/** What belongs to one machine goes, and what the agent needs is switched on. */
async function settle(root: string): Promise<void> {
  const systemctl = (...args: string[]) => command('systemctl', ['--quiet', '--root', root, ...args]);
  await systemctl('enable', 'anneal-agent.service');
  // The agent starts it when the keys of those who may come in are there.
  await systemctl('disable', 'ssh.service', 'ssh.socket');
  for (const unit of DISCOVERY_LARGE.maskedUnits) {
    const path = join(root, 'etc/systemd/system', unit);
    await rm(path, { force: true });
    await symlink('/dev/null', path);
  }
  for (const name of await readdir(join(root, 'etc/ssh')))
    if (name.startsWith('ssh_host_')) await rm(join(root, 'etc/ssh', name));
  for (const applet of ['udhcpc', 'ntpd'])
    await symlink('busybox', join(root, 'usr/bin', applet)).catch(() => undefined);
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await writeFile(join(root, 'etc/resolv.conf'), '');
  await writeFile(join(root, 'etc/machine-id'), '');
  for (const each of ['var/cache/apt', 'var/lib/apt/lists', 'etc/apt/sources.list'])
    await rm(join(root, each), { recursive: true, force: true });
}
