/**
 * Turns a stream of bytes into lines as they arrive. A line is cut at a number of bytes, so that a program that never
 * writes a line end cannot fill the memory; the cut is said in the line. Bytes that are not UTF-8 become U+FFFD.
 */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private droppedBytes = 0;

  constructor(
    private readonly bytesMax: number,
    private readonly onLine: (line: string) => void,
  ) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, start);
      if (end < 0) break;
      this.hold(chunk.subarray(start, end));
      this.emit();
      start = end + 1;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start));
  }

  /** Emits what stands after the last line end, when there is something. */
  flush(): void {
    if (this.heldBytes > 0) this.emit();
  }

  private hold(piece: Buffer): void {
    const room = this.bytesMax - this.heldBytes;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    this.droppedBytes += piece.length - kept.length;
    if (kept.length === 0) return;
    this.held.push(kept);
    this.heldBytes += kept.length;
  }

  private emit(): void {
    const bytes = this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held, this.heldBytes);
    const dropped = this.droppedBytes;
    this.held = [];
    this.heldBytes = 0;
    this.droppedBytes = 0;
    if (dropped > 0) {
      this.onLine(`${wholeCharacters(bytes).toString('utf8')} [cut: ${dropped} bytes more]`);
      return;
    }
    const ends = bytes.length > 0 && bytes[bytes.length - 1] === 0x0d ? bytes.length - 1 : bytes.length;
    this.onLine(bytes.toString('utf8', 0, ends));
  }
}

/** Drops a UTF-8 character that a cut has split at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  let lead = bytes.length - 1;
  while (lead >= 0 && bytes.length - lead < 4 && (bytes[lead]! & 0xc0) === 0x80) lead -= 1;
  if (lead < 0) return bytes;
  const first = bytes[lead]!;
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.length - lead < wanted ? bytes.subarray(0, lead) : bytes;
}
