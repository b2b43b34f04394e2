import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';

/**
 * Files that a mirror gave, under the digest of their address. A file appears whole or not at all, so a proxy that is
 * killed while it fetches leaves nothing that could be taken for a package.
 */
interface Kept {
  readonly size: number;
  readonly headers: Readonly<Record<string, string>>;
  open(range?: { start: number; end: number }): Readable;
}

export class PackageStore {
  constructor(private readonly folder: string) {}

  async find(url: string): Promise<Kept | null> {
    const path = this.pathOf(url);
    const found = await stat(path).catch(() => null);
    if (found === null) return null;
    const headers = JSON.parse(await readFile(`${path}.json`, 'utf8').catch(() => '{}')) as Record<string, string>;
    return { size: found.size, headers, open: (range) => createReadStream(path, range) };
  }

  /** Keeps what comes from `body`; nothing when it breaks off. */
  async keep(url: string, headers: Record<string, string>, body: Readable): Promise<void> {
    const path = this.pathOf(url);
    const draft = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await pipeline(body, createWriteStream(draft));
      const expected = headers['content-length'];
      if (expected !== undefined && (await stat(draft)).size !== Number(expected)) return;
      await writeFile(`${path}.json`, JSON.stringify(headers));
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }

  private pathOf(url: string): string {
    const digest = createHash('sha256').update(url).digest('hex');
    return join(this.folder, digest.slice(0, 2), digest);
  }
}
