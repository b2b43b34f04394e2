import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openInterfaceSocket } from './interface-socket.js';
import { SocketCallError, interfaceIndex } from './native.js';

const isRoot = process.getuid?.() === 0;

describe('a socket of one interface', () => {
  it('gets what is sent to its port, and answers', async () => {
    const server = await openInterfaceSocket({ family: 4, port: 0, interface: null });
    const client = await openInterfaceSocket({ family: 4, port: 0, interface: null });
    try {
      server.on('message', (message, { address, port }) => server.send(message, port, address));
      const heard = once(client, 'message');
      client.send('ping', server.address().port, '127.0.0.1');
      expect(String((await heard)[0])).toBe('ping');
    } finally {
      server.close();
      client.close();
    }
  });

  it('speaks IPv6 alone where IPv6 was asked for', async () => {
    const server = await openInterfaceSocket({ family: 6, port: 0, interface: null });
    const client = await openInterfaceSocket({ family: 6, port: 0, interface: null });
    try {
      const heard = once(server, 'message');
      client.send('ping', server.address().port, '::1');
      expect(String((await heard)[0])).toBe('ping');
    } finally {
      server.close();
      client.close();
    }
  });

  it.runIf(isRoot)('says which interface it did not find', async () => {
    await expect(openInterfaceSocket({ family: 4, port: 0, interface: 'nosuch0' })).rejects.toThrow(
      /interface nosuch0: ENODEV/,
    );
    expect(() => interfaceIndex('nosuch0')).toThrow(SocketCallError);
  });

  it.runIf(isRoot)('can have one port on each of two interfaces, or twice on one', async () => {
    const first = await openInterfaceSocket({ family: 4, port: 0, interface: 'lo' });
    const { port } = first.address();
    const second = await openInterfaceSocket({ family: 4, port, interface: 'lo' });
    expect(second.address().port).toBe(port);
    first.close();
    second.close();
  });
});
