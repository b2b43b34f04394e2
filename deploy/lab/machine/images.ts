import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildDiscovery, type DiscoveryImage } from '../../images/index.js';
import { buildOsImage, debianImage, type BuiltImage } from '../../images/os-image/index.js';
import { ApiProblem, type LabApi } from '../api.js';
import { annealHome, cacheFolder } from '../folders.js';
import { LAB_RECIPE } from '../rootfs-recipe.js';

/**
 * What machines of the lab boot and are installed from. Both images are built once and kept in the cache; a machine on the
 * wire reaches no mirror, so that what the workload's roles use is in the image already, switched off as on container nodes.
 */
export const OS_IMAGE = 'debian-12';

export interface LabImages {
  readonly discovery: DiscoveryImage;
  readonly os: BuiltImage;
}

/** Builds what the cache does not have. The small kernel is for virtual machines, which is what these are. */
export async function buildImages(progress: (line: string) => void): Promise<LabImages> {
  const cache = cacheFolder();
  const began = performance.now();
  const discovery = await buildDiscovery({ kernel: 'cloud', cache, log: progress });
  const os = await buildOsImage(labImage(), { cache, log: progress });
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  progress(
    `images: discovery ${size(discovery.kernel.bytes + discovery.initrd.bytes)}, ${OS_IMAGE} ${size(os.manifest.bytes)} ` +
      (discovery.fresh || os.isNew ? `(built in ${seconds} s, kept for the next time)` : '(from the cache)'),
  );
  return { discovery, os };
}

/** Debian with what the workload's roles use. */
const labImage = () => {
  const services = ['rsyslog', 'chrony', 'haproxy', 'nginx'];
  const packages = LAB_RECIPE.packages.filter((name) => !BASE.has(name));
  return debianImage(OS_IMAGE, { packages, disabledUnits: services.map((name) => `${name}.service`) });
};
/** In every image, or of no use on a machine. */
const BASE = new Set([
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'ca-certificates',
  'netbase',
  'kmod',
  'iproute2',
  'iputils-ping',
  'procps',
  'cron',
  'logrotate',
  'psmisc',
  'tar',
  'sudo',
]);

/** Puts both among the boot files of this home and tells Anneal. */
export async function publishImages(api: LabApi, { discovery, os }: LabImages): Promise<void> {
  const kernel = await place(discovery.kernel.path, 'discovery/vmlinuz');
  const initrd = await place(discovery.initrd.path, 'discovery/initrd');
  await api.patch('bootenvs/discovery', {
    kernel: { path: kernel, sha256: discovery.kernel.sha256, bytes: discovery.kernel.bytes },
    initrds: [{ path: initrd, sha256: discovery.initrd.sha256, bytes: discovery.initrd.bytes }],
  });
  const { sha256, bytes, rawBytes, compression, layouts, firmware, os: system } = os.manifest;
  await place(os.content, `images/${sha256}`);
  await api
    .post('images', { name: OS_IMAGE, os: system, sha256, bytes, raw_bytes: rawBytes, compression, layouts, firmware })
    .catch((cause: unknown) => {
      if (!(cause instanceof ApiProblem) || cause.code !== 'already-exists') throw cause;
    });
}

/** Links a file of the cache among the boot files; copies it where they lie on another file system. Returns its name there. */
async function place(from: string, name: string): Promise<string> {
  const to = join(annealHome(), 'boot', 'files', name);
  if (existsSync(to)) return name;
  await mkdir(dirname(to), { recursive: true });
  const draft = `${to}.${process.pid}`;
  await rm(draft, { force: true });
  await link(from, draft).catch(() => copyFile(from, draft));
  await rename(draft, to);
  return name;
}
