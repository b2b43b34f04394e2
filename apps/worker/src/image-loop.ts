import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CheckImages, type UnitOfWork } from '#app';
import { StoredImages } from '#netio';
import type { LeaderLoop } from './worker.js';

/** How soon an image is available after its content was put in place, in milliseconds. A look costs one reading of rows. */
const IMAGES_PERIOD_MS = 5_000;

/** Looks whether images can be installed. Contents are looked at where this host keeps any: boot files may be elsewhere. */
export const imageLoop = (unitOfWork: UnitOfWork, home: string): LeaderLoop => {
  const root = join(home, 'boot');
  const stored = new StoredImages(root);
  return {
    name: 'images',
    periodMs: IMAGES_PERIOD_MS,
    work: () => {
      const imageContents = existsSync(root) ? { imageContents: stored } : {};
      return new CheckImages({ unitOfWork, ...imageContents }).execute();
    },
  };
};
