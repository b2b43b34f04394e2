import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ViewFile } from '#core';
import { openBelow } from './locate.js';

/**
 * Content that is named by its SHA-256. What lies here was hashed when it came in, whole, and is not written again; so it
 * is served without being looked at, for ever. Its time is a constant, and with it the validator of every server.
 */
const SHA256 = /^[0-9a-f]{64}$/;
const CONTENT_SECONDS = 1;
const READ_BYTES = 2 ** 20;

export class ContentStore {
  /** `root` is the folder of all boot files: content lies in `content/sha256`, other files in `files`. */
  constructor(private readonly root: string) {}

  get folder(): string {
    return join(this.root, 'content', 'sha256');
  }

  /** Where content with this digest lies; null when the text is no digest. Whether it is there, opening it will tell. */
  pathOf(sha256: string): string | null {
    return SHA256.test(sha256) ? join(this.folder, sha256) : null;
  }

  async has(sha256: string): Promise<boolean> {
    const path = this.pathOf(sha256);
    return (
      path !== null &&
      (await stat(path).then(
        () => true,
        () => false,
      ))
    );
  }

  /** Takes in what a stream brings. Throws when it is not what it should be; nothing is kept then. */
  async put(content: Readable, expected?: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
    await mkdir(this.folder, { recursive: true });
    const hash = createHash('sha256');
    let bytes = 0;
    const fresh = this.freshName();
    try {
      const handle = await open(fresh, 'wx', 0o644);
      try {
        for await (const part of content) {
          const chunk = part as Buffer;
          hash.update(chunk);
          bytes += chunk.length;
          await handle.writeFile(chunk);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      const sha256 = hash.digest('hex');
      if (expected !== undefined && sha256 !== expected)
        throw new Error(`content that should have the SHA-256 ${expected} has ${sha256}`);
      await this.seal(fresh, sha256);
      return { sha256, bytes };
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }

  /**
   * Makes a boot file available under its digest, after it was read and compared. Returns what is wrong with it, or null.
   * Costs one reading the first time, nothing after.
   */
  async adopt(file: ViewFile): Promise<string | null> {
    if (await this.has(file.sha256)) return null;
    const opened = await openBelow(join(this.root, 'files'), file.path);
    if (!opened) return `${file.path} is not among the boot files`;
    await opened.handle.close();
    if (opened.stats.size !== file.bytes)
      return `${file.path} has ${opened.stats.size} bytes, and ${file.bytes} are expected`;
    await mkdir(this.folder, { recursive: true });
    const fresh = this.freshName();
    try {
      // A copy, sharing its blocks where the file system can: whoever changes the boot file leaves the content alone.
      // What is hashed is the copy.
      await copyFile(opened.path, fresh, constants.COPYFILE_FICLONE);
      const found = await sha256Of(fresh);
      if (found !== file.sha256) return `${file.path} has the SHA-256 ${found}, and ${file.sha256} is expected`;
      await this.seal(fresh, file.sha256);
      return null;
    } finally {
      await rm(fresh, { force: true });
    }
  }

  private async seal(fresh: string, sha256: string): Promise<void> {
    await chmod(fresh, 0o444);
    await utimes(fresh, CONTENT_SECONDS, CONTENT_SECONDS);
    await rename(fresh, join(this.folder, sha256));
  }

  private freshName(): string {
    return join(this.folder, `.new-${randomBytes(9).toString('base64url')}`);
  }
}

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(part as Buffer);
  return hash.digest('hex');
};
