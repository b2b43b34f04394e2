import { join, resolve } from 'node:path';
import { CHECKOUT } from '#runtime';

/**
 * Where the lab keeps things. What a lab makes lives under ANNEAL_HOME and goes with it; what costs minutes to make
 * again (the root file system) lives in the cache, which several checkouts share.
 */

/** ANNEAL_HOME, or `.anneal` of the checkout. */
export function annealHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env['ANNEAL_HOME'] ?? join(CHECKOUT, '.anneal'));
}

/** Folder of all labs of this installation; each lab has one folder in it, named by its prefix. */
export function labsFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(annealHome(env), 'lab');
}

/** Folder of root file systems that are built once. ANNEAL_CACHE moves it. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env['ANNEAL_CACHE'] ?? '/var/tmp/anneal-cache');
}
