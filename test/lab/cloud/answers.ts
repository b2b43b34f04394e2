import { setTimeout as pause } from 'node:timers/promises';

/** Whoever uses a cloud while something happens to it: asks the same again and again, and counts what was not answered. */
export interface Answers {
  readonly asked: number;
  readonly failed: number;
  /** From the first question that failed in a row to the next that was answered, at the longest, in milliseconds. */
  readonly longestMs: number;
  readonly reasons: readonly string[];
}

const ASK_EVERY_MS = 500;
/** As patient as a client of a cloud is. */
const ANSWER_MS = 10_000;
const REASONS_MAX = 5;

export class Asking {
  private asked = 0;
  private failed = 0;
  private longestMs = 0;
  private readonly reasons: string[] = [];
  private readonly ended = new AbortController();
  private readonly done: Promise<void>;

  /** Begins at once, and ends with `stop`. An answer below 500 is one. */
  constructor(private readonly url: string) {
    this.done = this.ask();
  }

  async stop(): Promise<Answers> {
    this.ended.abort();
    await this.done;
    const { asked, failed, longestMs, reasons } = this;
    return { asked, failed, longestMs, reasons };
  }

  private async ask(): Promise<void> {
    let silentSince: number | null = null;
    while (!this.ended.signal.aborted) {
      const began = performance.now();
      const reason = await this.answer();
      this.asked += 1;
      if (reason === null) {
        if (silentSince !== null) this.longestMs = Math.max(this.longestMs, performance.now() - silentSince);
        silentSince = null;
      } else {
        this.failed += 1;
        silentSince ??= began;
        if (this.reasons.length < REASONS_MAX) this.reasons.push(reason);
      }
      await pause(ASK_EVERY_MS, undefined, { signal: this.ended.signal }).catch(() => undefined);
    }
    if (silentSince !== null) this.longestMs = Math.max(this.longestMs, performance.now() - silentSince);
  }

  /** Null when it was answered. Each question has a connection of its own, as those of short programs have. */
  private async answer(): Promise<string | null> {
    try {
      const answer = await fetch(this.url, {
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { connection: 'close' },
      });
      await answer.arrayBuffer();
      return answer.status < 500 ? null : `${answer.status}`;
    } catch (cause) {
      return cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : 'silence';
    }
  }
}
