import type { EventView, History, News } from '#app';
import type { ServerLog } from '../server-log.js';
import type { StreamMessage } from '../http/answers.js';

/**
 * Gives every follower each event once, in order, from the number it names. News only wakes it: what is sent is read by
 * sequence, so a lost notification costs a second and nothing else. The newest events are read once for all followers and
 * kept for a while; one that is further behind reads its own pages until it has caught up.
 */

/** Newest events kept in memory, for followers that are a little behind. */
export const KEPT_MAX = 5_000;
/** Events read at once. */
const READ_MAX = 500;
/** Milliseconds after which the feed looks without having been told. */
export const LOOK_MS = 1_000;
/** A follower whose filter lets nothing through learns its position at least every so many events. */
const SILENT_MAX = 1_000;

export interface FeedFilter {
  (event: EventView): boolean;
}

export class EventFeed {
  private kept: EventView[] = [];
  private last = 0;
  private followers = 0;
  private readonly sleepers = new Set<() => void>();
  private pulling: Promise<void> | null = null;
  private again = false;
  private timer: NodeJS.Timeout | null = null;
  private listening: { close(): Promise<void> } | null = null;

  constructor(
    private readonly history: History,
    private readonly news: News,
    private readonly log: ServerLog,
  ) {}

  async start(): Promise<void> {
    this.last = (await this.history.bounds()).last;
    this.listening = await this.news.listen((last) =>
      last !== undefined && last <= this.last ? undefined : this.look(),
    );
    this.timer = setInterval(() => this.sleepers.size > 0 && this.look(), LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.listening?.close();
    await this.pulling;
    this.wake();
  }

  get state(): { followers: number; last: number } {
    return { followers: this.followers, last: this.last };
  }

  /** Resolves at the next news, at the latest after `maxMs` milliseconds, or when the signal is aborted. Never rejects. */
  next(signal: AbortSignal, maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, maxMs);
      this.sleepers.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  /**
   * Events after `after` that the filter lets through, until the signal is aborted; `null` begins with what happens from
   * now on. Where the history no longer holds what comes next, a message `resync` says so: the follower reads anew what it
   * shows, and goes on from there.
   */
  async *follow(
    after: number | null,
    filter: FeedFilter,
    options: { readonly unnamed: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<StreamMessage> {
    this.followers += 1;
    try {
      const bounds = await this.history.bounds();
      let position = after ?? bounds.last;
      let silent = 0;
      const lost = position < bounds.first - 1 || position > bounds.last;
      if (lost) {
        yield resync(bounds.first, bounds.last);
        position = bounds.last;
      } else yield { id: String(position), data: undefined };
      while (!signal.aborted) {
        const events = await this.read(position);
        if (events.length === 0) {
          await this.next(signal, LOOK_MS);
          continue;
        }
        if (events[0]!.seq !== position + 1) {
          const { first, last } = await this.history.bounds();
          yield resync(first, last);
          position = last;
          continue;
        }
        for (const event of events) {
          position = event.seq;
          if (filter(event)) {
            silent = 0;
            const message = messageOf(event);
            yield options.unnamed ? { ...message, event: undefined } : message;
          } else if ((silent += 1) >= SILENT_MAX) {
            silent = 0;
            yield { id: String(position), data: undefined };
          }
          if (signal.aborted) return;
        }
      }
    } finally {
      this.followers -= 1;
    }
  }

  private async read(position: number): Promise<readonly EventView[]> {
    const first = this.kept[0]?.seq;
    if (first !== undefined && position >= first - 1)
      return this.kept.slice(position - first + 1, position - first + 1 + READ_MAX);
    return position >= this.last ? [] : this.history.after(position, READ_MAX);
  }

  /** Reads what is new, once for all; news that come meanwhile make it look once more. */
  private look(): void {
    this.again = true;
    this.pulling ??= this.pull()
      .catch((cause: unknown) => this.log.fault(new Error('read the news', { cause }), {}))
      .finally(() => {
        this.pulling = null;
        if (this.again) setTimeout(() => this.again && this.look(), LOOK_MS).unref();
      });
  }

  private async pull(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        for (let more = true; more;) {
          const events = await this.history.after(this.last, READ_MAX);
          if (events.length > 0) this.keep(events);
          more = events.length === READ_MAX;
        }
      } catch (cause) {
        this.again = true;
        throw cause;
      }
    }
    this.wake();
  }

  private keep(events: readonly EventView[]): void {
    const follows = events[0]!.seq === this.last + 1;
    this.kept = [...(follows ? this.kept : []), ...events].slice(-KEPT_MAX);
    this.last = events.at(-1)!.seq;
  }

  private wake(): void {
    for (const sleeper of [...this.sleepers]) sleeper();
  }
}

const resync = (first: number, last: number): StreamMessage => ({
  id: String(last),
  event: 'resync',
  data: {
    first,
    last,
    detail: 'the history no longer holds what came after your position: read anew what you show, and go on from here.',
  },
});

const messageOf = (event: EventView): StreamMessage => ({
  id: String(event.seq),
  event: event.kind,
  data: {
    seq: event.seq,
    at: event.at.toISOString(),
    kind: event.kind,
    node_role_id: event.nodeRoleId,
    node_id: event.nodeId,
    deployment_id: event.deploymentId,
    run_id: event.runId,
    actor: event.actor,
    data: event.data,
  },
});
