import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version that package.json names, wherever this file was compiled to. */
export const VERSION: string = findVersion(dirname(fileURLToPath(import.meta.url)));

function findVersion(folder: string): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name?: string;
      version?: string;
    };
    if (name === 'anneal' && version) return version;
  } catch {
    // Not in this folder.
  }
  return folder === dirname(folder) ? '0.0.0' : findVersion(dirname(folder));
}
