import { stat } from 'node:fs/promises';
import { sha256Of } from './cache.js';

/** A file that was built, and what whoever fetches it compares it with. */
export interface BuiltFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export async function describeFile(path: string): Promise<BuiltFile> {
  return { path, sha256: await sha256Of(path), bytes: (await stat(path)).size };
}
