import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lease } from '#core';
import { FolderLock } from './folder-lock.js';
import { leaseLine, readLeaseLines } from './record.js';
import { Segment, syncFolder } from './segment.js';

/**
 * Where leases are written down before a client hears of them: lines at the end of a file, one commit to the disk for all
 * that came while the last one was under way. Now and then the leases that still matter are written to a snapshot, and
 * what is older goes. It keeps nothing in memory and answers no questions: that is the lease book's part, which is filled
 * from here at the start.
 *
 * A folder holds `snapshot-N` and `segment-N` and later; what counts is the last line about an address. A client was
 * never told of a line that is not whole, so a torn end is left out.
 */

/** A segment is summed up in a snapshot when it is this long, or twice as long as the last snapshot, in bytes. */
const SEGMENT_BYTES_MIN = 8 * 2 ** 20;
/** Leases of a snapshot that are written between two turns of the event loop: about a millisecond. */
const LEASES_PER_TURN = 500;
/**
 * Commits begin at least so far apart, in milliseconds. It costs a client nothing that it could notice, and saves most of
 * the commits when there are many clients.
 */
const COMMIT_PAUSE_MS = 2;
/** Bytes of one commit; the rest waits for the next. */
const COMMIT_BYTES_MAX = 2 ** 20;

/** What was found in the folder. */
export interface RecoveredLeases {
  /** In the order in which they were written: a later one about an address voids the earlier. */
  readonly leases: readonly Lease[];
  readonly tornBytes: number;
}

interface Waiting {
  readonly line: string;
  readonly lease: Lease;
  readonly since: number;
  readonly done: ((error: Error | null) => void) | null;
}

export interface LeaseJournalOptions {
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Everything that is to be remembered when a snapshot is made. */
  readonly leases: () => Iterable<Lease>;
  /** Told after each commit, in order; for copies elsewhere. */
  readonly onDurable?: (leases: readonly Lease[]) => void;
  readonly segmentBytesMin?: number;
}

export class LeaseJournal {
  private waiting: Waiting[] = [];
  private committing: readonly Waiting[] = [];
  private working = false;
  private committedAt = Number.NEGATIVE_INFINITY;
  private snapshotBytes = 0;
  private snapshotting: Promise<void> | null = null;
  private closed = false;
  private idle: (() => void) | null = null;
  private failure: Error | null = null;

  private constructor(
    private readonly options: LeaseJournalOptions,
    private readonly lock: FolderLock,
    private segment: Segment,
    private number: number,
  ) {}

