import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CLIENT_ARCHITECTURES } from '#core';

/** Every loader that a decision can name. */
const NAMES = new Set(
  CLIENT_ARCHITECTURES.flatMap(({ loader, shim, signedGrub, localLoader }) => [loader, shim, signedGrub, localLoader]),
);

/** The loaders that are among the boot files now: what may be advertised. */
export const findLoaders = async (root: string): Promise<ReadonlySet<string>> => {
  try {
    return new Set((await readdir(join(root, 'files'))).filter((name) => NAMES.has(name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw new Error(`look for loaders in ${root}`, { cause: error });
  }
};
