import type { TestOutcome } from '#core';
import type { CertificationBook, CertificationTicket, TestUnderWay } from '#app';

/** How often outcomes are written while a suite runs, in milliseconds: it looks live, and costs five transactions a second. */
const GROUP_MS = 200;
/** A piece of the stream is written when it has so many bytes, or after so many milliseconds. */
const PIECE_BYTES = 64 * 1024;
const PIECE_MS = 2_000;
/** A book that cannot be written is tried again after this, and given up after that, in milliseconds. */
const AGAIN_MS = 1_000;
const PATIENCE_MS = 60_000;

export interface BookWriterOptions {
  readonly book: CertificationBook;
  readonly ticket: CertificationTicket;
  readonly nextPiece: number;
  /** A newer attempt writes, or the book cannot be written: there is no use in going on. */
  onUseless(why: 'superseded' | Error): void;
  readonly now?: () => number;
}

/**
 * Brings what a suite says into the book in groups, one call at a time, in order, while the suite goes on. A book that
 * does not answer for a while loses nothing: what is not written is kept and tried again. All calls may be repeated.
 */
export class BookWriter {
  private ends: TestOutcome[] = [];
  private pieces: Uint8Array[] = [];
  private pieceBytes = 0;
  private piecesSince: number | null = null;
  private number: number;
  private dirty = false;
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private dueAt = 0;
  /** A piece that was sent, and whose arrival is not known: it goes again as it was, under its number. */
  private unsure: Uint8Array | null = null;
  private failingSince: number | null = null;
  private useless: 'superseded' | Error | null = null;
  private underWay: () => readonly TestUnderWay[] = () => [];
  private readonly now: () => number;

  constructor(private readonly options: BookWriterOptions) {
    this.number = options.nextPiece;
    this.now = options.now ?? (() => performance.now());
  }

  watch(underWay: () => readonly TestUnderWay[]): void {
    this.underWay = underWay;
  }

  ended(outcomes: readonly TestOutcome[]): void {
    if (outcomes.length === 0) return;
    this.ends.push(...outcomes);
    this.changed();
  }

  /** Other tests are under way than were told last. */
  changed(): void {
    this.dirty = true;
    this.schedule(GROUP_MS);
  }

  bytes(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.pieceBytes += bytes.length;
    this.piecesSince ??= this.now();
    this.schedule(this.pieceBytes >= PIECE_BYTES ? GROUP_MS : PIECE_MS);
  }

  /** Writes all that is left. `superseded` when a newer attempt has taken over; throws when the book cannot be written. */
  async close(): Promise<'written' | 'superseded'> {
    for (;;) {
      if (this.timer) clearTimeout(this.timer);
      this.timer = null;
      await this.writing;
      if (this.useless === 'superseded') return 'superseded';
      if (this.useless) throw this.useless;
      if (!this.dirty && !this.hasPieces) return 'written';
      if (this.failingSince !== null) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      this.writing = this.write(true);
    }
  }

  /** Writes after so many milliseconds, unless it will do so sooner. */
  private schedule(ms: number): void {
    if (this.useless) return;
    const dueAt = this.now() + ms;
    if (this.timer && this.dueAt <= dueAt) return;
    if (this.timer) clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.writing = this.writing.then(() => this.write(false));
    }, ms);
  }

  private async write(all: boolean): Promise<void> {
    if (this.useless) return;
    try {
      if (this.dirty) await this.writeOutcomes();
      const due = this.pieceBytes >= PIECE_BYTES || this.now() - (this.piecesSince ?? Infinity) >= PIECE_MS;
      if (this.unsure || (this.pieces.length > 0 && (all || due))) await this.writePieces();
      this.failingSince = null;
      if (this.pieces.length > 0) this.schedule(PIECE_MS);
    } catch (cause) {
      this.failed(cause);
    }
  }

  private async writeOutcomes(): Promise<void> {
    const ends = this.ends;
    this.ends = [];
    this.dirty = false;
    try {
      this.note(await this.options.book.outcomes(this.options.ticket, ends, this.underWay()));
    } catch (cause) {
      this.ends = [...ends, ...this.ends];
      this.dirty = true;
      throw cause;
    }
  }

  private async writePieces(): Promise<void> {
    if (!this.unsure) {
      this.unsure = Buffer.concat(this.pieces);
      this.pieces = [];
      this.pieceBytes = 0;
      this.piecesSince = null;
    }
    this.note(await this.options.book.piece(this.options.ticket, this.number, this.unsure));
    this.unsure = null;
    this.number += 1;
  }

  private get hasPieces(): boolean {
    return this.unsure !== null || this.pieces.length > 0;
  }

  private note(taken: 'written' | 'superseded'): void {
    if (taken === 'superseded') this.giveUp('superseded');
  }

  private failed(cause: unknown): void {
    this.failingSince ??= this.now();
    if (this.now() - this.failingSince > PATIENCE_MS)
      this.giveUp(new Error('what the suite says cannot be written down', { cause }));
    else this.schedule(AGAIN_MS);
  }

  private giveUp(why: 'superseded' | Error): void {
    if (this.useless) return;
    this.useless = why;
    this.options.onUseless(why);
  }
}
