import { readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES, type ImageArchitecture } from '../build/architecture.js';
import { cacheFolder, kept } from '../build/cache.js';
import { command } from '../build/command.js';
import { DebianArchive } from '../build/debian-archive.js';
import { describeFile, type BuiltFile } from '../build/described-file.js';
import { IMAGE_SOURCES } from '../build/sources.js';
import { unpack } from '../build/unpack.js';
import { DISCOVERY } from '../discovery/recipe.js';

/**
 * Builds the small GRUB that starts the disk of a UEFI machine: firmware takes a boot program that ends for a boot that
 * succeeded, and then stays in its menu. Its script lies in a memory disk, because what is embedded with `-c` is read by a
 * parser that knows neither `if` nor `for`.
 */

// prettier-ignore
const MODULES = [
  'boot', 'chain', 'configfile', 'echo', 'exfat', 'ext2', 'fat', 'halt', 'iso9660', 'memdisk', 'minicmd', 'normal', 'part_gpt', 'part_msdos',
  'reboot', 'search', 'search_fs_file', 'sleep', 'tar', 'test', 'true',
];

/** Returns `local-x64.efi`, or what it is called on the architecture. */
export async function buildLocalLoader(
  architecture: ImageArchitecture = 'amd64',
  cache: string = cacheFolder(),
): Promise<BuiltFile & { readonly name: string }> {
  const { grub, grubPackage, efi } = ARCHITECTURES[architecture];
  const source = await readFile(join(IMAGE_SOURCES, 'local-loader', 'grub.cfg'), 'utf8');
  const script = source.replaceAll(/BOOT@EFI@/g, `BOOT${efi.toUpperCase()}`).replaceAll('@EFI@', efi);
  const name = `local-${efi}.efi`;
  const version = await command('grub-mkimage', ['--version']);
  const { folder } = await kept(
    `local-loader-${architecture}`,
    [script, MODULES, version],
    async (target) => {
      const disk = join(target, 'disk');
      await writeFile(join(target, 'grub.cfg'), script);
      // The same bytes from the same script: a memory disk is a tar archive, which else has times and owners.
      const plain = [
        '--sort=name',
        '--mtime=@0',
        '--owner=0',
        '--group=0',
        '--numeric-owner',
        '--transform=s,^,boot/grub/,',
      ];
      await command('tar', ['-c', ...plain, '-f', disk, '-C', target, 'grub.cfg']);
      const modules = await modulesOf(grub, grubPackage, architecture, target, cache);
      const prefix = ['-p', '(memdisk)/boot/grub', '-m', disk];
      await command('grub-mkimage', ['-O', grub, '-d', modules, ...prefix, '-o', join(target, name), ...MODULES]);
      await rm(disk);
      await rm(join(target, 'modules'), { recursive: true, force: true });
    },
    cache,
  );
  return { name, ...(await describeFile(join(folder, name))) };
}

/** GRUB's modules: of this host where it has them, else out of the package. */
async function modulesOf(
  platform: string,
  from: string,
  architecture: ImageArchitecture,
  target: string,
  cache: string,
): Promise<string> {
  const installed = join('/usr/lib/grub', platform);
  if (existsSync(join(installed, 'normal.mod'))) return installed;
  const archive = await DebianArchive.open({ suite: DISCOVERY.suite, architecture, cache });
  const wanted = (await archive.resolve([from])).filter(({ name }) => name === from);
  const [deb] = await archive.fetch(wanted);
  await unpack(deb!, join(target, 'modules'));
  return join(target, 'modules', 'usr/lib/grub', platform);
}
