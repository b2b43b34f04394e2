import type { BuiltFile, DiscoveryImage, PlacedFile } from '#images';
import type { Client } from '../client/client.js';
import { ApiProblem } from '../client/problem.js';
import { patchOne } from '../resource/update.js';

/**
 * Puts a built discovery system where netboot serves it, and tells the boot environments that load it which files, of
 * which digests, it is. Those that there are: an installation may have dropped one.
 */

/** Both boot the same system: one waits, the other is told to install. */
export const SMALL_SYSTEM_BOOTENVS = ['discovery', 'install'];

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
