import { SingleFlight, type Log, type NetbootService } from '#app';
import type { BootView } from '#core';
import { placesOf, type Place } from './places.js';
import { statusOf, type Service } from './service.js';

/** How often the interfaces of this host are looked at, in milliseconds: nobody tells when one comes or goes. */
const LOOK_EVERY_MS = 5_000;

/**
 * Has every service where it is wanted: now, when a network changed, and whenever an interface came or went. A service
 * that cannot be served somewhere leaves the others alone.
 */
export class ServiceHost {
  private readonly flight = new SingleFlight(() => this.turn());
  private timer: NodeJS.Timeout | null = null;
  private places: readonly Place[] = [];
  private isIdleSaid = false;

  constructor(
    private readonly view: BootView,
    private readonly interfaces: readonly string[] | null,
    private readonly services: readonly Service[],
    private readonly log: Log,
    private readonly onChange: () => void,
  ) {
    view.onChange((steps) => {
      if (this.timer && steps.some(({ kind }) => kind === 'network')) this.flight.nudge();
    });
  }

  /** Resolves when each service has been tried once. */
  async start(): Promise<void> {
    await this.turn();
    this.timer = setInterval(() => this.flight.nudge(), LOOK_EVERY_MS);
    // What came in the meantime was not looked at.
    this.flight.nudge();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.flight.stop();
    await Promise.all(this.services.map(({ keeper }) => keeper.stop()));
  }

  get addresses(): readonly string[] {
    return [...new Set(this.places.map(({ address }) => address))];
  }

  get states(): readonly NetbootService[] {
    return this.services.map(statusOf);
  }

  private async turn(): Promise<void> {
    const before = JSON.stringify(this.states);
    this.places = placesOf(this.view, this.interfaces);
    if (this.places.length === 0 && !this.isIdleSaid)
      this.log.info(
        'nothing is served on the wire: no network with DHCP lies on an interface of this host; `anneal networks create` makes one',
      );
    this.isIdleSaid = this.places.length === 0;
    // One after the other: a service may need a port that another is about to leave.
    for (const service of this.services) await service.keeper.keep(service.wanted(this.places));
    if (JSON.stringify(this.states) !== before) this.onChange();
  }
}
