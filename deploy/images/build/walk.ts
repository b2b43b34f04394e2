import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a folder, sorted, each folder before what it holds. Links are named and not followed. */
export async function* walk(
  folder: string,
  below = '',
): AsyncGenerator<{ path: string; kind: 'folder' | 'file' | 'link' }> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isSymbolicLink()) yield { path, kind: 'link' };
    else if (entry.isFile()) yield { path, kind: 'file' };
    else if (entry.isDirectory()) {
      yield { path, kind: 'folder' };
      yield* walk(folder, path);
    }
  }
}
