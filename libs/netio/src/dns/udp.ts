import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { keyOfAddress } from './client.js';
import type { Forwarder } from './forwarder.js';
import { RECEIVE_BUFFER_BYTES, REQUEST_BYTES_MAX, UDP_PAYLOAD_MAX } from './limits.js';
import type { Responder } from './responder.js';

/**
 * DNS over UDP by Node's own sockets, in the process that called: for systems other than Linux, and wherever one core
 * is plenty. `BatchThreads` does the same several times as fast.
 */
export class UdpListener {
  private readonly socket: Socket;

  constructor(
    private readonly responder: Responder,
    private readonly forwarder: Forwarder,
    address: string,
  ) {
    const type = isIPv6(address) ? 'udp6' : 'udp4';
    const only = type === 'udp6' ? { ipv6Only: true } : {};
    this.socket = createSocket({ type, ...only, recvBufferSize: RECEIVE_BUFFER_BYTES });
    this.socket.on('message', (message, { address: from, port }) => this.take(message, from, port));
  }

  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.bind({ address, port, exclusive: true }, () => {
        this.socket.off('error', reject);
        // An answer that cannot be delivered is the network's affair; the client asks again.
        this.socket.on('error', () => undefined);
        resolve(this.socket.address().port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private take(message: Buffer, from: string, port: number): void {
    // Port 0 cannot be answered.
    if (message.length > REQUEST_BYTES_MAX || port === 0) return;
    const client = keyOfAddress(from);
    const out = Buffer.allocUnsafe(UDP_PAYLOAD_MAX + 512);
    const second = Math.floor(Date.now() / 1_000);
    const response = this.responder.respond(message, 0, message.length, client, out, 0, { transport: 'udp', second });
    if (typeof response === 'number') {
      if (response > 0) this.send(out.subarray(0, response), from, port);
      return;
    }
    void this.forwarder.finish(message, response, client, 'udp').then((reply) => this.send(reply, from, port));
  }

  private send(message: Buffer, to: string, port: number): void {
    try {
      this.socket.send(message, port, to, () => undefined);
    } catch {
      // The socket was closed while somebody was asked.
    }
  }
}
