import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageArchitecture } from './architecture.js';
import { cacheFolder, locked } from './cache.js';
import { command } from './command.js';

/**
 * Packages of one Debian suite and architecture, without installing any: which versions there are, what they depend on,
 * and the files, whose signatures and digests apt has checked. It has lists of its own, so that neither the suite of this
 * host nor its architecture matters. When the mirror cannot be reached the lists of last time are used.
 */

/** Lists that are younger than this are not fetched again. */
const LISTS_FRESH_MS = 6 * 3_600_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
const DEFAULT_SECURITY = 'http://deb.debian.org/debian-security';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** `busybox-static_1.35.0-4_amd64.deb`, as apt calls it in its folder. */
  readonly file: string;
  readonly bytes: number;
}

export interface ArchiveOptions {
  readonly suite: string;
  readonly architecture: ImageArchitecture;
  readonly cache?: string;
  /** Fetch the lists even when they are fresh. */
  readonly refresh?: boolean;
  readonly log?: (line: string) => void;
}

export class DebianArchive {
  private constructor(
    readonly suite: string,
    readonly architecture: ImageArchitecture,
    private readonly folder: string,
    readonly sources: readonly string[],
    private readonly options: readonly string[],
  ) {}

  /** Opens the archive, and fetches its lists when they are old. */
  static async open({
    suite,
    architecture,
    cache = cacheFolder(),
    refresh,
    log,
  }: ArchiveOptions): Promise<DebianArchive> {
    const folder = join(cache, `apt-${suite}-${architecture}`);
    for (const part of ['lists/partial', 'archives/partial', 'empty/partial'])
      await mkdir(join(folder, part), { recursive: true });
    const sources = await sourcesOf(suite);
    const status = join(folder, 'status');
    await writeFile(status, '');
    const list = join(folder, 'sources.list');
    // prettier-ignore
    const options = [
      `Dir::State=${folder}`, `Dir::State::lists=${folder}/lists`, `Dir::State::status=${status}`,
      `Dir::Cache=${folder}`, `Dir::Cache::archives=${folder}/archives`,
      `Dir::Etc::sourcelist=${list}`, `Dir::Etc::sourceparts=${folder}/empty`, `Dir::Etc::preferencesparts=${folder}/empty`,
      `APT::Architecture=${architecture}`, `APT::Architectures=${architecture}`, 'APT::Install-Recommends=false',
      'APT::Sandbox::User=root', 'Acquire::Languages=none', 'Acquire::Check-Valid-Until=false', 'Acquire::Check-Date=false',
      'Acquire::Retries=3', 'Debug::NoLocking=true',
    ].flatMap((option) => ['-o', option]);
    const archive = new DebianArchive(suite, architecture, folder, sources, options);
    await locked(join(folder, 'lock'), async () => {
      await writeFile(list, `${sources.join('\n')}\n`);
      await archive.fetchLists(refresh === true, log);
    });
    return archive;
  }

  private async fetchLists(refresh: boolean, log: ((line: string) => void) | undefined): Promise<void> {
    const stamp = join(this.folder, 'fetched');
    const wanted = this.sources.join('\n');
    const fetched = await stat(stamp).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
    const { readFile } = await import('node:fs/promises');
    const sameSources = fetched !== null && (await readFile(stamp, 'utf8')) === wanted;
    if (!refresh && sameSources && Date.now() - fetched < LISTS_FRESH_MS) return;
    try {
      await command('apt-get', [...this.options, '-q', 'update', '--error-on=any'], { deadlineMs: 300_000 });
      await writeFile(stamp, wanted);
    } catch (cause) {
      if (!sameSources) throw new Error(`the package lists of ${this.suite} cannot be fetched`, { cause });
      log?.(`the mirror does not answer; going on with the package lists of ${new Date(fetched).toISOString()}`);
    }
  }

