import { SystemClock, type Log, type PacketSink } from '#app';
import { LiquidRenderer } from '#catalog';
import { type BootSource, type BootView } from '#core';
import { BootHttp, type BootSecrets, type RequestReport } from '#netio';
import { Keeper } from './keeper.js';
import type { Service } from './service.js';

export interface HttpParts {
  readonly view: BootView;
  /** The view, with the loaders that there are. */
  readonly source: BootSource;
  readonly port: number | null;
  /** Folder of all boot files. */
  readonly root: string;
  /** Folder for nonces, and for nginx where there is one. */
  readonly state: string;
  readonly packets: PacketSink;
  /** This netboot server, and the key that seals the tickets it gives out. */
  readonly tickets: { readonly server: string; readonly key: string };
  /** What secret templates see. */
  readonly secrets: BootSecrets;
  readonly log: Log;
}

/** Boot files and what is rendered for machines, over HTTP, on all served addresses together: its nonces are one. */
export class HttpService implements Service {
  readonly keeper: Keeper;
  readonly off: string | null;
  private running: BootHttp | null = null;

  constructor(private readonly parts: HttpParts) {
    this.keeper = new Keeper('http', parts.log);
    this.off = parts.port === null ? 'ANNEAL_BOOT_PORT is off' : null;
  }

  wanted(places: Parameters<Service['wanted']>[0]): ReturnType<Service['wanted']> {
    const { port, view, source, root, state, log, tickets, secrets } = this.parts;
    const addresses = [...new Set(places.map(({ address }) => address))].sort();
    if (port === null || addresses.length === 0) return new Map();
    return new Map([
      [
        addresses.join(', '),
        async () => {
          const http = new BootHttp({
            listen: addresses.map((address) => ({ address, port })),
            root,
            state,
            view: Object.assign(Object.create(source) as BootSource, {
              machine: (node: string) => view.machine(node),
              bootenvs: () => view.bootenvs(),
            }),
            renderer: new LiquidRenderer(),
            secrets,
            clock: new SystemClock(),
            tickets,
            log,
            onRequest: (request) => this.note(request),
          });
          const bound = await http.start();
          this.running = http;
          return {
            says: `${bound.map(({ address, port: at }) => `${address}#${at}`).join(', ')}${http.isFronted ? ', behind nginx' : ''}`,
            port: bound[0]?.port ?? port,
            stop: async () => {
              if (this.running === http) this.running = null;
              await http.close();
            },
          };
        },
      ],
    ]);
  }

  /** The GRUB configuration of one machine, for TFTP. */
  async grubOf(mac: string, server: string): Promise<Uint8Array | null> {
    const { port } = this.parts;
    if (this.running === null || port === null) return null;
    const host = server.includes(':') ? `[${server}]` : server;
    const base = `http://${host}:${port}`;
    const answer = await this.running.answers.grub({ mac, uuid: null, platform: 'efi', buildArchitecture: null, base });
    return answer === null ? null : new TextEncoder().encode(answer.text);
  }

  private note(request: RequestReport): void {
    const { view, packets } = this.parts;
    const machine = (request.node ? view.machine(request.node) : undefined) ?? view.machineByAddress(request.client);
    packets.note({
      at: Date.now(),
      service: 'http',
      mac: machine?.macs[0] ?? null,
      node: machine?.node ?? null,
      from: request.client,
      on: null,
      asked: `${request.method} ${request.path}`,
      answered: String(request.status),
      why: request.says === '' ? [] : [request.says],
    });
  }
}
