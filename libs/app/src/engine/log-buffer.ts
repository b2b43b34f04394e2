import type { RunId } from '#core';
import type { Log } from '../ports/log.js';
import type { LogLine, LogStream, RunLog } from '../ports/run-log.js';
import type { LoopStatus } from '../ports/worker-store.js';
import { LOG_BYTES_MAX, LOG_FLUSH_MS } from './limits.js';
import { Periodic } from './periodic.js';

/** Gathers the lines of all runs of a worker and stores them in groups. */
export class LogBuffer {
  private lines: LogLine[] = [];
  private readonly loop: Periodic;

  constructor(
    private readonly store: RunLog,
    log: Log,
  ) {
    this.loop = new Periodic('run log', LOG_FLUSH_MS, () => this.flush(), log);
  }

  get status(): LoopStatus {
    return this.loop.status;
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await this.flush();
  }

  /** A writer for one attempt; its first line follows those of earlier attempts. */
  writer(runId: RunId, attempt: number): (text: string, stream?: LogStream) => void {
    // The first attempt begins at 1 without asking; a later one asks when it has something to say.
    let next = attempt === 1 ? Promise.resolve(1) : null;
    let number: number | null = attempt === 1 ? 1 : null;
    let bytes = 0;
    const add = (text: string, stream: LogStream): void => {
      this.lines.push({ runId, attempt, line: number as number, stream, text });
      number = (number as number) + 1;
    };
    return (text, stream = 'out') => {
      if (bytes > LOG_BYTES_MAX) return;
      bytes += Buffer.byteLength(text) + 1;
      const [kept, from]: [string, LogStream] =
        bytes > LOG_BYTES_MAX
          ? [`the log is longer than ${LOG_BYTES_MAX} bytes; what follows is not kept`, 'anneal']
          : [text, stream];
      if (number !== null) return add(kept, from);
      next ??= this.store.lastLine(runId).then((last) => (number = last + 1));
      void next.then(() => add(kept, from)).catch(() => undefined);
    };
  }

  /** Stores what has been gathered; what cannot be stored now is kept for the next time. */
  async flush(): Promise<void> {
    const lines = this.lines;
    if (lines.length === 0) return;
    this.lines = [];
    try {
      await this.store.append(lines);
    } catch (cause) {
      this.lines = [...lines, ...this.lines].slice(-LINES_KEPT_MAX);
      throw cause;
    }
  }
}

/** Lines that a worker holds while the database is away. */
const LINES_KEPT_MAX = 50_000;
