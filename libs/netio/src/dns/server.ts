import type { Log } from '#app';
import type { ViewChange } from '#core';
import { Forwarder } from './forwarder.js';
import { Responder, type ResponderCounts } from './responder.js';
import { TcpListener } from './tcp.js';
import { Thread } from './threads.js';
import { UdpListener } from './udp.js';

export interface DnsServerOptions {
  /** Concrete addresses to listen on; an answer must come from where the question went to, so a wildcard will not do. */
  readonly addresses: readonly string[];
  /** 53, or 0 for one that is free, which is then the same for all addresses and for UDP and TCP. */
  readonly port: number;
  /** Threads for UDP, each with a copy of the index; 0: UDP is answered in this one, which works everywhere. */
  readonly threads: number;
  readonly log: Log;
  /** Called once when a thread has died: the service is not whole any more, and whoever supervises it restarts it. */
  readonly onFailure?: (cause: unknown) => void;
  /** Where the code of a thread lies; set by tests, which run from the sources. */
  readonly threadEntry?: URL;
}

/** Times that a free port is looked for which UDP and TCP of all addresses have. */
const PORT_TRIES = 8;

/**
 * The DNS server: authoritative for the zones of the boot view, forwarding where a zone says so, silent about nothing it
 * was asked properly. It answers from its own copy and needs neither database nor network to do so.
 */
export class DnsServer {
  private readonly responder = new Responder();
  private readonly forwarder = new Forwarder();
  private readonly tcp: TcpListener[] = [];
  private readonly udp: UdpListener[] = [];
  private readonly threads: Thread[] = [];
  private bound = 0;

  private constructor(private readonly options: DnsServerOptions) {}

  /** Resolves when it listens; until `apply` was called it refuses all questions. */
  static async start(options: DnsServerOptions): Promise<DnsServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new DnsServer(options);
      try {
        await server.open();
        return server;
      } catch (cause) {
        await server.stop();
        if (
          options.port !== 0 ||
          attempt >= PORT_TRIES ||
          !(cause instanceof Error && /EADDRINUSE/.test(cause.message))
        )
          throw new Error(`listen for DNS on ${options.addresses.join(', ')} port ${options.port}`, { cause });
      }
    }
  }

  get port(): number {
    return this.bound;
  }

  /** Takes in documents as they are now. Resolves when every thread answers from them. */
  async apply(changes: readonly ViewChange[], generation: number): Promise<void> {
    const applied = this.threads.map((thread) => thread.apply(changes, generation));
    this.responder.apply(changes, generation);
    await Promise.all(applied);
  }

  /** Sentences about what could not be served. */
  problems(): string[] {
    return this.responder.index.problems();
  }

  async counts(): Promise<ResponderCounts> {
    const sum = { ...this.responder.counts };
    for (const counts of await Promise.all(this.threads.map((thread) => thread.counts())))
      for (const key of Object.keys(sum) as (keyof ResponderCounts)[]) sum[key] += counts[key];
    return sum;
  }

  async stop(): Promise<void> {
    this.forwarder.close();
    await Promise.all([...this.tcp, ...this.udp].map((listener) => listener.close()));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private async open(): Promise<void> {
    const { addresses, threads, log } = this.options;
    let port = this.options.port;
    for (const address of addresses) {
      const tcp = new TcpListener(this.responder, this.forwarder);
      port = await tcp.listen(address, port);
      this.tcp.push(tcp);
    }
    this.bound = port;
    if (threads === 0) {
      for (const address of addresses) {
        const udp = new UdpListener(this.responder, this.forwarder, address);
        await udp.listen(address, port);
        this.udp.push(udp);
      }
      return;
    }
    const entry = this.options.threadEntry ?? new URL('./thread.js', import.meta.url);
    const start = { listen: addresses.map((address) => ({ address, port })), shared: threads > 1 };
    const failed = (cause: unknown): void => {
      log.error('a DNS thread failed', cause);
      this.options.onFailure?.(cause);
    };
    for (let index = 0; index < threads; index += 1)
      this.threads.push((await Thread.start(entry, start, this.forwarder, failed)).thread);
  }
}
