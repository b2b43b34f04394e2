import type { RemoteInfo, Socket } from 'node:dgram';
import { DHCP4_CLIENT_PORT, DHCP4_SERVER_PORT, PROXY_DHCP4_PORT, type Dhcp4Destination } from '#core';
import { FrameSender } from '../socket/frame-sender.js';
import { openInterfaceSocket } from '../socket/interface-socket.js';
import type { LocalInterface } from '../socket/interfaces.js';

export interface Dhcp4Ports {
  readonly server: number;
  readonly proxy: number;
  readonly client: number;
}

export const WELL_KNOWN_PORTS: Dhcp4Ports = {
  server: DHCP4_SERVER_PORT,
  proxy: PROXY_DHCP4_PORT,
  client: DHCP4_CLIENT_PORT,
};

/** How a message came: what the engine wants to know, and who can answer. */
export interface Way {
  readonly listener: Dhcp4Listener;
  readonly port: number;
  readonly unicast: boolean;
}

/**
 * What may wait in the kernel, where nobody sees for how long: about a thousand messages, which are read within a
 * fraction of a second. What waits longer waits in the backlog.
 */
const RECEIVE_BUFFER_BYTES = 2 ** 20;

export interface ListenerHears {
  message(bytes: Buffer, from: RemoteInfo, way: Way): void;
  /** What a server says to a client, heard on the client's port. */
  answer(bytes: Buffer, listener: Dhcp4Listener): void;
  failed(error: Error): void;
}

/**
 * The sockets of one interface: one for broadcasts, one for each of its addresses, the proxy's, one that overhears answers
 * to clients, and frames for clients without an address. Answers leave from the address that was asked.
 */
export class Dhcp4Listener {
  readonly addresses: readonly string[];
  private readonly sockets: Socket[] = [];
  private readonly speakers = new Map<string, Socket>();
  private frames: FrameSender | null = null;

  private constructor(
    readonly local: LocalInterface,
    private readonly ports: Dhcp4Ports,
    private readonly hears: ListenerHears,
  ) {
    this.addresses = local.addresses.filter(({ family }) => family === 4).map(({ address }) => address);
  }

  static async open(local: LocalInterface, ports: Dhcp4Ports, hears: ListenerHears): Promise<Dhcp4Listener> {
    const listener = new Dhcp4Listener(local, ports, hears);
    try {
      await listener.openSockets();
    } catch (error) {
      listener.close();
      throw error;
    }
    return listener;
  }

  /** Sends from `server`, one of our addresses. Never throws: a reply that is lost is asked for again. */
  send(bytes: Buffer, to: Dhcp4Destination, server: string): void {
    const speaker = this.speakers.get(server) ?? this.speakers.values().next().value;
    if (!speaker) return;
    switch (to.kind) {
      case 'relay':
      case 'unicast':
        speaker.send(bytes, to.port, to.address);
        return;
      case 'link':
        if (this.sendFrame(bytes, to.address, to.mac, server)) return;
        speaker.send(bytes, this.ports.client, '255.255.255.255');
        return;
      case 'broadcast':
        speaker.send(bytes, this.ports.client, '255.255.255.255');
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
    this.sockets.length = 0;
    this.speakers.clear();
    this.frames?.close();
    this.frames = null;
  }

  private async openSockets(): Promise<void> {
    const { name, mac } = this.local;
    const { server, proxy, client } = this.ports;
    const receiveBufferBytes = RECEIVE_BUFFER_BYTES;
    this.hear(await openInterfaceSocket({ family: 4, port: server, interface: name, receiveBufferBytes }), {
      port: DHCP4_SERVER_PORT,
      unicast: false,
    });
    for (const address of this.addresses) {
      const speaker = await openInterfaceSocket({
        family: 4,
        port: server,
        interface: name,
        address,
        receiveBufferBytes,
      });
      this.hear(speaker, { port: DHCP4_SERVER_PORT, unicast: true });
      this.speakers.set(address, speaker);
      const atProxy = await openInterfaceSocket({ family: 4, port: proxy, interface: name, address });
      this.hear(atProxy, { port: PROXY_DHCP4_PORT, unicast: true });
    }
    await this.overhear(client);
    if (mac) this.frames = new FrameSender(name, mac);
  }

  /** Somebody who has the client's port to himself keeps us from noticing other servers, not from serving. */
  private async overhear(port: number): Promise<void> {
    const { name } = this.local;
    try {
      const socket = await openInterfaceSocket({ family: 4, port, interface: name });
      socket.on('message', (bytes) => this.hears.answer(bytes, this));
      this.keep(socket);
    } catch (cause) {
      this.hears.failed(new Error(`listen for other DHCP servers on ${name}`, { cause }));
    }
  }

  private hear(socket: Socket, how: { readonly port: number; readonly unicast: boolean }): void {
    const way: Way = { listener: this, ...how };
    socket.on('message', (bytes, from) => this.hears.message(bytes, from, way));
    this.keep(socket);
  }

  private keep(socket: Socket): void {
    socket.on('error', (error) => {
      if (!EXPECTED.has((error as NodeJS.ErrnoException).code ?? '')) this.hears.failed(error);
    });
    this.sockets.push(socket);
  }

  private sendFrame(payload: Buffer, to: string, mac: string, from: string): boolean {
    if (!this.frames || mac.length !== MAC_TEXT) return false;
    const toMac = mac.split(':').map((octet) => Number.parseInt(octet, 16));
    try {
      return this.frames.send({ toMac, from, to, fromPort: this.ports.server, toPort: this.ports.client, payload });
    } catch (error) {
      this.hears.failed(error as Error);
      return false;
    }
  }
}

const MAC_TEXT = 17;
/** A relay that is down, a route that is gone: whoever wanted the answer asks again. */
const EXPECTED: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNREFUSED',
  'ENOBUFS',
  'EAGAIN',
  'ECANCELED',
  'ERR_SOCKET_DGRAM_NOT_RUNNING',
]);
