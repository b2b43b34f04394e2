import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds Anneal's package.json. Found by walking up from this file, so that it is the same whether the
 * sources run (tests) or the built files in `dist/` do.
 */
export const CHECKOUT: string = findCheckout(dirname(fileURLToPath(import.meta.url)));

function findCheckout(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (packageNameIn(folder) === 'anneal') return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json of Anneal in or above ${start}; reinstall it`);
  }
}

function packageNameIn(folder: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name ?? null;
  } catch {
    return null;
  }
}
