import { createSocket, type Socket } from 'node:dgram';
import { decodePacket4, encodePacket4, isMalformed4 } from '#netio';
import dnsPacket from 'dns-packet';

/** Questions that a machine asks, from the loopback: as behind a relay, because there is no link without one. */

/** The relay's address and port; it has its own port (RFC 8357), so that none below 1024 is needed. */
const RELAY_ADDRESS = '127.0.0.9';

export interface Dhcp4Reply {
  readonly type: number;
  readonly address: string;
  readonly file: string;
  /** Its server identifier. */
  readonly server: string;
}

export interface Dhcp4Asker {
  /** DISCOVER of a PXE client on a subnet; null when nobody answers in time. */
  discover(mac: string, subnet: string, withinMs: number): Promise<Dhcp4Reply | null>;
  /** REQUEST after an offer. */
  request(mac: string, subnet: string, address: string, server: string, withinMs: number): Promise<Dhcp4Reply | null>;
  close(): void;
}

export const dhcp4Asker = async (port: number): Promise<Dhcp4Asker> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, RELAY_ADDRESS, resolve));
  const waiting = new Map<number, (reply: Dhcp4Reply) => void>();
  socket.on('message', (bytes) => {
    const packet = decodePacket4(bytes);
    if (isMalformed4(packet)) return;
    const { options } = packet;
    waiting.get(packet.xid)?.({
      type: options[53]?.[0] ?? 0,
      address: packet.yiaddr,
      server: [...(options[54] ?? [])].join('.'),
      file: packet.file || Buffer.from(options[67] ?? []).toString('latin1'),
    });
  });
  let xid = Math.floor(Math.random() * 2 ** 30);
  const ask = async (
    mac: string,
    subnet: string,
    options: Readonly<Record<number, readonly number[]>>,
    withinMs: number,
  ): Promise<Dhcp4Reply | null> => {
    xid += 1;
    const mine = xid;
    const bytes = encodePacket4(
      {
        op: 1,
        htype: 1,
        hops: 1,
        xid: mine,
        secs: 0,
        flags: 0,
        ciaddr: '0.0.0.0',
        yiaddr: '0.0.0.0',
        siaddr: '0.0.0.0',
        giaddr: RELAY_ADDRESS,
        chaddr: mac,
        sname: '',
        file: '',
        options: {
          55: [1, 3, 6, 12, 15, 43, 60, 66, 67],
          60: [...Buffer.from('PXEClient:Arch:00007:UNDI:003016')],
          93: [0, 7],
          // Link selection (RFC 3527), and the relay's own port.
          82: [5, 4, ...subnet.split('.').map(Number), 19, 0],
          ...options,
        },
      },
      1_400,
    );
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(mine);
        resolve(null);
      }, withinMs);
      waiting.set(mine, (reply) => {
        clearTimeout(timer);
        waiting.delete(mine);
        resolve(reply);
      });
      socket.send(bytes, port, '127.0.0.1');
    });
  };
  return {
    discover: (mac, subnet, withinMs) => ask(mac, subnet, { 53: [1] }, withinMs),
    request: (mac, subnet, address, server, withinMs) =>
      ask(
        mac,
        subnet,
        {
          53: [3],
          50: address.split('.').map(Number),
          54: server.split('.').map(Number),
        },
        withinMs,
      ),
    close: () => socket.close(),
  };
};

export interface DnsAsker {
  /** The addresses of a name; empty when there are none, or nobody answers in time. */
  addresses(name: string, withinMs: number): Promise<readonly string[]>;
  close(): void;
}

export const dnsAsker = async (port: number): Promise<DnsAsker> => {
  const socket: Socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const waiting = new Map<number, (addresses: readonly string[]) => void>();
  socket.on('message', (bytes) => {
    const { id, answers = [] } = dnsPacket.decode(bytes);
    waiting.get(id ?? -1)?.(answers.flatMap((answer) => (answer.type === 'A' ? [answer.data] : [])));
  });
  let id = 0;
  return {
    addresses: (name, withinMs) => {
      id = (id + 1) & 0xffff;
      const mine = id;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(mine);
          resolve([]);
        }, withinMs);
        waiting.set(mine, (addresses) => {
          clearTimeout(timer);
          waiting.delete(mine);
          resolve(addresses);
        });
        socket.send(dnsPacket.encode({ type: 'query', id: mine, questions: [{ type: 'A', name }] }), port, '127.0.0.1');
      });
    },
    close: () => socket.close(),
  };
};

/** The script that iPXE gets for a machine. */
export const bootScript = async (port: number, mac: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/boot.ipxe?mac=${mac}&platform=efi&buildarch=x86_64`)).text();
