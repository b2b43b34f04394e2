import type { Log, NetbootService } from '#app';

/** Something that runs until it is stopped. */
export interface Running {
  /** Where it listens, for people. */
  readonly says: string;
  /** For those who write addresses of it. */
  readonly port?: number;
  stop(): Promise<void>;
}

/** How it is started. Rejects when it cannot be: the message is what the operator reads. */
export type Start = (failed: (cause: unknown) => void) => Promise<Running>;

/** A service that could not start is tried again after this time, in milliseconds: a port may become free. */
const RETRY_MS = 10_000;
/** One that does not stop in this time, in milliseconds, is left to the end of the process. */
const STOP_WITHIN_MS = 3_000;

interface Kept {
  running: Running | null;
  fault: string | null;
  retryAt: number;
}

/**
 * Keeps one service running in all places where it is wanted, and in no others. A place where it cannot run (a port in
 * use, a right that is missing) is told once and tried again; the other places and services go on.
 */
export class Keeper {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly service: string,
    private readonly log: Log,
  ) {}

  /** Starts and stops what is needed. Never rejects. Not to be called again before it has resolved. */
  async keep(wanted: ReadonlyMap<string, Start>): Promise<void> {
    for (const [place, kept] of this.kept) {
      if (wanted.has(place)) continue;
      this.kept.delete(place);
      await this.end(place, kept);
    }
    for (const [place, start] of wanted) await this.begin(place, start);
  }

  async stop(): Promise<void> {
    await this.keep(new Map());
  }

  /** What becomes of the service; `why` is told while it has no place. */
  status(why: { readonly state: 'idle' | 'off'; readonly says: string }): NetbootService {
    const faults = [...this.kept.values()].flatMap(({ fault }) => (fault === null ? [] : [fault]));
    const running = [...this.kept.values()].flatMap((kept) => (kept.running ? [kept.running] : []));
    const where = running.map(({ says }) => says);
    const port = running.find((one) => one.port !== undefined)?.port;
    const at = port === undefined ? {} : { port };
    if (faults.length > 0)
      return { service: this.service, state: 'failed', says: [...faults, ...where].join('; '), ...at };
    if (running.length > 0) return { service: this.service, state: 'serving', says: where.join(', '), ...at };
    return { service: this.service, ...why };
  }

  private async begin(place: string, start: Start): Promise<void> {
    const known = this.kept.get(place);
    if (known?.running || (known && known.retryAt > Date.now())) return;
    const kept: Kept = known ?? { running: null, fault: null, retryAt: 0 };
    this.kept.set(place, kept);
    try {
      kept.running = await start((cause) => this.failed(place, kept, cause));
      kept.fault = null;
      this.log.info(`${this.service} is served`, { where: kept.running.says });
    } catch (cause) {
      const fault = `${place}: ${wordsOf(cause)}`;
      if (kept.fault !== fault)
        this.log.error(`${this.service} cannot be served; the other services go on`, cause, { place });
      kept.fault = fault;
      kept.retryAt = Date.now() + RETRY_MS;
    }
  }

  /** It ended by itself. */
  private failed(place: string, kept: Kept, cause: unknown): void {
    const { running } = kept;
    kept.running = null;
    kept.fault = `${place}: ${wordsOf(cause)}`;
    kept.retryAt = 0;
    this.log.error(`${this.service} ended and is started again`, cause, { place });
    void running?.stop().catch(() => undefined);
  }

  private async end(place: string, { running }: Kept): Promise<void> {
    if (running === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), STOP_WITHIN_MS)));
    const ended = await Promise.race([running.stop(), late]).catch((cause: unknown) => cause);
    clearTimeout(timer);
    if (ended !== undefined) this.log.warn(`${this.service} does not stop cleanly`, { place, says: String(ended) });
  }
}

/** What an operator can act on: the deepest cause, with what to do where it is a well-known one. */
const wordsOf = (error: unknown): string => {
  let words = String(error);
  let code: unknown;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message) words = cause.message;
    code = (cause as { code?: unknown }).code ?? code;
  }
  if (code === 'EADDRINUSE' || words.includes('EADDRINUSE'))
    return `${words} (another program listens there: stop it, or give this service another port or "off")`;
  if (code === 'EACCES' || code === 'EPERM' || /EACCES|EPERM/.test(words))
    return `${words} (the right is missing: run netboot as root or with CAP_NET_BIND_SERVICE and CAP_NET_RAW, or give this service another port or "off")`;
  return words;
};
