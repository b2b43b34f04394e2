import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { walk } from './walk.js';

/**
 * What takes long to make is kept under the digest of all that went into it: a changed input is another folder, and what
 * was cut short never gets its final name. Two builds of the same wait for one another; the second finds it made.
 */

/** Folder of what is built once. ANNEAL_CACHE moves it; several checkouts share it. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env['ANNEAL_CACHE'] ?? '/var/tmp/anneal-cache');

/** A short digest of anything that has a JSON text. */
export const digestOf = (inputs: unknown): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** Every file below a folder with its digest and whether it may be executed, for the inputs of something cached. */
export async function digestsBelow(folder: string): Promise<readonly (readonly [string, string, boolean])[]> {
  const found: [string, string, boolean][] = [];
  for await (const { path, kind } of walk(folder)) {
    const full = join(folder, path);
    if (kind === 'file') found.push([path, await sha256Of(full), ((await stat(full)).mode & 0o100) !== 0]);
  }
  return found;
}

export interface Kept {
  readonly folder: string;
  /** Whether it was made just now. */
  readonly fresh: boolean;
}

/**
 * The folder `name-DIGEST` in the cache. When it is not there, `make` fills a folder that then gets this name. Waits while
 * another process makes the same.
 */
export async function kept(
  name: string,
  inputs: unknown,
  make: (folder: string) => Promise<void>,
  cache: string = cacheFolder(),
): Promise<Kept> {
  const folder = join(cache, `${name}-${digestOf(inputs)}`);
  if (existsSync(folder)) return { folder, fresh: false };
  await mkdir(cache, { recursive: true });
  return await locked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return { folder, fresh: false };
    const building = `${folder}.building`;
    await rm(building, { recursive: true, force: true });
    await mkdir(building);
    try {
      await make(building);
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    return { folder, fresh: true };
  });
}

/** The longest that building one thing may take, and how often whoever waits for it looks. */
const LOCK_MS_MAX = 1_800_000;
const LOCK_LOOK_MS = 500;

/** Does something while no other process does it that uses the same lock file. A lock of a process that is gone is taken over. */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + LOCK_MS_MAX;
  for (;;) {
    const handle = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (handle) {
      await handle.writeFile(`${process.pid}\n`);
      await handle.close();
      try {
        return await work();
      } finally {
        await rm(path, { force: true });
      }
    }
    const holder = Number((await readFile(path, 'utf8').catch(() => '')).trim());
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    else if (Date.now() > until) throw new Error(`${path} is held by process ${holder}: end it, or remove the file`);
    else await sleep(LOCK_LOOK_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
