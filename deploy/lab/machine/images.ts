import {
  buildDiscovery,
  buildLocalLoader,
  buildOsImage,
  debianImage,
  placeBootFiles,
  placeLoader,
  placeOsImage,
  type BuiltFile,
  type BuiltImage,
  type DiscoveryImage,
  type ImageName,
} from '#images';
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
  /** Starts the disks of UEFI machines. */
  readonly localLoader: BuiltFile & { readonly name: string };
  readonly os: BuiltImage;
}

/** Builds what the cache does not have. The small kernel is for virtual machines, which is what these are. */
export async function buildImages(progress: (line: string) => void): Promise<LabImages> {
  const cache = cacheFolder();
  const began = performance.now();
  const discovery = await buildDiscovery({ kernel: 'cloud', cache, log: progress });
  const localLoader = await buildLocalLoader('amd64');
  const os = await buildOsImage(labImage(OS_IMAGE), { cache, log: progress });
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  progress(
    `images: discovery ${size(discovery.kernel.bytes + discovery.initrd.bytes)}, ${OS_IMAGE} ${size(os.manifest.bytes)} ` +
      (discovery.fresh || os.isNew ? `(built in ${seconds} s, kept for the next time)` : '(from the cache)'),
  );
  return { discovery, localLoader, os };
}

/** Builds another release of Debian for the disks of machines, with the same packages as the usual one. */
export const buildRelease = (name: ImageName, progress: (line: string) => void): Promise<BuiltImage> =>
  buildOsImage(labImage(name), { cache: cacheFolder(), log: progress });

/** Debian with what the workload's roles use. */
const labImage = (image: ImageName) => {
  const services = ['rsyslog', 'chrony', 'haproxy', 'nginx'];
  const packages = LAB_RECIPE.packages.filter((name) => !BASE.has(name));
  return debianImage(image, { packages, disabledUnits: services.map((name) => `${name}.service`) });
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

/** Boot environments that load the discovery system: one waits, the other installs. */
const SMALL_SYSTEM = ['discovery', 'install'];

/** Puts all of it among the boot files of this home and tells Anneal. */
export async function publishImages(api: LabApi, { discovery, localLoader, os }: LabImages): Promise<void> {
  const home = annealHome();
  await placeLoader(home, localLoader.name, localLoader);
  const files = { vmlinuz: discovery.kernel, initrd: discovery.initrd };
  const [kernel, ...initrds] = await placeBootFiles(
    home,
    `discovery-${discovery.architecture}-${discovery.flavour}`,
    files,
  );
  for (const bootenv of SMALL_SYSTEM) await api.patch(`bootenvs/${bootenv}`, { kernel, initrds });
  await publishOsImage(api, OS_IMAGE, os);
}

/** Puts an operating system among the boot files, and registers it by this name. */
export async function publishOsImage(api: LabApi, name: ImageName, os: BuiltImage): Promise<void> {
  await placeOsImage(annealHome(), os);
  const { sha256, bytes, rawBytes, compression, layouts, firmware, os: system } = os.manifest;
  await api
    .post('images', { name, os: system, sha256, bytes, raw_bytes: rawBytes, compression, layouts, firmware })
    .catch((cause: unknown) => {
      if (!(cause instanceof ApiProblem) || cause.code !== 'already-exists') throw cause;
    });
}
