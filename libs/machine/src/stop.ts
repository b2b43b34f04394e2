/** What may end a command from our side: the caller's signal or a deadline, whichever comes first. */
export class Stop {
  private cause: 'signal' | 'deadline' | null = null;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | null;
  private readonly onSignal = (): void => this.stop('signal');

  constructor(
    private readonly source: AbortSignal | undefined,
    deadlineMs: number | undefined,
  ) {
    this.timer = deadlineMs === undefined ? null : setTimeout(() => this.stop('deadline'), deadlineMs);
    if (source?.aborted) this.stop('signal');
    else source?.addEventListener('abort', this.onSignal, { once: true });
  }

  /** What stopped it, or null while nothing has. */
  get by(): 'signal' | 'deadline' | null {
    return this.cause;
  }

  /** Both causes as one signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Calls back once when it stops; not when that has happened before. Returns what takes the listener away. */
  whenStopped(listener: () => void): () => void {
    this.signal.addEventListener('abort', listener, { once: true });
    return () => this.signal.removeEventListener('abort', listener);
  }

  /** Takes timer and listener away: the work is over. */
  release(): void {
    if (this.timer) clearTimeout(this.timer);
    this.source?.removeEventListener('abort', this.onSignal);
  }

  private stop(by: 'signal' | 'deadline'): void {
    if (this.cause !== null) return;
    this.cause = by;
    this.controller.abort();
  }
}
