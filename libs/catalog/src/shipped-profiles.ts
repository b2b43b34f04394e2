/**
 * The profiles that come with Anneal: lists of tests of our own in the format of a guideline, so that a cloud is measured
 * by something before anybody has imported a published one. They are read as text, because it is the text that is kept
 * and whose digest is told.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shippedFolder } from './shipped.js';

export interface ShippedProfile {
  /** `baseline.json`. */
  readonly file: string;
  readonly text: string;
}

/** All of them, by name of file; to be imported as kind `local`. */
export async function loadShippedProfiles(): Promise<readonly ShippedProfile[]> {
  const files = (await readdir(profilesFolder())).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(profilesFolder(), file), 'utf8') })));
}

/** The folder of the profiles, beside that of the barclamps. */
export function profilesFolder(): string {
  return join(dirname(shippedFolder()), 'profiles');
}
