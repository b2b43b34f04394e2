import {
  OutcomeGatherer,
  SubunitDecoder,
  asSuiteTest,
  encodePacket,
  type SubunitItem,
  type SubunitPacket,
} from '#core';
import type { OutputReader } from '../script.js';
import type { BookWriter } from './book-writer.js';

export interface SuiteStreamParts {
  /** Full ids as the suite was given them. */
  readonly loadList: readonly string[];
  readonly writer: BookWriter;
  /** Takes secrets out of a text. */
  mask(text: string): string;
  /** A line that is no part of the stream: of the runner, or of something that prints where it should not. */
  onLine(line: string): void;
  /** A test that ended in another way than by passing. */
  onFailure(line: string): void;
}

/** A damaged stream may have any number of faults; so many are told one by one. */
const FAULTS_TOLD_MAX = 50;
/** Text between packets is lines of a log; one that never ends is cut here. */
const LINE_CHARACTERS_MAX = 1_100_000;

/**
 * Reads what the suite says while it runs: packets become outcomes and go into the book at once, and their bytes into the
 * stream that is kept; what stands between them is passed on as lines. Secrets are taken out of both: a packet that quotes
 * one is written anew without it, with a checksum that fits.
 */
export class SuiteStream implements OutputReader {
  readonly gatherer: OutcomeGatherer;
  /** Tests whose end became known, so far. */
  ended = 0;
  private readonly decoder = new SubunitDecoder();
  private readonly text = new TextDecoder();
  private readonly skippedText = new TextDecoder();
  private line = '';
  private skippedLine = '';
  private faults = 0;

  constructor(private readonly parts: SuiteStreamParts) {
    this.gatherer = new OutcomeGatherer(parts.loadList.map(asSuiteTest));
    parts.writer.watch(() => this.gatherer.underWay().map((test) => ({ ...test, name: parts.mask(test.name) })));
  }

  push(bytes: Uint8Array): void {
    this.take(this.decoder.push(bytes));
  }

  finish(): void {
    this.take(this.decoder.finish());
    this.line = this.passLines(this.line + this.text.decode(), true);
    this.passSkipped(this.skippedText.decode(), true);
  }

  /** What the run leaves open, when it is over for good. */
  close(why: string): void {
    this.parts.writer.ended(this.gatherer.finish(why).map((outcome) => this.masked(outcome)));
  }

  /** What was odd about the stream, a sentence each. */
  get notes(): string[] {
    const more = this.faults - FAULTS_TOLD_MAX;
    const untold = more > 0 ? [`${more} more faults of the stream are not told one by one`] : [];
    return [...this.faultNotes, ...untold, ...this.gatherer.notes].map((note) => this.parts.mask(note));
  }
  private readonly faultNotes: string[] = [];

  private take(items: readonly SubunitItem[]): void {
    for (const item of items) {
      switch (item.kind) {
        case 'packet':
          this.takePacket(item.packet, item.bytes);
          break;
        case 'text':
          this.line = this.passLines(this.line + this.text.decode(item.bytes, { stream: true }), false);
          break;
        case 'fault':
          this.faults += 1;
          if (this.faults <= FAULTS_TOLD_MAX)
            this.faultNotes.push(`a packet of the stream is damaged at byte ${item.at} (${item.code}): ${item.says}`);
          break;
        case 'skipped':
          this.passSkipped(this.skippedText.decode(item.bytes, { stream: true }), false);
          break;
        default:
          item satisfies never;
      }
    }
  }

  private takePacket(packet: SubunitPacket, bytes: Uint8Array): void {
    const masked = this.maskedPacket(packet);
    this.parts.writer.bytes(masked === packet ? bytes : encodePacket(masked));
    const ended = this.gatherer.add(masked).map((outcome) => this.masked(outcome));
    this.ended += ended.length;
    for (const { name, status, reason } of ended)
      if (status === 'failed' || status === 'setup-failed')
        this.parts.onFailure(`${status}: ${name}${reason === null ? '' : `: ${reason}`}`);
    this.parts.writer.ended(ended);
    if (packet.status === 'inprogress') this.parts.writer.changed();
  }

  /** The packet itself where there is nothing to hide. */
  private maskedPacket(packet: SubunitPacket): SubunitPacket {
    const { file } = packet;
    if (!file) return packet;
    const text = Buffer.from(file.content).toString('utf8');
    const masked = this.parts.mask(text);
    return masked === text ? packet : { ...packet, file: { ...file, content: Buffer.from(masked) } };
  }

  /** Once more, because only a traceback that is put together shows what two packets have cut. */
  private masked<T extends { readonly reason: string | null; readonly traceback: string | null }>(outcome: T): T {
    const { reason, traceback } = outcome;
    const hide = (text: string | null): string | null => (text === null ? null : this.parts.mask(text));
    return { ...outcome, reason: hide(reason), traceback: hide(traceback) };
  }

  /** Passes whole lines on; returns what has no end yet. */
  private passLines(text: string, final: boolean): string {
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) this.parts.onLine(line);
    if (!final && rest.length < LINE_CHARACTERS_MAX) return rest;
    if (rest !== '') this.parts.onLine(rest);
    return '';
  }

  /** Most of it is what is left of a packet; but the last words of the runner may be in there, and they are lines. */
  private passSkipped(text: string, final: boolean): void {
    const lines = (this.skippedLine + text).split('\n');
    const rest = lines.pop()!;
    this.skippedLine = final ? '' : rest.slice(-LINE_CHARACTERS_MAX);
    for (const line of final ? [...lines, rest] : lines) if (line.includes(RECORD_SEPARATOR)) this.parts.onLine(line);
  }
}

/** What the runner's own lines begin with. */
const RECORD_SEPARATOR = '\u001e';