  /** The packages with all they depend on, by name. Recommended ones are left out. */
  async resolve(names: readonly string[]): Promise<readonly DebianPackage[]> {
    // apt says nothing of a package whose file it has: here it is shown a folder that has none.
    const elsewhere = ['-o', `Dir::Cache::archives=${this.folder}/empty`];
    const printed = await command('apt-get', [
      ...this.options,
      ...elsewhere,
      '-qq',
      '--print-uris',
      'install',
      ...names,
    ]);
    const found = printed.split('\n').flatMap((line) => {
      const [, file, bytes] = /^'[^']+' (\S+\.deb) (\d+)/.exec(line) ?? [];
      if (file === undefined) return [];
      const [name = '', version = ''] = file.split('_');
      return [{ name, version: version.replaceAll('%3a', ':'), file, bytes: Number(bytes) }];
    });
    if (found.length === 0) throw new Error(`apt finds nothing to install for ${names.join(', ')} in ${this.suite}`);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The newest package that a package without content depends on, `linux-image-amd64` for one. */
  async dependencyOf(name: string, pattern: RegExp): Promise<DebianPackage> {
    const all = await this.resolve([name]);
    const found = all.find((each) => each.name !== name && pattern.test(each.name));
    if (!found) throw new Error(`${name} of ${this.suite} depends on nothing like ${String(pattern)}`);
    return found;
  }

  /** Fetches what is not here yet. Returns the paths of the .deb files, in the order of the packages. */
  async fetch(packages: readonly DebianPackage[], signal?: AbortSignal): Promise<readonly string[]> {
    const archives = join(this.folder, 'archives');
    const pathOf = ({ file }: DebianPackage): string => join(archives, file);
    await locked(join(this.folder, 'lock-archives'), async () => {
      const missing = packages.filter((each) => !existsSync(pathOf(each)));
      if (missing.length === 0) return;
      const partial = join(archives, `fetching`);
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial);
      const wanted = missing.map(({ name, version }) => `${name}=${version}`);
      await command('apt-get', [...this.options, '-qq', 'download', ...wanted], { cwd: partial, signal });
      for (const each of missing) await rename(join(partial, each.file), pathOf(each));
      await rm(partial, { recursive: true, force: true });
    });
    return packages.map(pathOf);
  }
}

/**
 * Where packages come from: ANNEAL_MIRROR (and ANNEAL_MIRROR_SECURITY), else what this host uses, else Debian's own.
 * The lines are those of sources.list(5).
 */
export async function sourcesOf(suite: string, env: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const known = env['ANNEAL_MIRROR'] ? [] : await sourcesOfHost();
  const mirror = env['ANNEAL_MIRROR'] ?? known.find(({ codename }) => /^[a-z]+$/.test(codename))?.uri ?? DEFAULT_MIRROR;
  const security =
    env['ANNEAL_MIRROR_SECURITY'] ??
    known.find(({ codename }) => codename.endsWith('-security'))?.uri ??
    DEFAULT_SECURITY;
  const line = (uri: string, of: string): string => `deb [signed-by=${KEYRING}] ${uri} ${of} main`;
  const main = [line(mirror, suite), line(mirror, `${suite}-updates`)];
  // A mirror that was named alone may be all that can be reached.
  const hasSecurity = env['ANNEAL_MIRROR'] === undefined || env['ANNEAL_MIRROR_SECURITY'] !== undefined;
  return hasSecurity ? [...main, line(security, `${suite}-security`)] : main;
}

async function sourcesOfHost(): Promise<readonly { readonly uri: string; readonly codename: string }[]> {
  const printed = await command('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(CODENAME)',
    'Created-By: Packages',
  ]);
  return [...new Set(printed.split('\n'))].flatMap((line) => {
    const [uri = '', codename = ''] = line.split(' ');
    return uri.startsWith('http') && codename !== '' ? [{ uri: uri.replace(/\/$/, ''), codename }] : [];
  });
}
