import type { FileHandle } from 'node:fs/promises';
import { openBelow, plainName } from '../boot-files/locate.js';
import { CACHE_BYTES_MAX, FILE_BYTES_MAX } from './limits.js';
import { dataPacket } from './packet.js';

/** Who asks; for files that are made for one machine. */
export interface TftpClient {
  readonly address: string;
  readonly family: 4 | 6;
}

/** A file that is made when it is asked for, for example the GRUB configuration of one machine. Null: no such file. */
export type VirtualFile = (name: string, client: TftpClient) => Promise<Uint8Array | null> | Uint8Array | null;

/**
 * What is sent: the bytes, and their packets, which are made once for each block size, because many machines ask for the
 * same file with the same firmware.
 */
export class TftpContent {
  private readonly packetsBySize = new Map<number, Buffer[]>();

  constructor(readonly bytes: Uint8Array) {}

  /** Block `number`, counted from 1. */
  packet(number: number, blockBytes: number): Buffer {
    let packets = this.packetsBySize.get(blockBytes);
    if (!packets) {
      // Clients of one site use few sizes; one who tries them all must not fill the memory.
      if (this.packetsBySize.size >= 2) this.packetsBySize.clear();
      this.packetsBySize.set(blockBytes, (packets = []));
    }
    const from = (number - 1) * blockBytes;
    return (packets[number] ??= dataPacket(number, this.bytes.subarray(from, from + blockBytes)));
  }
}

export type Found = TftpContent | 'not-found' | 'too-large';

/** Finds what a name stands for: first among the files that are made, then below the root. Read files are kept for the next machine. */
export class TftpFiles {
  private readonly cache = new Map<
    string,
    { readonly version: string; readonly content: Promise<TftpContent>; readonly bytes: number }
  >();
  private cachedBytes = 0;

  constructor(
    private readonly root: string,
    private readonly virtual: VirtualFile = () => null,
  ) {}

  async find(asked: string, client: TftpClient): Promise<Found> {
    const name = plainName(asked);
    if (name === null) return 'not-found';
    const made = await this.virtual(name, client);
    if (made) return new TftpContent(made);
    const opened = await openBelow(this.root, name);
    if (!opened) return 'not-found';
    try {
      const { stats, path, handle } = opened;
      if (stats.size > FILE_BYTES_MAX) return 'too-large';
      const version = `${stats.ino}-${stats.mtimeMs}-${stats.size}`;
      const cached = this.cache.get(path);
      if (cached?.version === version) return await cached.content;
      const content = readWhole(handle, stats.size).then((bytes) => new TftpContent(bytes));
      this.keep(path, version, content, stats.size);
      return await content;
    } finally {
      await opened.handle.close();
    }
  }

  private keep(path: string, version: string, content: Promise<TftpContent>, bytes: number): void {
    this.forget(path);
    this.cache.set(path, { version, content, bytes });
    this.cachedBytes += bytes;
    content.catch(() => this.forget(path));
    for (const [oldest] of this.cache) {
      if (this.cachedBytes <= CACHE_BYTES_MAX || oldest === path) break;
      this.forget(oldest);
    }
  }

  private forget(path: string): void {
    this.cachedBytes -= this.cache.get(path)?.bytes ?? 0;
    this.cache.delete(path);
  }
}

/** Exactly the size that was announced: a file that is being written is read as it was, or fails. */
const readWhole = async (handle: FileHandle, size: number): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
};
