import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder `deploy/images` of the checkout: scripts and lists that go into images are read from there, because what is
 * compiled into `dist` is code alone.
 */
export const IMAGE_SOURCES: string = findSources(dirname(fileURLToPath(import.meta.url)));

function findSources(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'deploy', 'images');
    if (folder === dirname(folder)) throw new Error(`no package.json in or above ${start}; reinstall Anneal`);
  }
}
