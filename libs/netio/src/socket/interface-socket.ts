import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { IpFamily } from '#core';
import {
  AF_INET,
  AF_INET6,
  SOCK_DGRAM,
  allowBroadcast,
  allowReuse,
  bindSocket,
  bindToInterface,
  closeSocket,
  onlyIpv6,
  openSocket,
  setReceiveBuffer,
  writeNativeUint16,
} from './native.js';

export interface InterfaceSocketWish {
  readonly family: IpFamily;
  /** 0: any free one. */
  readonly port: number;
  /** Name of the interface to which the socket is tied; null: all, for tests. */
  readonly interface: string | null;
  /** An IPv4 address of ours: only what is sent to it is heard, rather than by a socket without one. */
  readonly address?: string;
  /** Bytes of packets that may wait to be read. */
  readonly receiveBufferBytes?: number;
}

/** A burst of some 2,000 packets waits; what comes beyond that is dropped by the kernel, and clients ask again. */
const RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

/**
 * A UDP socket that hears one interface only, so that a server of several networks knows where a broadcast came from,
 * and one port can be had once an interface. Made by hand and given to Node by its descriptor, since Node cannot say
 * SO_BINDTODEVICE. Needs root, or CAP_NET_RAW and CAP_NET_BIND_SERVICE.
 */
export async function openInterfaceSocket(wish: InterfaceSocketWish): Promise<Socket> {
  const descriptor = openSocket(wish.family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
  const socket = createSocket({
    type: wish.family === 4 ? 'udp4' : 'udp6',
    // Destinations are always addresses; asking the resolver would cost a turn of the loop for each packet.
    lookup: (hostname, _options, callback) => callback(null, hostname, wish.family),
  });
  try {
    allowReuse(descriptor);
    if (wish.family === 4) allowBroadcast(descriptor);
    else onlyIpv6(descriptor);
    setReceiveBuffer(descriptor, wish.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES);
    if (wish.interface !== null) bindToInterface(descriptor, wish.interface);
    bindSocket(descriptor, ownAddress(wish), `port ${wish.port} of ${wish.interface ?? 'all interfaces'}`);
  } catch (error) {
    closeSocket(descriptor);
    throw error;
  }
  const listening = once(socket, 'listening');
  socket.bind({ fd: descriptor });
  await listening;
  return socket;
}

/** The sockaddr of 0.0.0.0, of the address, or of ::, with the port. */
function ownAddress({ family, port, address: own }: InterfaceSocketWish): Buffer {
  const address = Buffer.alloc(family === 4 ? 16 : 28);
  writeNativeUint16(address, family === 4 ? AF_INET : AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  if (family === 4 && own !== undefined) address.set(own.split('.').map(Number), 4);
  return address;
}
