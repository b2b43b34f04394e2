import type { BuildableImage } from '#api-types';
import { buildDebianImage } from './build-os-image.js';
import { buildDiscoveryLargeImage } from './build-discovery-large.js';
import { buildDiscoveryImage, buildLocalLoaderImage, type BuildImage } from './build-discovery.js';

/** Everything that `anneal images build` can build, by the word that is typed. */
export const BUILDERS: Readonly<Record<BuildableImage, { readonly says: string; readonly build: BuildImage }>> = {
  discovery: {
    says: 'the small system in memory that machines tell from what they are',
    build: buildDiscoveryImage,
  },
  'debian-12': { says: 'Debian 12 for the disks of nodes', build: buildDebianImage('debian-12') },
  'debian-13': { says: 'Debian 13 for the disks of nodes', build: buildDebianImage('debian-13') },
  'debian-11': { says: 'Debian 11 for the disks of nodes', build: buildDebianImage('debian-11') },
  'discovery-large': {
    says: 'a whole Debian in memory that the small system goes over to for heavy work',
    build: buildDiscoveryLargeImage,
  },
  'local-loader': { says: 'the program that starts the disk of a UEFI machine', build: buildLocalLoaderImage },
};
