import type { Log } from '#app';
import type { BootView, ViewChange } from '#core';
import { DnsServer } from '#netio';
import { Keeper } from './keeper.js';
import type { Service } from './service.js';

/** RFC 1035 §4.2. */
const DNS_PORT = 53;

/**
 * Names, on all served addresses together: its threads each have a copy of the index, so there is one server and not one
 * for each address. It takes in every step of the view; `applied` resolves when all threads answer from it.
 */
export class DnsService implements Service {
  readonly keeper: Keeper;
  readonly off: string | null;
  private server: DnsServer | null = null;
  private applying: Promise<void> = Promise.resolve();

  constructor(
    private readonly view: BootView,
    private readonly port: number | null,
    private readonly threads: number,
    private readonly log: Log,
  ) {
    this.keeper = new Keeper('dns', log);
    this.off = port === null ? 'ANNEAL_DNS is off' : null;
    view.onChange((steps, generation) => {
      const changes = steps.map(({ kind, id, after }) => after ?? ({ kind, id, body: null } as ViewChange));
      this.apply(changes, generation);
    });
  }

  /** Whether a machine that is told of this host as its name server is answered: no machine can be told a port. */
  get isTold(): boolean {
    return this.server !== null && this.port === DNS_PORT;
  }

  /** Resolves when the last step that the view took is answered from. */
  get applied(): Promise<void> {
    return this.applying;
  }

  wanted(places: Parameters<Service['wanted']>[0]): ReturnType<Service['wanted']> {
    const { port } = this;
    const addresses = [...new Set(places.map(({ address }) => address))].sort();
    if (port === null || addresses.length === 0) return new Map();
    return new Map([
      [
        addresses.join(', '),
        async (failed) => {
          const server = await DnsServer.start({
            addresses,
            port,
            threads: this.threads,
            log: this.log,
            onFailure: failed,
          });
          this.server = server;
          this.apply([...this.view.documents()], this.view.generation);
          return {
            says: addresses.map((address) => `${address}#${server.port}`).join(', '),
            stop: async () => {
              if (this.server === server) this.server = null;
              await server.stop();
            },
          };
        },
      ],
    ]);
  }

  private apply(changes: readonly ViewChange[], generation: number): void {
    const { server } = this;
    if (server === null || changes.length === 0) return;
    this.applying = server.apply(changes, generation).catch((cause: unknown) => {
      this.log.error('DNS could not take in a change', cause);
    });
  }
}
