import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { command, succeeds } from './command.js';

/**
 * What a host must have before container nodes can run on it. Each gap is a sentence that says what to do. Debian
 * packages are installed on request; rights and kernel features are only named, since nothing here can grant them.
 */
export interface Gap {
  readonly sentence: string;
  /** The Debian package that closes the gap, where one does. */
  readonly package?: string;
}

const INSTALL_DEADLINE_MS = 600_000;

const PROGRAMS: readonly { readonly program: string; readonly package: string; readonly purpose: string }[] = [
  { program: 'ip', package: 'iproute2', purpose: 'make network namespaces' },
  { program: 'nsenter', package: 'util-linux', purpose: 'enter them' },
  { program: 'systemd-nspawn', package: 'systemd-container', purpose: 'boot a node' },
  { program: 'mmdebstrap', package: 'mmdebstrap', purpose: 'build the root file system of the nodes' },
];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Everything that is missing here, in the order in which it should be seen to. Empty when nodes can run. */
export async function findGaps(whoNeeds = 'Container nodes need'): Promise<Gap[]> {
  if (process.platform !== 'linux') return [{ sentence: `${whoNeeds} Linux.` }];
  if (process.getuid?.() !== 0) {
    return [{ sentence: `${whoNeeds} root: run the command again as root (sudo -E npm run ...).` }];
  }
  const gaps: Gap[] = [];
  for (const each of PROGRAMS) {
    if (await isOnPath(each.program)) continue;
    const sentence = `${each.program} is needed to ${each.purpose}: install the package ${each.package}.`;
    gaps.push({ sentence, package: each.package });
  }
  if (!(await exists(KEYRING))) {
    const sentence =
      'The signing keys of Debian are needed to build the root file system: install debian-archive-keyring.';
    gaps.push({ sentence, package: 'debian-archive-keyring' });
  }
  const namespaces = await succeeds('unshare', [
    '--mount',
    '--net',
    '--pid',
    '--fork',
    '--propagation',
    'private',
    'true',
  ]);
  if (!namespaces) {
    gaps.push({
      sentence:
        'This host does not let root make mount, network and process namespaces: in a container, start it privileged; ' +
        'on a kernel built without them, use another machine.',
    });
  } else if (await isOnPath('ip')) {
    // Tried in a namespace that ends with the command, so that the probe leaves nothing behind.
    const probe = 'ip link add probe0 type bridge && ip link add probe1 type veth peer name probe2';
    if (!(await succeeds('unshare', ['--net', 'sh', '-c', probe]))) {
      gaps.push({ sentence: 'The kernel has no bridge or no veth devices: load the modules bridge and veth.' });
    }
  }
  return gaps;
}

/** Installs the Debian packages that close gaps, unless a gap is left that none closes. Returns the gaps that are left. */
export async function closeGaps(
  gaps: readonly Gap[],
  progress: (line: string) => void,
  look: () => Promise<Gap[]> = findGaps,
): Promise<Gap[]> {
  const packages = [...new Set(gaps.flatMap((gap) => gap.package ?? []))];
  if (packages.length === 0 || gaps.some((gap) => gap.package === undefined)) return [...gaps];
  if (process.getuid?.() !== 0 || !(await isOnPath('apt-get'))) return [...gaps];

  progress(`installing ${packages.join(', ')}`);
  await installPackages(packages);
  return look();
}

/** Installs Debian packages without asking anything. Throws with what apt-get complained about. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, deadlineMs: INSTALL_DEADLINE_MS };
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  try {
    await command('apt-get', install, options);
  } catch {
    // A list that was never fetched, or is too old to name what the mirror has now.
    await command('apt-get', ['update'], options);
    await command('apt-get', install, options);
  }
}

/** Whether a program can be started by its bare name. */
export async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) if (await exists(join(folder, program))) return true;
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
