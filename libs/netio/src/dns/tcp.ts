import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { keyOfAddress, type ClientKey } from './client.js';
import type { Forwarder } from './forwarder.js';
import {
  REQUEST_BYTES_MAX,
  TCP_BYTES_MAX,
  TCP_CONNECTIONS_MAX,
  TCP_CONNECTIONS_PER_CLIENT_MAX,
  TCP_IDLE_MS_MAX,
  TCP_PIPELINE_MAX,
} from './limits.js';
import type { Responder } from './responder.js';

/**
 * DNS over TCP (RFC 7766): messages with their length in front, several on one connection, answered as they are ready.
 * A client that is slow, silent or greedy loses its connection and nothing else.
 */
export class TcpListener {
  private readonly server: Server;
  private readonly connections = new Map<ClientKey, number>();
  private readonly open = new Set<Socket>();
  /** One reply is written at a time, and copied from here. */
  private readonly scratch = Buffer.alloc(TCP_BYTES_MAX + 512);

  constructor(
    private readonly responder: Responder,
    private readonly forwarder: Forwarder,
  ) {
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.server.maxConnections = TCP_CONNECTIONS_MAX;
  }

  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: address, port, ipv6Only: true }, () => {
        this.server.off('error', reject);
        // A descriptor that could not be had for one client must not end the service of all.
        this.server.on('error', () => undefined);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    const client = keyOfAddress(socket.remoteAddress ?? '0.0.0.0');
    const mine = (this.connections.get(client) ?? 0) + 1;
    if (mine > TCP_CONNECTIONS_PER_CLIENT_MAX) {
      socket.destroy();
      return;
    }
    this.connections.set(client, mine);
    this.open.add(socket);
    socket.setTimeout(TCP_IDLE_MS_MAX, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.open.delete(socket);
      const left = (this.connections.get(client) ?? 1) - 1;
      if (left > 0) this.connections.set(client, left);
      else this.connections.delete(client);
    });
    this.converse(socket, client);
  }

  private converse(socket: Socket, client: ClientKey): void {
    let held: Buffer = Buffer.alloc(0);
    let pending = 0;
    const turn = (): void => {
      while (held.length >= 2 && pending < TCP_PIPELINE_MAX) {
        const length = held.readUInt16BE(0);
        if (length > REQUEST_BYTES_MAX || length === 0) {
          socket.destroy();
          return;
        }
        if (held.length < 2 + length) break;
        const message = held.subarray(2, 2 + length);
        held = held.subarray(2 + length);
        const response = this.responder.respond(message, 0, length, client, this.scratch, 0, {
          transport: 'tcp',
          second: 0,
        });
        if (typeof response === 'number') {
          if (response === 0) {
            socket.destroy();
            return;
          }
          send(socket, this.scratch.subarray(0, response));
          continue;
        }
        pending += 1;
        void this.forwarder.finish(Buffer.from(message), response, client, 'tcp').then((reply) => {
          pending -= 1;
          if (socket.destroyed) return;
          send(socket, reply);
          turn();
        });
      }
      if (pending >= TCP_PIPELINE_MAX || socket.writableNeedDrain) socket.pause();
      else socket.resume();
    };
    socket.on('drain', turn);
    socket.on('data', (piece) => {
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      turn();
    });
  }
}

const send = (socket: Socket, message: Buffer): void => {
  const framed = Buffer.allocUnsafe(2 + message.length);
  framed.writeUInt16BE(message.length, 0);
  message.copy(framed, 2);
  socket.write(framed);
};
