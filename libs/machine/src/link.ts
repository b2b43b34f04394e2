import type { Reach, Unreachable } from '#app';
import { Connection, type ConnectionSettings } from './connection.js';
import { Slots } from './slots.js';

/**
 * Commands at once over one connection. sshd allows 10 sessions a connection by default (MaxSessions); one is kept free for
 * ending commands and one for the probe, because both are needed most when all others are busy.
 */
export const CHANNELS_MAX = 8;

/** Is told what becomes of a link, so that the pool can keep count of the idle ones. */
export interface LinkWatcher {
  idle(link: Link): void;
  busy(link: Link): void;
  /** Nobody used it for so long that it is to be ended and forgotten. */
  expired(link: Link): void;
}

/**
 * The one connection to a node, opened when it is first needed, again when it was lost, and let go when nothing has used
 * it for a while. All who ask while it is being opened share the outcome.
 */
export class Link {
  readonly slots = new Slots(CHANNELS_MAX);
  private connection: Connection | null = null;
  private opening: Promise<Connection | Unreachable> | null = null;
  private idleTimer: NodeJS.Timeout | null = null;
  private users = 0;

  constructor(
    readonly reach: Reach,
    private readonly settings: ConnectionSettings,
    private readonly idleMs: number,
    private readonly handshakes: Slots,
    private readonly watcher: LinkWatcher,
  ) {}

  /** The connection if it stands now. */
  get open(): Connection | null {
    return this.connection?.lost === null ? this.connection : null;
  }

  /** Says that somebody uses the link; each call is paired with `release`. */
  use(): void {
    this.users += 1;
    if (this.idleTimer) clearTimeout(this.idleTimer);
    this.idleTimer = null;
    this.watcher.busy(this);
  }

  release(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.idleTimer = setTimeout(() => this.watcher.expired(this), this.idleMs);
    this.idleTimer.unref();
    this.watcher.idle(this);
  }

  /** The standing connection, or a new one. */
  async connect(): Promise<Connection | Unreachable> {
    const open = this.open;
    if (open) return open;
    this.opening ??= this.openNew().finally(() => (this.opening = null));
    return this.opening;
  }

  end(): void {
    if (this.idleTimer) clearTimeout(this.idleTimer);
    this.idleTimer = null;
    this.connection?.end();
    this.connection = null;
  }

  private async openNew(): Promise<Connection | Unreachable> {
    await this.handshakes.take();
    try {
      const policy = this.reach.hostKey === null ? 'any' : 'pinned';
      const opened = await Connection.connect(this.reach, this.settings, policy);
      if (opened instanceof Connection) this.connection = opened;
      return opened;
    } finally {
      this.handshakes.give();
    }
  }
}
