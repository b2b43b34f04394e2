import { SIGNATURE, type SubunitPacket } from './packet.js';
import { fault, isFault, measurePacket, readPacket, type PacketFault, type PacketFaultCode } from './read-packet.js';

/** What a stream is made of, in its order. `at` counts bytes from its beginning. */
export type SubunitItem =
  | { readonly kind: 'packet'; readonly at: number; readonly packet: SubunitPacket; readonly bytes: Uint8Array }
  /** Bytes that are no packet: what programs print between packets, as it comes, cut anywhere. */
  | { readonly kind: 'text'; readonly at: number; readonly bytes: Uint8Array }
  /** Something began like a packet here and is none. */
  | { readonly kind: 'fault'; readonly at: number; readonly code: PacketFaultCode; readonly says: string }
  /** Bytes that were passed over from a fault to the next signature; a damaged packet, or text after one. */
  | { readonly kind: 'skipped'; readonly at: number; readonly bytes: Uint8Array };

/**
 * Bytes of checksums that each byte of the stream pays for. After a fault every signature within the damaged packet may be
 * the next one, and each may claim megabytes: without a limit, a few megabytes made on purpose would keep us busy for hours.
 */
const CHECKED_PER_BYTE = 16;
const CHECKED_AT_FIRST = 64 * 1024 * 1024;

/**
 * Takes a stream in pieces cut anywhere, and gives what is in it as soon as it is whole. It never throws for what it is
 * given: what is damaged becomes a fault with its place, and reading goes on at the next signature. The items are the same
 * however the stream was cut, but that text and skipped bytes may come in more pieces.
 *
 * A signature within a character of UTF-8 is part of that character, as in the reference implementation: 0xB3 is the second
 * byte of quite ordinary letters.
 */
export class SubunitDecoder {
  private buffer = new Uint8Array(0);
  private start = 0;
  private end = 0;
  /** Of `start`, in the stream. */
  private position = 0;
  /** Since a fault, until the next signature. */
  private skipping = false;
  /** Bytes that the character still needs which the text has begun. */
  private pending = 0;
  private checked = 0;

  /** The items that these bytes complete. */
  push(bytes: Uint8Array): SubunitItem[] {
    this.append(bytes);
    return this.read(false);
  }

  /** What is left when nothing more will come. */
  finish(): SubunitItem[] {
    return this.read(true);
  }

  private read(final: boolean): SubunitItem[] {
    const items: SubunitItem[] = [];
    while (this.start < this.end) {
      this.passOver(items);
      if (this.start === this.end || !this.readCandidate(items, final)) break;
    }
    return items;
  }

  /** Everything before the next signature. */
  private passOver(items: SubunitItem[]): void {
    let at = this.start;
    while (at < this.end && !this.isSignature(this.buffer[at]!)) at += 1;
    if (at > this.start) this.take(items, at - this.start);
  }

  private isSignature(byte: number): boolean {
    if (this.skipping) return byte === SIGNATURE;
    if (this.pending > 0 && byte >>> 6 === 0b10) {
      this.pending -= 1;
      return false;
    }
    this.pending =
      byte >= 0xf0 && byte <= 0xf4 ? 3 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xc2 && byte < 0xe0 ? 1 : 0;
    return byte === SIGNATURE;
  }

  /** Whether there was enough to say what begins here. */
  private readCandidate(items: SubunitItem[], final: boolean): boolean {
    const there = this.buffer.subarray(this.start, this.end);
    const length = measurePacket(there);
    if (length === null || (typeof length === 'number' && length > there.length)) {
      if (!final) return false;
      this.fail(items, fault('cut', `the stream ends after ${there.length} of its bytes`), 1);
      return true;
    }
    if (typeof length !== 'number') {
      this.fail(items, length, 1);
      return true;
    }
    const read = this.mayCheck(length) ? readPacket(there.subarray(0, length)) : TOO_MANY;
    if (!isFault(read)) {
      items.push({ kind: 'packet', at: this.position, packet: read, bytes: there.slice(0, length) });
      this.drop(length);
      this.skipping = false;
      this.pending = 0;
      return true;
    }
    // Its length is believed where a packet, or nothing, begins right after it. Else it was cut, or its length is damaged.
    if (read !== TOO_MANY && length === there.length && !final) {
      this.checked -= length;
      return false;
    }
    const endsWell = length === there.length || there[length] === SIGNATURE;
    const isWhole = read === TOO_MANY || (endsWell && !this.endsInPacket(there.subarray(0, length)));
    this.fail(items, read, isWhole ? length : 1);
    return true;
  }

  /**
   * Whether the last of these bytes are a packet: then what begins here was cut, and the next ones came to end where it
   * would have. A packet that is carried within another as a file ends before that one's checksum.
   */
  private endsInPacket(bytes: Uint8Array): boolean {
    for (let at = 1; at < bytes.length; at += 1) {
      if (bytes[at] !== SIGNATURE) continue;
      const rest = bytes.subarray(at);
      if (measurePacket(rest) === rest.length && this.mayCheck(rest.length) && !isFault(readPacket(rest))) return true;
    }
    return false;
  }

  private mayCheck(length: number): boolean {
    if (this.checked + length > CHECKED_AT_FIRST + CHECKED_PER_BYTE * this.position) return false;
    this.checked += length;
    return true;
  }

  private fail(items: SubunitItem[], { code, says }: PacketFault, length: number): void {
    items.push({ kind: 'fault', at: this.position, code, says });
    this.skipping = true;
    this.take(items, length);
  }

  private take(items: SubunitItem[], length: number): void {
    const bytes = this.buffer.slice(this.start, this.start + length);
    items.push({ kind: this.skipping ? 'skipped' : 'text', at: this.position, bytes });
    this.drop(length);
  }

  private drop(length: number): void {
    this.start += length;
    this.position += length;
  }

  /** Makes room at the end, in a buffer that grows by doubling and whose read part is let go. */
  private append(bytes: Uint8Array): void {
    const held = this.end - this.start;
    if (this.end + bytes.length > this.buffer.length) {
      const target =
        held + bytes.length > this.buffer.length / 2
          ? new Uint8Array(Math.max(2 * (held + bytes.length), 4096))
          : this.buffer;
      target.set(this.buffer.subarray(this.start, this.end));
      this.buffer = target;
      this.start = 0;
      this.end = held;
    }
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }
}

const TOO_MANY = fault('crc', 'too many damaged packets have come before it for its checksum to be looked at');
