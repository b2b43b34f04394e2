import type { BuiltFile, DiscoveryImage, ImageArchitecture, PlacedFile } from '#images';
import type { Client } from '../client/client.js';
import { ApiProblem } from '../client/problem.js';
import { usage } from '../exit.js';
import { patchOne } from '../resource/update.js';

/**
 * Puts a built discovery system where netboot serves it, and tells the boot environments that load it which files, of
 * which digests, it is. Those that there are: an installation may have dropped one.
 */

/** Both boot the same system: one waits, the other is told to install. */
export const SMALL_SYSTEM_BOOTENVS = ['discovery', 'install'];

/** A boot environment has one kernel, whatever processor asks for it; those that are shipped are for this one. */
const SHIPPED_ARCHITECTURE: ImageArchitecture = 'amd64';

/** Ends the command before anything is built or told: every x86 machine would be sent a kernel that it cannot run. */
export const refuseOtherArchitecture = (architecture: ImageArchitecture, bootenvs: readonly string[]): void => {
  if (architecture === SHIPPED_ARCHITECTURE) return;
  throw usage(
    `A system for ${architecture} cannot be put to use in ${bootenvs.join(' and ')}: a boot environment has one kernel, and every ${SHIPPED_ARCHITECTURE} machine would get this one.`,
    `Build it with --only, which leaves it in the cache and says where. To boot ${architecture} machines from it, put its files among the boot files and make a boot environment for them: \`anneal bootenvs create --help\`.`,
  );
};

export interface Published {
  readonly kernel: PlacedFile;
  readonly initrds: readonly PlacedFile[];
  /** Boot environments that load it now. */
  readonly bootenvs: readonly string[];
}

export async function publishDiscovery(
  client: Client,
  home: string,
  image: Pick<DiscoveryImage, 'kernel' | 'initrd' | 'architecture' | 'flavour'>,
  bootenvs: readonly string[],
  more: Readonly<Record<string, BuiltFile>> = {},
): Promise<Published> {
  refuseOtherArchitecture(image.architecture, bootenvs);
  const { placeBootFiles } = await import('#images');
  const folder = `discovery-${image.architecture}-${image.flavour}`;
  const [kernel, ...initrds] = await placeBootFiles(home, folder, {
    vmlinuz: image.kernel,
    initrd: image.initrd,
    ...more,
  });
  const routes = { show: 'bootenvs.show', patch: 'bootenvs.patch' } as const;
  const told: string[] = [];
  for (const bootenv of bootenvs) {
    try {
      await patchOne(client, routes, bootenv, { kernel, initrds }, {});
      told.push(bootenv);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    }
  }
  return { kernel: kernel!, initrds, bootenvs: told };
}
