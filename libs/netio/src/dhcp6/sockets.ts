import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { ALL_RELAYS_AND_SERVERS, ALL_SERVERS, DHCP6_SERVER_PORT, parseAddress6 } from '#core';
import {
  AF_INET6,
  IPPROTO_IPV6,
  SOCK_DGRAM,
  allowReuse,
  bindSocket,
  bindToInterface,
  closeSocket,
  interfaceIndex,
  onlyIpv6,
  openSocket,
  setOption,
  setReceiveBuffer,
  writeNativeInt32,
  writeNativeUint16,
} from '../socket/native.js';

/**
 * The sockets of a DHCPv6 server on one interface. What was sent to a group and what was sent to us alone come in by
 * different sockets, because a server treats them differently (RFC 8415 §16) and Node does not tell the destination of a
 * datagram. All are tied to the interface, so link-local addresses need no zone.
 */

/** linux/in6.h; from Linux 4.20 on. Without it a socket hears groups that others of this host have joined. */
const IPV6_MULTICAST_ALL = 29;
const SOCKADDR_BYTES = 28;
/**
 * What waits in the kernel while we are busy: some 2,000 packets of a firmware, which is less than a second of work. What
 * comes beyond that is dropped, and clients ask again.
 */
const RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

export interface Dhcp6Sockets {
  /** One for each group. They only hear. */
  readonly groups: readonly Socket[];
  /** Hears what was sent to an address of ours, and sends everything. */
  readonly own: Socket;
}

/** Needs root, or CAP_NET_RAW and CAP_NET_BIND_SERVICE. `port` is another one in tests alone. */
export async function openDhcp6Sockets(interfaceName: string, port = DHCP6_SERVER_PORT): Promise<Dhcp6Sockets> {
  const opened: Socket[] = [];
  const open = async (address: string): Promise<Socket> => {
    const socket = await openBound(interfaceName, address, port);
    opened.push(socket);
    return socket;
  };
  try {
    const groups: Socket[] = [];
    for (const group of [ALL_RELAYS_AND_SERVERS, ALL_SERVERS]) {
      const socket = await open(group);
      socket.addMembership(group, `::%${interfaceName}`);
      groups.push(socket);
    }
    return { groups, own: await open('::') };
  } catch (error) {
    for (const socket of opened) socket.close();
    throw error;
  }
}

async function openBound(interfaceName: string, address: string, port: number): Promise<Socket> {
  const descriptor = openSocket(AF_INET6, SOCK_DGRAM, 0);
  try {
    allowReuse(descriptor);
    onlyIpv6(descriptor);
    setReceiveBuffer(descriptor, RECEIVE_BUFFER_BYTES);
    setOption(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
    bindToInterface(descriptor, interfaceName);
    const name = sockaddrOf(address, port, interfaceIndex(interfaceName));
    bindSocket(descriptor, name, `${address} port ${port} of ${interfaceName} for DHCPv6`);
  } catch (error) {
    closeSocket(descriptor);
    throw error;
  }
  const socket = createSocket({
    type: 'udp6',
    // Destinations are always addresses; asking the resolver would cost a turn of the loop for each packet.
    lookup: (hostname, _options, callback) => callback(null, hostname, 6),
  });
  const listening = once(socket, 'listening');
  socket.bind({ fd: descriptor });
  await listening;
  return socket;
}

/** struct sockaddr_in6. */
export function sockaddrOf(address: string, port: number, scope: number): Buffer {
  const name = Buffer.alloc(SOCKADDR_BYTES);
  writeNativeUint16(name, AF_INET6, 0);
  name.writeUInt16BE(port, 2);
  name.set(parseAddress6(address) ?? new Uint8Array(16), 8);
  writeNativeInt32(name, scope, 24);
  return name;
}
