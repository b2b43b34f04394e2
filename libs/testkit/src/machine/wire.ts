import { connect, createServer, type Server, type Socket } from 'node:net';

/** A stretch of network in front of a machine that a test can cut, or let go silent, and mend. */
export class Wire {
  private readonly pairs = new Set<[Socket, Socket]>();
  private silent = false;
  private down = false;
  private onIdle: () => void = () => {};
  /** Connections made so far. */
  connections = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(target: number): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wire = new Wire(server, (server.address() as { port: number }).port);
    server.on('connection', (near) => wire.join(near, target));
    return wire;
  }

  /** Ends every connection at once and refuses new ones, as when a machine is switched off. */
  cut(): void {
    this.down = true;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Passes nothing on any more without ending anything, as when a cable is pulled. */
  silence(): void {
    this.silent = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  mend(): void {
    this.down = false;
    this.silent = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  /** Resolves when nothing is connected. */
  async idle(): Promise<void> {
    if (this.pairs.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, target: number): void {
    this.connections += 1;
    if (this.down) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: target, noDelay: true });
    near.setNoDelay(true);
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as [Socket, Socket][]) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        if (this.pairs.delete(pair) && this.pairs.size === 0) this.onIdle();
      });
    }
    if (this.silent) for (const socket of pair) socket.pause();
  }
}
