import type { Palette } from './colour.js';
import { paletteFor } from './colour.js';

/**
 * What a command tells while it works, on stderr: whole lines, and on a terminal one line at the end that is written over.
 * Programs that read our stdout see none of it; `--quiet` leaves the lines away, never the errors.
 */
export class Progress {
  readonly palette: Palette;
  private shown = false;

  constructor(
    private readonly stream: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
    env: NodeJS.ProcessEnv,
    private readonly quiet: boolean,
  ) {
    this.palette = paletteFor(stream, env);
  }

  /** A line that stays. */
  line(text: string): void {
    if (!this.quiet) this.write(text);
  }

  /** A line that stays even with `--quiet`. */
  warn(text: string): void {
    this.write(text);
  }

  /** The line that is written over; only on a terminal. */
  status(text: string): void {
    if (this.quiet || !this.stream.isTTY) return;
    const width = (this.stream.columns ?? 80) - 1;
    this.stream.write(`\r\u001b[K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    this.shown = true;
  }

  /** Takes the last line away. */
  clear(): void {
    if (!this.shown) return;
    this.stream.write('\r\u001b[K');
    this.shown = false;
  }

  private write(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }
}
