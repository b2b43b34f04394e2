import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kept } from '../build/cache.js';
import { command, type CommandOptions } from '../build/command.js';
import { sourcesOf } from '../build/debian-archive.js';

/**
 * The tools with which a disk is made, out of the same suite as the system on it: file systems that its loader can read,
 * and the loaders themselves. They are unpacked, never installed, and run in a root of their own, so that the host needs
 * mmdebstrap and nothing else. Nothing here needs a loop device or a mount.
 */
const TOOLS = [
  ...['e2fsprogs', 'dosfstools', 'mtools', 'gdisk', 'zstd'],
  ...['grub-common', 'grub-pc-bin', 'grub-efi-amd64-signed', 'shim-signed'],
];
/** Grows when the same packages would be unpacked in another way. */
const WORKSHOP_VERSION = 2;
/** Of one tool, on a busy machine. */
const TOOL_DEADLINE_MS = 120_000;
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export interface OpenedWorkshop {
  readonly suite: string;
  /** What the tools were unpacked from; another text makes another workshop. */
  readonly edition: string;
  readonly cache: string;
}

/** Opens the workshop of a suite, unpacking it into the cache the first time. */
export async function openWorkshop({ suite, edition, cache }: OpenedWorkshop): Promise<Workshop> {
  const { folder } = await kept(
    `image-tools-${suite}`,
    [WORKSHOP_VERSION, edition, TOOLS],
    async (root) => {
      const options = ['--quiet', '--variant=extract', '--format=dir', `--include=${TOOLS.join(',')}`];
      const input = (await sourcesOf(suite)).join('\n');
      await command('mmdebstrap', [...options, suite, root, '-'], { apart: true, input });
      // Newer suites leave it to the installation to join these folders; without them no program finds its loader.
      for (const name of ['bin', 'sbin', 'lib', 'lib64'])
        await symlink(`usr/${name}`, join(root, name)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        });
      // Some tools look there whether what they work on is mounted.
      await writeFile(join(root, 'etc/mtab'), '');
    },
    cache,
  );
  return new Workshop(folder);
}

export class Workshop {
  constructor(private readonly root: string) {}

  /** Clears a bench of this name: a folder that the tools see under another path than the host. */
  async bench(name: string): Promise<Bench> {
    const bench = new Bench(this.root, `bench-${name}`);
    await bench.clear();
    await mkdir(bench.hostPath(''));
    return bench;
  }
}

export class Bench {
  constructor(
    private readonly root: string,
    private readonly name: string,
  ) {}

  /** As the tools see it. */
  path(file: string): string {
    return `/${this.name}/${file}`;
  }

  /** As the host sees it. */
  hostPath(file: string): string {
    return join(this.root, this.name, file);
  }

  /** A file of the tools, as the host sees it. */
  toolPath(file: string): string {
    return join(this.root, file);
  }

  run(tool: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return command('chroot', [this.root, tool, ...args], {
      deadlineMs: TOOL_DEADLINE_MS,
      ...options,
      env: { PATH, MTOOLS_SKIP_CHECK: '1', LC_ALL: 'C' },
    });
  }

  clear(): Promise<void> {
    return rm(this.hostPath(''), { recursive: true, force: true });
  }
}
