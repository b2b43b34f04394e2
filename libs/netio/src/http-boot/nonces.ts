import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Log } from '#app';
import { JOURNAL_SLACK_MAX, NONCE_MS_MAX, NONCES_MAX } from './limits.js';

/**
 * Words that work once: with one, a machine fetches a file that only it may see. A nonce is made when the boot script of a
 * known machine is rendered, for one file of it, and replaces the one of its boot before. It is used up by the fetch.
 *
 * They are netboot's own and need no database. Both making and using one are on the disk before anybody is answered: a
 * nonce that was handed out works after a restart, one that was used does not. The journal holds digests, so that who
 * reads it later gains nothing.
 */
export type NonceVerdict = 'good' | 'unknown' | 'used' | 'expired';

interface Kept {
  readonly node: string;
  readonly file: string;
  readonly at: number;
  used: boolean;
}

type Line =
  | { readonly made: string; readonly node: string; readonly file: string; readonly at: number }
  | { readonly used: string };

export class BootNonces {
  private readonly kept = new Map<string, Kept>();
  /** The current nonce of each file of each node. */
  private readonly current = new Map<string, string>();
  private journal: FileHandle | null = null;
  private lines = 0;
  private batch: { readonly lines: string[]; readonly written: Promise<void> } | null = null;
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Reads what an earlier process left, and writes it anew without what no longer counts. */
  static async open(path: string, clock: Clock, log: Log): Promise<BootNonces> {
    const nonces = new BootNonces(path, clock, log);
    await mkdir(dirname(path), { recursive: true });
    await nonces.read();
    await nonces.compact();
    return nonces;
  }

  /** A fresh nonce for each of these files; what the node had for them works no longer. On the disk when it returns. */
  async make(node: string, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const at = this.clock.now();
    const made = new Map<string, string>();
    const lines: Line[] = [];
    for (const file of files) {
      const nonce = randomBytes(32).toString('base64url');
      const digest = digestOf(nonce);
      this.keep(digest, { node, file, at, used: false });
      lines.push({ made: digest, node, file, at });
      made.set(file, nonce);
    }
    if (lines.length > 0) await this.append(lines);
    return made;
  }

  /** Whether it would work now. Nothing is used up. */
  check(node: string, file: string, nonce: string): NonceVerdict {
    const kept = this.kept.get(digestOf(nonce));
    if (!kept || kept.node !== node || kept.file !== file) return 'unknown';
    if (kept.used) return 'used';
    return this.clock.now() - kept.at > NONCE_MS_MAX ? 'expired' : 'good';
  }

  /** Uses it up. Of two that come at once, one is answered `good`; that it was used is on the disk by then. */
  async use(node: string, file: string, nonce: string): Promise<NonceVerdict> {
    const verdict = this.check(node, file, nonce);
    if (verdict !== 'good') return verdict;
    const digest = digestOf(nonce);
    (this.kept.get(digest) as Kept).used = true;
    await this.append([{ used: digest }]);
    return 'good';
  }

  async close(): Promise<void> {
    await this.writing.catch(() => {});
    await this.journal?.close();
    this.journal = null;
  }

  private keep(digest: string, kept: Kept): void {
    const slot = `${kept.node} ${kept.file}`;
    const before = this.current.get(slot);
    if (before !== undefined) this.kept.delete(before);
    this.current.set(slot, digest);
    this.kept.set(digest, kept);
    if (this.kept.size <= NONCES_MAX) return;
    const [oldest, { node, file }] = this.kept.entries().next().value as [string, Kept];
    this.kept.delete(oldest);
    if (this.current.get(`${node} ${file}`) === oldest) this.current.delete(`${node} ${file}`);
  }

  /** Those that come while the disk is busy are written together. */
  private append(lines: readonly Line[]): Promise<void> {
    const texts = lines.map((line) => `${JSON.stringify(line)}\n`);
    if (this.batch) {
      this.batch.lines.push(...texts);
      return this.batch.written;
    }
    const waiting: string[] = [...texts];
    const written = this.writing
      .catch(() => {})
      .then(async () => {
        this.batch = null;
        if (!this.journal) throw new Error('the boot nonces are closed');
        await this.journal.appendFile(waiting.join(''));
        await this.journal.datasync();
        this.lines += waiting.length;
        if (this.lines > this.kept.size * 2 + JOURNAL_SLACK_MAX) await this.compact();
      });
    this.batch = { lines: waiting, written };
    this.writing = written;
    return written;
  }

  private async read(): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw new Error(`read the boot nonces from ${this.path}`, { cause: error });
    }
    for (const line of text.split('\n')) {
      if (line === '') continue;
      try {
        const read = JSON.parse(line) as Line;
        if ('made' in read) this.keep(read.made, { node: read.node, file: read.file, at: read.at, used: false });
        else {
          const kept = this.kept.get(read.used);
          if (kept) kept.used = true;
        }
      } catch {
        // The last line of a process that was killed while it wrote: nobody was answered because of it.
        this.log.warn('a line of the boot nonces cannot be read and is left out', { path: this.path });
      }
    }
  }

  private async compact(): Promise<void> {
    const oldest = this.clock.now() - NONCE_MS_MAX;
    for (const [digest, { at, node, file }] of this.kept) {
      if (at > oldest) continue;
      this.kept.delete(digest);
      if (this.current.get(`${node} ${file}`) === digest) this.current.delete(`${node} ${file}`);
    }
    const lines: Line[] = [];
    for (const [made, { node, file, at, used }] of this.kept) {
      lines.push({ made, node, file, at });
      if (used) lines.push({ used: made });
    }
    const fresh = `${this.path}.new`;
    const handle = await open(fresh, 'w', 0o600);
    try {
      await handle.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, this.path);
    await this.journal?.close();
    this.journal = await open(this.path, 'a', 0o600);
    this.lines = lines.length;
  }
}

const digestOf = (nonce: string): string => createHash('sha256').update(nonce).digest('base64url');
