/** The barclamps that come with Anneal. They are data of the package, so a fault in them is a surprise and is thrown. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BarclampDocument } from './document.js';
import { loadTogether, type BarclampSource } from './load.js';
import { describeProblem } from './problem.js';
import { readFolder } from './read-folder.js';

/** Relative to the root of the package: from `dist/` as from the sources, the folder is the same. */
const SHIPPED_FOLDER = 'libs/catalog/barclamps';

/** Names of the shipped barclamps, in alphabetical order. */
export async function listShipped(): Promise<string[]> {
  const entries = await readdir(shippedFolder(), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** Reads shipped barclamps, all or the named ones, in an order in which they can be imported. */
export async function loadShipped(names?: readonly string[]): Promise<readonly BarclampDocument[]> {
  const result = loadTogether(await Promise.all((names ?? (await listShipped())).map(sourceOf)));
  if ('documents' in result) return result.documents;
  throw new Error(`shipped barclamps are broken:\n${result.problems.map(describeProblem).join('\n')}`);
}

/** The files of one shipped barclamp, as `loadBarclamp` takes them. */
export async function sourceOf(name: string): Promise<BarclampSource> {
  const read = await readFolder(join(shippedFolder(), name));
  if ('files' in read) return { folder: name, files: read.files };
  throw new Error(`shipped barclamp "${name}" cannot be read:\n${read.problems.map(describeProblem).join('\n')}`);
}

/** The folder that holds a folder for each shipped barclamp. */
export function shippedFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, SHIPPED_FOLDER);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder))
      throw new Error(`no folder ${SHIPPED_FOLDER} above ${fileURLToPath(import.meta.url)}`);
  }
}
