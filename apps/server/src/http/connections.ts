import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows which connections wait for nothing, so that a stop can close them at once. Node's own `closeIdleConnections` leaves
 * out those on which no request has come yet, and both browsers and undici open such ones ahead of time.
 */
export class Connections {
  private readonly idle = new Set<Socket>();
  private stopping = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.idle.add(socket);
      socket.once('close', () => this.idle.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.idle.delete(socket);
      response.once('close', () => {
        if (this.stopping) socket.destroySoon();
        else if (!socket.destroyed) this.idle.add(socket);
      });
    });
  }

  /** Closes what is idle now, and each other connection as soon as its answer has left. */
  closeWhenIdle(): void {
    this.stopping = true;
    for (const socket of this.idle) socket.destroy();
  }
}
