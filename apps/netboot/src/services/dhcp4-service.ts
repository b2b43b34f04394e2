import type { Log, OtherDhcpServer, PacketSink } from '#app';
import type { BootDecision, BootFacts, BootView, LeaseBook } from '#core';
import { Dhcp4Server, WELL_KNOWN_PORTS, type LeaseJournal, type LocalInterface } from '#netio';
import { interfacesOf } from './interfaces-of.js';
import { Keeper, type Start } from './keeper.js';
import type { Service } from './service.js';

export interface DhcpParts {
  readonly view: BootView;
  readonly book: LeaseBook;
  readonly journal: LeaseJournal;
  readonly decideBoot: (facts: BootFacts) => BootDecision;
  /** Whether names are served here, where resolvers ask for them. */
  readonly servesNames: () => boolean;
  readonly packets: PacketSink;
  readonly log: Log;
}

/** How long one that was noticed is told of after it was heard last, in milliseconds; one that goes on is heard each 5 minutes. */
const OTHER_MS = 900_000;

/** The client's port follows the server's, so that a whole exchange can be moved off the well-known ones. */
const CLIENT_AFTER_SERVER = 1;

/**
 * Addresses and boot files over DHCPv4. One server answers on all interfaces: an address that it has on one of them is
 * given out on none.
 */
export class Dhcp4Service implements Service {
  readonly keeper: Keeper;
  readonly off: string | null;
  private readonly server: Dhcp4Server;
  private readonly serving = new Map<string, LocalInterface>();
  private trouble: Error | null = null;
  private readonly noticed = new Map<string, OtherDhcpServer>();

  constructor(
    parts: DhcpParts,
    private readonly port: number | null,
    proxyPort: number | null,
  ) {
    const { log, packets, view, book, journal, decideBoot, servesNames } = parts;
    this.keeper = new Keeper('dhcp4', log);
    this.off = port === null ? 'ANNEAL_DHCP4 is off' : null;
    const usual = port === null || port === WELL_KNOWN_PORTS.server;
    this.server = new Dhcp4Server({
      view,
      book,
      journal,
      decideBoot,
      servesNames,
      sink: packets,
      ports: {
        server: port ?? WELL_KNOWN_PORTS.server,
        proxy: proxyPort ?? WELL_KNOWN_PORTS.proxy,
        client: usual ? WELL_KNOWN_PORTS.client : port + CLIENT_AFTER_SERVER,
      },
      onRogue: (rogue) => {
        const { server, interface: on, at } = rogue;
        this.noticed.set(`${on} ${server}`, { server, interface: on, at });
        log.warn('another DHCP server answers where Anneal gives out addresses', { ...rogue });
      },
      onTrouble: (error) => {
        this.trouble = error;
        log.error('DHCPv4 had trouble and goes on', error);
      },
    });
  }

  wanted(places: Parameters<Service['wanted']>[0]): ReadonlyMap<string, Start> {
    if (this.port === null) return new Map();
    const interfaces = interfacesOf(places).filter(({ addresses }) => addresses.some(({ family }) => family === 4));
    return new Map(
      interfaces.map((local) => [
        `${local.name} ${local.addresses.map(({ address }) => address).join(' ')}`,
        () => this.begin(local),
      ]),
    );
  }

  get others(): readonly OtherDhcpServer[] {
    const since = Date.now() - OTHER_MS;
    for (const [key, { at }] of this.noticed) if (at < since) this.noticed.delete(key);
    return [...this.noticed.values()];
  }

  stop(): void {
    this.server.stop();
  }

  private async begin(local: LocalInterface): ReturnType<Start> {
    this.trouble = null;
    this.serving.set(local.name, local);
    await this.server.serve([...this.serving.values()]);
    if (!this.server.serving.includes(local.name)) {
      this.serving.delete(local.name);
      throw this.trouble ?? new Error(`DHCPv4 does not hear ${local.name}`);
    }
    return {
      says: `${local.name} port ${this.port}`,
      stop: async () => {
        if (this.serving.get(local.name) === local) this.serving.delete(local.name);
        await this.server.serve([...this.serving.values()]);
      },
    };
  }
}
