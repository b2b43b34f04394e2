import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { decodePacket4, encodePacket4, isMalformed4 } from './codec.js';
import { Dhcp4Probe } from './probe.js';

/** Answers every DISCOVER with an offer in the name of `id`. */
const answering = async (id: string, client: number): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => {
    const asked = decodePacket4(bytes);
    if (isMalformed4(asked)) return;
    const offer = encodePacket4({
      ...asked,
      op: 2,
      yiaddr: '10.9.8.7',
      options: { 53: [2], 54: id.split('.').map(Number) },
    });
    socket.send(offer, client, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

describe('asking whether there is a DHCP server', () => {
  let server: Socket | null = null;
  afterEach(() => {
    server?.close();
    server = null;
  });

  const ask = async (own: readonly string[]) => {
    const client = await freePort();
    server = await answering('10.9.8.1', client);
    return new Dhcp4Probe({
      own: async () => own,
      interfaces: () => [{ name: 'lo', mac: null, addresses: [] }],
      ports: { server: server.address().port, client },
      target: '127.0.0.1',
      tied: false,
      withinMs: 300,
    }).ask();
  };

  it('finds one that answers, with what it offered', async () => {
    expect(await ask([])).toEqual({
      found: [{ server: '10.9.8.1', interface: 'lo', offered: '10.9.8.7' }],
      asked: ['lo'],
      unasked: [],
    });
  });

  it('does not tell of our own', async () => {
    expect((await ask(['10.9.8.1'])).found).toEqual([]);
  });

  it('says on which interface it could not ask, and why', async () => {
    const { found, asked, unasked } = await new Dhcp4Probe({
      own: async () => [],
      interfaces: () => [{ name: 'nowhere0', mac: null, addresses: [] }],
      ports: { server: 9, client: await freePort() },
      withinMs: 1,
    }).ask();
    expect([found, asked]).toEqual([[], []]);
    expect(unasked).toEqual([{ interface: 'nowhere0', why: expect.stringContaining('nowhere0') }]);
  });
});
