import { open, mkdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { ViewCopy, type KeptView, type Log } from '#app';
import type { Landmark, ViewChange, ViewDocument } from '#core';

/**
 * The copy of the boot view in one file: lines of JSON, each behind its checksum. First a head and all documents, then
 * the changes since, as they came. It is begun anew when the changes outgrow the documents: beside the old file, which
 * stays in use until the new one is complete and takes its name. A line that a power failure tore, and what may stand
 * behind it, is cut off when the file is read; the event history then tells the rest.
 */

const FORMAT = 1;
/** Changes below this size, in bytes, are not worth another file. */
const COMPACT_FROM = 16_777_216;
/** Documents of one line: a line is written at once, and packets wait for as long. */
const DOCUMENTS_PER_LINE = 200;

type Line =
  | { readonly format: number; readonly installation: string; readonly landmark: Landmark }
  | { readonly documents: readonly ViewDocument[] }
  | { readonly complete: number }
  | { readonly landmark: Landmark; readonly changes: readonly ViewChange[] };

export class ViewFile extends ViewCopy {
  private handle: FileHandle | null = null;
  private baseBytes = 0;
  private appendedBytes = 0;
  /** Lines that came while a new file is being written; null when none is. */
  private meanwhile: string[] | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {
    super();
  }

  override get wantsCompaction(): boolean {
    return this.meanwhile === null && this.appendedBytes > Math.max(COMPACT_FROM, this.baseBytes);
  }

  override async load(): Promise<KeptView | null> {
    await rm(`${this.path}.new`, { force: true });
    const content = await readFile(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new Error(`read the copy of the boot view, ${this.path}`, { cause: error });
    });
    if (content === null) return null;
    const kept = readLines(content);
    if (kept === null) {
      this.log.warn('the copy of the boot view cannot be read and is made anew', { path: this.path });
      return null;
    }
    if (kept.goodBytes < content.length)
      this.log.warn('the copy of the boot view ends in the middle of a line, which is cut off', {
        path: this.path,
        bytes: content.length - kept.goodBytes,
      });
    this.handle = await open(this.path, 'r+');
    await this.handle.truncate(kept.goodBytes);
    await this.handle.datasync();
    await this.handle.close();
    this.handle = await open(this.path, 'a');
    this.baseBytes = kept.baseBytes;
    this.appendedBytes = kept.goodBytes - kept.baseBytes;
    return kept;
  }

  override append(step: { readonly landmark: Landmark; readonly changes: readonly ViewChange[] }): Promise<void> {
    return this.inOrder(async () => {
      if (this.handle === null) throw new Error(`${this.path} was not begun`);
      const line = toLine(step);
      await this.handle.appendFile(line);
      await this.handle.datasync();
      this.appendedBytes += Buffer.byteLength(line);
      this.meanwhile?.push(line);
    });
  }

  override async replace(view: KeptView): Promise<void> {
    // All at once: documents never change, so that holding them is holding this instant.
    const documents = [...view.documents];
    this.meanwhile = [];
    await mkdir(dirname(this.path), { recursive: true, mode: 0o711 });
    const next = await open(`${this.path}.new`, 'w', 0o600);
    try {
      let bytes = 0;
      const write = async (line: Line): Promise<void> => {
        const text = toLine(line);
        bytes += Buffer.byteLength(text);
        await next.appendFile(text);
      };
      await write({ format: FORMAT, installation: view.installation, landmark: view.landmark });
      for (let from = 0; from < documents.length; from += DOCUMENTS_PER_LINE)
        await write({ documents: documents.slice(from, from + DOCUMENTS_PER_LINE) });
      await write({ complete: documents.length });
      await next.datasync();
      await this.inOrder(() => this.change(next, bytes));
    } catch (error) {
      this.meanwhile = null;
      await next.close();
      throw new Error(`write the copy of the boot view, ${this.path}`, { cause: error });
    }
  }

  override async close(): Promise<void> {
    await this.inOrder(async () => {
      await this.handle?.close();
      this.handle = null;
    });
  }

  /** The new file takes over, with what came in the meantime. */
  private async change(next: FileHandle, baseBytes: number): Promise<void> {
    const lines = (this.meanwhile ?? []).join('');
    if (lines !== '') await next.appendFile(lines);
    await next.datasync();
    await rename(`${this.path}.new`, this.path);
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
    await this.handle?.close();
    this.handle = next;
    this.baseBytes = baseBytes;
    this.appendedBytes = Buffer.byteLength(lines);
    this.meanwhile = null;
  }

  private inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

const toLine = (line: Line): string => {
  const text = JSON.stringify(line);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
};

/** Null when it is no complete copy of this format. */
function readLines(content: Buffer): (KeptView & { goodBytes: number; baseBytes: number }) | null {
  const documents = new Map<string, ViewDocument>();
  let head: { installation: string; landmark: Landmark } | null = null;
  let landmark: Landmark = { seq: 0, at: null };
  let baseBytes = 0;
  let goodBytes = 0;
  for (const { line, end } of linesOf(content)) {
    if ('format' in line) {
      if (line.format !== FORMAT) return null;
      head = line;
      ({ landmark } = line);
    } else if ('documents' in line) for (const document of line.documents) documents.set(keyOf(document), document);
    else if ('complete' in line) {
      if (line.complete !== documents.size) return null;
      baseBytes = end;
    } else {
      ({ landmark } = line);
      for (const change of line.changes) {
        if (change.body === null) documents.delete(keyOf(change));
        else documents.set(keyOf(change), change as ViewDocument);
      }
    }
    goodBytes = end;
  }
  if (head === null || baseBytes === 0) return null;
  return { installation: head.installation, landmark, documents: documents.values(), goodBytes, baseBytes };
}

/** The lines up to the first one that is torn or changed. */
function* linesOf(content: Buffer): IterableIterator<{ line: Line; end: number }> {
  for (let begin = 0; begin < content.length;) {
    const newline = content.indexOf(10, begin);
    if (newline < 0) return;
    const text = content.subarray(begin + 9, newline);
    if (crc32(text) !== Number.parseInt(content.toString('latin1', begin, begin + 8), 16)) return;
    begin = newline + 1;
    yield { line: JSON.parse(text.toString('utf8')) as Line, end: begin };
  }
}

const keyOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind}/${id}`;
