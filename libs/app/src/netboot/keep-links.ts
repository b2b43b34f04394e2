import type { ViewNetwork } from '#core';
import type { Log } from '../ports/log.js';
import type { NetbootBeat } from '../ports/netboot-store.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { SILENT_AFTER_MS, STAND_BY_LOOK_MS } from './limits.js';

/**
 * Which broadcast domains this netboot server gives addresses on. A pool is given out by one server, or an address would
 * be promised twice; the rows say which. The first that asks keeps a link until it is stopped in order, or forgotten by an
 * operator: one that merely fell silent may be cut off from the database and go on answering machines. The others stand
 * by, and serve nothing there.
 */
export class KeepLinks {
  /** Links that others keep, with their hosts. */
  private others: ReadonlyMap<string, string> = new Map();
  private lookedAt = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    /** What this server says of itself: whoever keeps a link has a row. */
    private readonly beat: () => NetbootBeat,
    private readonly log: Log,
    /** A link that another kept is ours from here on: what it promised must be known before anything is served. */
    private readonly onTakeOver: () => Promise<void>,
    /** We were stopped in order while there were others: until the rows say otherwise one of them may have taken over. */
    private isInDoubt: boolean,
  ) {}

  /** Asks for the links of these networks, and learns which of them others keep. Rejects when the database is away. */
  async settle(networks: readonly ViewNetwork[]): Promise<void> {
    const links = [...new Set(networks.filter(givesFromPools).map(({ link }) => link))];
    const beat = this.beat();
    const kept = await this.unitOfWork.write(ENGINE, async (tx) => {
      await tx.netboot.beat(beat);
      return tx.netboot.keepLinks(beat.id, links);
    });
    const others = new Map(kept.map(({ link, host }) => [link, host]));
    const before = this.others;
    const taken = [...before.keys()].filter((link) => links.includes(link) && !others.has(link));
    if (taken.length > 0 || this.isInDoubt) await this.onTakeOver();
    this.others = others;
    this.isInDoubt = false;
    this.lookedAt = Date.now();
    if (taken.length > 0) this.log.info('this server gives out addresses from now on', { links: taken });
    for (const [link, host] of others)
      if (before.get(link) !== host)
        this.log.warn(
          'another netboot server gives out addresses here, so this one stands by: stop that one, or run `anneal netboot forget` when it is gone for good',
          { link, host },
        );
  }

  /** There is no network, so there is nothing to ask for until one is made, and that is news. */
  nothingToKeep(): void {
    this.lookedAt = Date.now();
  }

  /** The network as this server serves it. */
  own(network: ViewNetwork): ViewNetwork {
    const isElsewhere = this.others.has(network.link) || (this.isInDoubt && givesFromPools(network));
    return isElsewhere ? { ...network, dhcp: 'off' } : network;
  }

  /** Whether it is time to see who keeps which link: at the start, and again and again while this server stands by. */
  get wantsLook(): boolean {
    return this.lookedAt === 0 || (this.others.size > 0 && Date.now() - this.lookedAt >= STAND_BY_LOOK_MS);
  }

  /** Whether another server may take over when this one is stopped. */
  async hasOthers(): Promise<boolean> {
    const servers = await this.unitOfWork.read((tx) => tx.netboot.servers(SILENT_AFTER_MS));
    return servers.some(({ id }) => id !== this.beat().id);
  }
}

const givesFromPools = ({ dhcp, subnets }: ViewNetwork): boolean =>
  dhcp === 'serve' && subnets.some(({ pools }) => pools.length > 0);
