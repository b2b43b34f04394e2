import type { Reach } from '#app';
import type { ConnectionSettings } from './connection.js';
import { Link, type LinkWatcher } from './link.js';
import { Slots } from './slots.js';

/** Key exchanges at once. Each costs about 10 ms of computing; a thousand at a time would all miss their deadline. */
const HANDSHAKES_MAX = 16;
/** Idle connections kept; beyond it the one idle for longest is closed. An open one costs memory here and a process there. */
const IDLE_LINKS_MAX = 256;

/**
 * One link a machine. A machine is an address, a port and a pinned key: when any of them changes it is another machine,
 * and what was trusted about the old one is not carried over.
 */
export class Pool implements LinkWatcher {
  private readonly links = new Map<string, Link>();
  /** In the order in which they became idle. */
  private readonly idleLinks = new Set<Link>();
  private readonly handshakes = new Slots(HANDSHAKES_MAX);
  private closed = false;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly idleMs: number,
  ) {}

  link(reach: Reach): Link {
    if (this.closed) throw new Error('the machine sessions of this process are closed');
    const key = keyOf(reach);
    let link = this.links.get(key);
    if (!link) {
      link = new Link(reach, this.settings, this.idleMs, this.handshakes, this);
      this.links.set(key, link);
    }
    return link;
  }

  close(): void {
    this.closed = true;
    for (const link of this.links.values()) link.end();
    this.links.clear();
    this.idleLinks.clear();
  }

  idle(link: Link): void {
    if (this.closed) return link.end();
    this.idleLinks.add(link);
    if (this.idleLinks.size > IDLE_LINKS_MAX) this.expired(this.idleLinks.values().next().value!);
  }

  busy(link: Link): void {
    this.idleLinks.delete(link);
  }

  expired(link: Link): void {
    this.idleLinks.delete(link);
    this.links.delete(keyOf(link.reach));
    link.end();
  }
}

const keyOf = (reach: Reach): string => `${reach.address}|${reach.sshPort}|${reach.hostKey ?? ''}`;
