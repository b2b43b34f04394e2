import type { ImageArchitecture, KernelFlavour } from '#images';
import { homeOf } from '../client/home.js';
import type { Invocation } from '../command/invocation.js';
import { publishDiscovery, refuseOtherArchitecture, SMALL_SYSTEM_BOOTENVS } from './publish-discovery.js';

/** How one image is built and put to use; what is printed when it is done. */
export interface BuildWishes {
  readonly architecture: ImageArchitecture;
  readonly kernel: KernelFlavour;
  readonly refresh: boolean;
  /** Packages beside those that every image of an operating system has. */
  readonly packages: readonly string[];
  /** Leave it in the cache; no server is asked. */
  readonly only: boolean;
}

export type BuildImage = (invocation: Invocation, wishes: BuildWishes) => Promise<Readonly<Record<string, unknown>>>;

/** The small discovery system, and the loader by which UEFI machines start their disks afterwards. */
export const buildDiscoveryImage: BuildImage = async (
  invocation,
  { architecture, kernel, refresh, only, packages },
) => {
  if (!only) refuseOtherArchitecture(architecture, SMALL_SYSTEM_BOOTENVS);
  const { buildDiscovery } = await import('#images');
  const begun = Date.now();
  const image = await buildDiscovery({ architecture, kernel, refresh, log: (line) => invocation.progress.line(line) });
  const built = {
    image: 'discovery',
    architecture,
    release: image.release,
    initrd_bytes: image.initrd.bytes,
    kernel_bytes: image.kernel.bytes,
    fresh: image.fresh,
    seconds: Math.round((Date.now() - begun) / 100) / 10,
  };
  if (only) return { ...built, kernel: image.kernel.path, initrd: image.initrd.path };
  const home = homeOf(invocation.terminal.env);
  const loader = await buildLocalLoaderImage(invocation, { architecture, kernel, refresh, only, packages });
  const published = await publishDiscovery(invocation.client, home, image, SMALL_SYSTEM_BOOTENVS);
  return { ...built, ...published, local_loader: loader['image'] };
};

/** The program that starts the disk of a UEFI machine. */
export const buildLocalLoaderImage: BuildImage = async (invocation, { architecture, only }) => {
  const { buildLocalLoader, placeLoader } = await import('#images');
  const built = await buildLocalLoader(architecture);
  if (!only) await placeLoader(homeOf(invocation.terminal.env), built.name, built);
  return { image: built.name, bytes: built.bytes, sha256: built.sha256, ...(only ? { path: built.path } : {}) };
};
