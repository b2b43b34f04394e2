import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What `anneal up` leaves in ANNEAL_HOME for automation on the same host: the address it answers at and an
 * administrator's token. Only read here; the runtime makes the folder.
 */

/** Where a packaged installation keeps its data. */
const PACKAGED_HOME = '/var/lib/anneal';

/** The folder above this file that holds package.json, whether the sources or the built files run. */
export const installedIn = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
};

/** `ANNEAL_HOME`, else `.anneal` of the checkout, else where packages keep it. */
export const homeOf = (env: NodeJS.ProcessEnv): string => {
  if (env['ANNEAL_HOME']) return resolve(env['ANNEAL_HOME']);
  const folder = installedIn();
  return existsSync(join(folder, 'libs')) ? join(folder, '.anneal') : PACKAGED_HOME;
};

/** A file of the home as one trimmed line; null when it is missing, empty or not for us to read. */
export const readFromHome = (home: string, name: 'address' | 'admin-token'): string | null => {
  try {
    return readFileSync(join(home, name), 'utf8').trim() || null;
  } catch {
    return null;
  }
};

/** The version of this installation. */
export const installedVersion = (): string =>
  (JSON.parse(readFileSync(join(installedIn(), 'package.json'), 'utf8')) as { version: string }).version;
