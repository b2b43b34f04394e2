import { buildDiscoveryImage, buildLocalLoaderImage, type BuildImage } from './build-discovery.js';

/** Everything that `anneal images build` can build, by the word that is typed. */
export const BUILDERS: Readonly<Record<string, { readonly says: string; readonly build: BuildImage }>> = {
  discovery: {
    says: 'the small system in memory that machines tell from what they are',
    build: buildDiscoveryImage,
  },
  'local-loader': { says: 'the program that starts the disk of a UEFI machine', build: buildLocalLoaderImage },
};
