import { command } from '../command.js';

/**
 * Where the host's own packages come from. The nodes of a lab get theirs from the same places, through the host: so no
 * mirror is named here, and a host that uses a near one has nodes that do.
 */
export interface PackageSource {
  /** For example http://mirror.example.test/debian/ */
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

/** The host's sources of Debian packages of a suite, with its updates. Throws with a sentence where it has none. */
export async function hostSources(suite: string): Promise<PackageSource[]> {
  const found = await list(suite);
  if (found.length > 0) return found;
  // A host whose lists were never fetched knows its sources and does not say them.
  await command('apt-get', ['update'], { deadlineMs: UPDATE_DEADLINE_MS });
  const now = await list(suite);
  if (now.length > 0) return now;
  throw new Error(`apt on this host has no source of Debian ${suite}: name a mirror in /etc/apt/sources.list`);
}

/** The lines of a sources.list for nodes. They speak plain HTTP, to the proxy, whatever the host speaks to the mirror. */
export function sourcesList(sources: readonly PackageSource[]): string {
  return sources
    .map(({ uri, suite, component }) => `deb ${uri.replace(/^https:/, 'http:')} ${suite} ${component}\n`)
    .join('');
}

const UPDATE_DEADLINE_MS = 120_000;

async function list(suite: string): Promise<PackageSource[]> {
  const printed = await command('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
    'Created-By: Packages',
  ]);
  const lines = [...new Set(printed.split('\n'))].map((line) => line.trim().split(' '));
  return lines.flatMap(([uri, release, component]) => {
    const wanted = release === suite || release === `${suite}-updates` || release === `${suite}-security`;
    return uri && component && wanted ? [{ uri, suite: release, component }] : [];
  });
}