  /** Reads what is there, and begins a new segment. Throws when another process has the folder. */
  static async open(options: LeaseJournalOptions): Promise<{ journal: LeaseJournal; recovered: RecoveredLeases }> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const lock = FolderLock.take(options.folder);
    try {
      const { recovered, last } = recover(options.folder);
      const segment = await createSegment(options.folder, last + 1);
      return { journal: new LeaseJournal(options, lock, segment, last + 1), recovered };
    } catch (cause) {
      lock.release();
      throw new Error(`read the leases in ${options.folder}`, { cause });
    }
  }

  /** Writes a lease down; `done` hears when it is durable, or why it is not. */
  write(lease: Lease, done: ((error: Error | null) => void) | null): void {
    if (this.closed) {
      done?.(new Error('the lease journal is closed'));
      return;
    }
    this.waiting.push({ line: leaseLine(lease), lease, since: this.now(), done });
    if (this.working) return;
    this.working = true;
    this.commitSoon();
  }

  /** Sums up what was there before this journal was opened; once the book has taken it in. */
  async sumUp(): Promise<void> {
    this.snapshotting ??= this.snapshot(this.number).finally(() => (this.snapshotting = null));
    await this.snapshotting;
  }

  /** How long the lease that waits longest has waited, in milliseconds; 0 when none waits. */
  waitedMs(now: number): number {
    const oldest = this.committing[0] ?? this.waiting[0];
    return oldest ? Math.max(0, now - oldest.since) : 0;
  }

  /** Why the last commit failed; null when it did not. */
  get lastFailure(): Error | null {
    return this.failure;
  }

  /** Ends after everything that was given to `write` is durable or has failed. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.working) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.snapshotting;
    await promisify<void>((done) => this.segment.close(done))();
    this.lock.release();
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  /** At once when there was a pause, but so that what comes in the same turn of the loop goes into the same commit. */
  private commitSoon(): void {
    const pause = this.committedAt + COMMIT_PAUSE_MS - performance.now();
    if (pause > 0 && !this.closed) setTimeout(() => this.commit(), pause);
    else setImmediate(() => this.commit());
  }

  private commitNext(): void {
    if (this.waiting.length > 0) return this.commitSoon();
    this.working = false;
    this.idle?.();
  }

  private commit(): void {
    this.committedAt = performance.now();
    let bytes = 0;
    let count = 0;
    while (count < this.waiting.length && bytes < COMMIT_BYTES_MAX)
      bytes += (this.waiting[count++] as Waiting).line.length;
    const batch = count === this.waiting.length ? this.waiting : this.waiting.slice(0, count);
    this.waiting = count === this.waiting.length ? [] : this.waiting.slice(count);
    this.committing = batch;
    let text = '';
    for (const { line } of batch) text += line;
    this.segment.append(Buffer.from(text), (error) => {
      this.committing = [];
      this.failure = error ? new Error('write leases down', { cause: error }) : null;
      for (const { done } of batch) done?.(this.failure);
      if (!error) this.options.onDurable?.(batch.map(({ lease }) => lease));
      // What a failed commit left on the disk is unknown: go on in another file.
      const limit = Math.max(this.options.segmentBytesMin ?? SEGMENT_BYTES_MIN, 2 * this.snapshotBytes);
      if (!error && this.segment.bytes < limit) return this.commitNext();
      this.rotate(() => this.commitNext());
    });
  }

  /** Begins a new segment. Where the old one was good, everything before it is summed up meanwhile. */
  private rotate(next: () => void): void {
    const next_ = this.number + 1;
    Segment.create(segmentPath(this.options.folder, next_), (error, segment) => {
      if (!segment) {
        this.failure = new Error('begin a new file for leases', { cause: error });
        return next();
      }
      this.segment.close(() => {});
      this.segment = segment;
      this.number = next_;
      if (this.failure === null && this.snapshotting === null)
        this.snapshotting = this.snapshot(next_)
          .catch((cause: unknown) => {
            // The segments are still there; the next rotation tries again.
            this.failure = new Error('sum up the leases', { cause });
          })
          .finally(() => (this.snapshotting = null));
      next();
    });
  }

  /** Everything before segment `number`, in one file. A lease that changes meanwhile stands in that segment, too. */
  private async snapshot(number: number): Promise<void> {
    const { folder } = this.options;
    syncFolder(folder);
    const path = join(folder, `snapshot-${number}`);
    const file = await open(`${path}.new`, 'w', 0o600);
    let bytes = 0;
    try {
      let text = '';
      let count = 0;
      for (const lease of this.options.leases()) {
        text += leaseLine(lease);
        count += 1;
        if (count % LEASES_PER_TURN !== 0) continue;
        bytes += text.length;
        await file.write(text);
        text = '';
      }
      bytes += text.length;
      await file.write(text);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(`${path}.new`, path);
    syncFolder(folder);
    this.snapshotBytes = bytes;
    for (const old of namesIn(folder)) if (old.number < number) rmSync(join(folder, old.name), { force: true });
  }
}

const segmentPath = (folder: string, number: number): string => join(folder, `segment-${number}`);

async function createSegment(folder: string, number: number): Promise<Segment> {
  const segment = await promisify<string, Segment | null>((path, done) => Segment.create(path, done))(
    segmentPath(folder, number),
  );
  syncFolder(folder);
  return segment as Segment;
}

interface FileName {
  readonly name: string;
  readonly kind: 'segment' | 'snapshot';
  readonly number: number;
}

function namesIn(folder: string): readonly FileName[] {
  const found: FileName[] = [];
  for (const name of readdirSync(folder)) {
    const match = /^(segment|snapshot)-(\d+)$/.exec(name);
    if (match) found.push({ name, kind: match[1] as FileName['kind'], number: Number(match[2]) });
  }
  return found.sort((a, b) => a.number - b.number || (a.kind === 'snapshot' ? -1 : 1));
}

/** The latest snapshot, then the segments from its number on. */
function recover(folder: string): { recovered: RecoveredLeases; last: number } {
  const names = namesIn(folder);
  const from = names.findLast(({ kind }) => kind === 'snapshot')?.number ?? 0;
  const leases: Lease[] = [];
  let tornBytes = 0;
  for (const { name, number } of names) {
    if (number < from) continue;
    const read = readLeaseLines(readFileSync(join(folder, name)));
    for (const lease of read.leases) leases.push(lease);
    tornBytes += read.tornBytes;
  }
  return { recovered: { leases, tornBytes }, last: names.at(-1)?.number ?? 0 };
}
